package io.plakar.kloset;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.connector.StoreConnector;
import io.plakar.kloset.backup.Backup;
import io.plakar.kloset.backup.BackupListener;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.BackupResult;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.check.Check;
import io.plakar.kloset.check.CheckListener;
import io.plakar.kloset.check.CheckOptions;
import io.plakar.kloset.check.CheckResult;
import io.plakar.kloset.repository.CreateOptions;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.restore.Restore;
import io.plakar.kloset.restore.RestoreListener;
import io.plakar.kloset.restore.RestoreOptions;
import io.plakar.kloset.restore.RestoreResult;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.testkit.MemoryDestination;
import io.plakar.testkit.MemorySource;
import io.plakar.testkit.MemoryStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A store in memory and the deeds on it, as tests of the engine need them again and again. */
public final class EngineFixture {
    public static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static int places;

    public final MemoryStore.Contents contents;
    private final Path directory;
    private final String place;
    private byte @Nullable [] passphrase;

    /** Clock of every deed; tests may set it. */
    public Instant now = NOON;

    public int concurrency = 2;

    public EngineFixture(Path directory) {
        this(directory, new MemoryStore.Contents());
    }

    public EngineFixture(Path directory, MemoryStore.Contents contents) {
        this.directory = directory;
        this.contents = contents;
        synchronized (EngineFixture.class) {
            this.place = "store-" + places++;
        }
    }

    public EngineFixture passphrase(String text) {
        passphrase = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return this;
    }

    public EngineContext context() {
        return new EngineContext(
                InstantSource.fixed(now),
                new SecureRandom(),
                directory.resolve("cache"),
                directory.resolve("scratch"),
                concurrency,
                "testhost",
                true);
    }

    public EngineFixture create(CreateOptions options) throws KlosetException {
        Repository.create(connector(), options, passphrase, context());
        return this;
    }

    public EngineFixture create() throws KlosetException {
        return create(CreateOptions.DEFAULT);
    }

    /** Whether the store counts as one far away. */
    public boolean far;

    public StoreConnector connector() {
        return far ? new MemoryStore(contents, place, java.util.Set.of()) : new MemoryStore(contents, place);
    }

    public Repository open() throws KlosetException {
        return open(connector());
    }

    public Repository open(StoreConnector connector) throws KlosetException {
        return Repository.open(connector, passphrase, context());
    }

    public static BackupOptions options() {
        return new BackupOptions(
                "default", "", "", "", "", "", List.of(), null, true, true, ExcludeRules.NONE, List.of());
    }

    public BackupResult backup(MemorySource source) throws KlosetException {
        return backup(source, connector());
    }

    public BackupResult backup(MemorySource source, StoreConnector connector) throws KlosetException {
        try (Repository repository = open(connector)) {
            return Backup.run(repository, List.of(source), options(), BackupListener.NONE);
        }
    }

    /** Checks all snapshots; every complaint ends as a line in {@code lines}. */
    public CheckResult check(List<String> lines) throws KlosetException {
        try (Repository repository = open()) {
            return check(repository, lines);
        }
    }

    public static CheckResult check(Repository repository, List<String> lines) throws KlosetException {
        List<Check.Target> targets = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (SnapshotHeader header :
                repository.snapshots((id, e) -> unreadable.add(id.toShortHex() + ": " + e.getMessage()))) {
            targets.add(new Check.Target(header, null));
        }
        lines.addAll(unreadable);
        return Check.run(repository, targets, true, new CheckOptions(false, true, false), new CheckListener() {
            @Override
            public void damaged(SnapshotHeader snapshot, BytePath path, String message) {
                lines.add(snapshot.id().toShortHex() + " " + path + ": " + message);
            }

            @Override
            public void damaged(SnapshotHeader snapshot, String message) {
                lines.add(snapshot.id().toShortHex() + ": " + message);
            }

            @Override
            public void damagedStore(String message) {
                lines.add(message);
            }
        });
    }

    /** Restores the newest snapshot, or the one with that id. */
    public RestoreResult restore(@Nullable Mac id, MemoryDestination to) throws KlosetException {
        try (Repository repository = open()) {
            SnapshotHeader header = id == null ? repository.snapshots().getFirst() : repository.header(id);
            return Restore.run(
                    repository,
                    header,
                    header.source().directory(),
                    to,
                    new RestoreOptions(RestoreOptions.Overwrite.PROTECT_NEWER, false),
                    RestoreListener.NONE);
        }
    }

    /** A small tree with everything the format knows. */
    public static MemorySource tree(long seed) {
        Random random = new Random(seed);
        MemorySource source = new MemorySource("/srv/data");
        for (int i = 0; i < 60; i++) {
            byte[] content = new byte[3 + random.nextInt(3000)];
            random.nextBytes(content);
            source.file("/srv/data/d" + i % 7 + "/f" + i, content, NOON.minusSeconds(i));
        }
        byte[] large = new byte[3 << 20];
        random.nextBytes(large);
        source.file("/srv/data/large", large, NOON);
        source.file("/srv/data/empty", new byte[0], NOON);
        source.directory("/srv/data/nothing");
        source.symlink("/srv/data/link", "large");
        source.file(
                "/srv/data/attributes",
                "x".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                NOON,
                new io.plakar.connector.Xattr(
                        "user.b".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, new byte[] {0, 1}),
                new io.plakar.connector.Xattr(
                        "user.a".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, new byte[0]));
        source.unreadable("/srv/data/secret", "open /srv/data/secret: permission denied");
        return source;
    }
}
