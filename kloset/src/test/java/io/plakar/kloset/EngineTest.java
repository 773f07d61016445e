package io.plakar.kloset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.kloset.backup.BackupListener;
import io.plakar.kloset.backup.BackupResult;
import io.plakar.kloset.check.CheckResult;
import io.plakar.kloset.codec.StoreKey;
import io.plakar.kloset.repository.CreateOptions;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.repository.RepositoryWriter;
import io.plakar.kloset.restore.Restore;
import io.plakar.kloset.restore.RestoreListener;
import io.plakar.kloset.restore.RestoreOptions;
import io.plakar.kloset.restore.RestoreResult;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.sync.SnapshotCopy;
import io.plakar.kloset.vfs.Summary;
import io.plakar.testkit.FaultyStore;
import io.plakar.testkit.MemoryDestination;
import io.plakar.testkit.MemorySource;
import io.plakar.testkit.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine from end to end, on a store in memory. */
@NullUnmarked
class EngineTest {
    @TempDir
    Path directory;

    private static void assertRestored(MemorySource source, MemoryDestination to) {
        Map<BytePath, byte[]> contents = to.contents();
        assertThat(contents).hasSize(source.files().size());
        source.files()
                .forEach((path, content) -> assertThat(contents.get(path.relativeTo(source.root())))
                        .as("%s", path)
                        .isEqualTo(content));
    }

    @Test
    void opens_with_the_key_derived_once_and_with_no_other() throws Exception {
        EngineFixture store =
                new EngineFixture(directory).passphrase("correct horse battery").create(CreateOptions.DEFAULT);
        byte[] passphrase = "correct horse battery".getBytes(StandardCharsets.UTF_8);
        byte[] raw;
        try (StoreKey key = Repository.deriveKey(store.connector(), passphrase, store.context());
                Repository repository = Repository.openWithKey(store.connector(), key, store.context())) {
            assertThat(repository.snapshots()).isEmpty();
            raw = key.getEncoded();
        }
        raw[31] ^= 1;
        try (StoreKey wrong = StoreKey.of(raw)) {
            assertThatThrownBy(() -> Repository.openWithKey(store.connector(), wrong, store.context()))
                    .isInstanceOf(KlosetException.NotAuthentic.class);
        }
        passphrase[0] ^= 1;
        assertThatThrownBy(() -> Repository.deriveKey(store.connector(), passphrase, store.context()))
                .isInstanceOf(KlosetException.NotAuthentic.class);
    }

    @ParameterizedTest
    @CsvSource({"BLAKE3,true,false", "SHA256,false,false", "BLAKE3,true,true", "SHA256,true,false"})
    void restores_what_was_backed_up(String hashing, boolean compressed, boolean encrypted) throws Exception {
        EngineFixture store = new EngineFixture(directory);
        if (encrypted) {
            store.passphrase("correct horse");
        }
        store.create(new CreateOptions(hashing, compressed, false));
        MemorySource source = EngineFixture.tree(1);

        BackupResult backup = store.backup(source);
        MemoryDestination to = new MemoryDestination();
        RestoreResult restored = store.restore(backup.snapshot(), to);

        assertThat(backup.errors()).isEqualTo(1);
        assertThat(backup.filesNew()).isEqualTo(source.files().size());
        assertThat(restored.errors()).isZero();
        assertRestored(source, to);
        ExportEntry attributes = to.entries().get(BytePath.clean("/attributes"));
        assertThat(attributes.xattrs()).extracting(x -> new String(x.name())).containsExactly("user.a", "user.b");
        assertThat(to.entries().get(BytePath.clean("/link")).linkTarget()).isEqualTo("large".getBytes());
        List<String> complaints = new ArrayList<>();
        assertThat(store.check(complaints).clean()).as("%s", complaints).isTrue();
        assertThat(store.contents.objects(Resource.LOCK)).isEmpty();
    }

    @Test
    void an_unreadable_directory_counts_as_an_error_of_its_parent() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        MemorySource source = new MemorySource("/data")
                .directory("/data/locked")
                .unreadable("/data/locked", "permission denied")
                .file("/data/open", new byte[10], Instant.EPOCH);

        BackupResult backup = store.backup(source);

        assertThat(backup.errors()).isEqualTo(1);
        try (Repository repository = store.open()) {
            assertThat(repository.header(backup.snapshot()).source().summary().total(Summary.Field.ERRORS))
                    .isEqualTo(1);
        }
    }

    @Test
    void a_wrong_passphrase_is_not_authentic() throws Exception {
        EngineFixture store = new EngineFixture(directory).passphrase("right").create();

        assertThatThrownBy(() -> store.passphrase("wrong").open()).isInstanceOf(KlosetException.NotAuthentic.class);
    }

    @Test
    void reads_no_content_and_stores_next_to_nothing_when_nothing_changed() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        MemorySource source = EngineFixture.tree(2);
        store.backup(source);
        source.opened();
        store.now = store.now.plusSeconds(60);

        BackupResult second = store.backup(source);

        assertThat(source.opened()).isZero();
        assertThat(second.contentRead()).isZero();
        assertThat(second.filesUnchanged()).isEqualTo(source.files().size());
        assertThat(second.chunksNew()).isZero();
        assertThat(second.bytesStored()).isLessThan(64 << 10);
    }

    @Test
    void reads_only_what_changed() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        MemorySource source = EngineFixture.tree(3);
        store.backup(source);
        source.opened();
        source.file("/srv/data/d3/f3", new byte[] {1, 2, 3}, EngineFixture.NOON.plusSeconds(1));
        source.file("/srv/data/d3/new", new byte[] {4}, EngineFixture.NOON);
        source.remove("/srv/data/empty");
        store.now = store.now.plusSeconds(60);

        BackupResult second = store.backup(source);
        MemoryDestination to = new MemoryDestination();
        store.restore(null, to);

        assertThat(source.opened()).isEqualTo(2);
        assertThat(second.filesChanged()).isEqualTo(1);
        assertThat(second.filesNew()).isEqualTo(1);
        assertRestored(source, to);
    }

    @Test
    void many_backups_at_once_into_one_store_are_all_there() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        try (ExecutorService executor = Executors.newFixedThreadPool(6)) {
            List<Future<BackupResult>> runs = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                MemorySource source = EngineFixture.tree(i / 2);
                Callable<BackupResult> run = () -> store.backup(source);
                runs.add(executor.submit(run));
            }
            for (Future<BackupResult> run : runs) {
                run.get();
            }
        }

        List<String> complaints = new ArrayList<>();
        CheckResult check = store.check(complaints);
        assertThat(check.snapshots()).isEqualTo(6);
        assertThat(check.clean()).as("%s", complaints).isTrue();
    }

    @Test
    void whenever_the_store_breaks_off_earlier_snapshots_stay_and_the_next_run_succeeds() throws Exception {
        for (int changes = 0; ; changes++) {
            EngineFixture store = new EngineFixture(directory).create();
            MemorySource source = EngineFixture.tree(4);
            BackupResult first = store.backup(source);
            source.file("/srv/data/more", new byte[100_000], EngineFixture.NOON);
            FaultyStore faulty = new FaultyStore(store.connector(), changes, ConnectorException.Reason.UNREACHABLE);
            boolean failed = false;
            try {
                store.backup(source, faulty);
            } catch (KlosetException e) {
                failed = true;
            }

            List<String> complaints = new ArrayList<>();
            assertThat(store.check(complaints).clean())
                    .as("after %d changes: %s", changes, complaints)
                    .isTrue();
            MemoryDestination to = new MemoryDestination();
            assertThat(store.restore(first.snapshot(), to).errors()).isZero();
            store.now = store.now.plusSeconds(60);
            store.backup(source);
            to = new MemoryDestination();
            store.restore(null, to);
            assertRestored(source, to);
            if (!failed) {
                assertThat(changes).isGreaterThan(2);
                return;
            }
        }
    }

    /** Any damage to any object must be noticed, and must never come back as content. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void no_flipped_bit_goes_unnoticed(long seed) throws Exception {
        Random random = new Random(seed);
        EngineFixture store = new EngineFixture(directory).create(new CreateOptions("BLAKE3", seed % 2 == 0, false));
        MemorySource source = EngineFixture.tree(seed);
        store.backup(source);
        MemoryStore.Contents whole = store.contents.copy();
        List<Map.Entry<Resource, Mac>> names = new ArrayList<>();
        for (Resource resource : Resource.values()) {
            whole.objects(resource).keySet().forEach(name -> names.add(Map.entry(resource, name)));
        }
        for (int round = 0; round < 40; round++) {
            MemoryStore.Contents damaged = whole.copy();
            Map.Entry<Resource, Mac> victim = names.get(random.nextInt(names.size()));
            byte[] object =
                    damaged.objects(victim.getKey()).get(victim.getValue()).clone();
            int at = random.nextInt(object.length);
            object[at] ^= (byte) (1 << random.nextInt(8));
            damaged.objects(victim.getKey()).put(victim.getValue(), object);
            EngineFixture copy = new EngineFixture(directory, damaged);
            String what = "seed " + seed + ", round " + round + ": " + victim + " at " + at;

            List<String> complaints = new ArrayList<>();
            boolean clean = copy.check(complaints).clean() && complaints.isEmpty();
            assertThat(clean).as(what).isFalse();
            MemoryDestination to = new MemoryDestination();
            try {
                copy.restore(null, to);
            } catch (KlosetException | java.util.NoSuchElementException e) {
                continue;
            }
            to.contents()
                    .forEach((path, content) -> assertThat(content)
                            .as("%s: %s", what, path)
                            .isEqualTo(source.files().get(source.root().resolve(path))));
        }
    }

    @Test
    void a_check_names_every_file_of_every_snapshot_that_needs_a_lost_packfile() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        // The chunk of an empty file has a second copy as that of an empty attribute.
        MemorySource source = EngineFixture.tree(5).remove("/srv/data/empty");
        BackupResult first = store.backup(source);
        store.now = store.now.plusSeconds(60);
        BackupResult second = store.backup(source);
        Mac lost = chunkPackfile(store, source);
        store.contents.objects(Resource.PACKFILE).remove(lost);

        List<String> complaints = new ArrayList<>();
        CheckResult check = store.check(complaints);

        assertThat(check.snapshotsDamaged()).isEqualTo(2);
        for (BytePath path : source.files().keySet()) {
            for (Mac snapshot : List.of(first.snapshot(), second.snapshot())) {
                String start = snapshot.toShortHex() + " " + path + ": ";
                assertThat(complaints.stream().anyMatch(line -> line.startsWith(start)))
                        .as(start)
                        .isTrue();
            }
        }
        MemoryDestination to = new MemoryDestination();
        RestoreResult restored = store.restore(null, to);
        assertThat(restored.corrupt()).isEqualTo(source.files().size());
        assertThat(to.contents()).isEmpty();
    }

    private static Mac chunkPackfile(EngineFixture store, MemorySource source) throws KlosetException {
        byte[] content = source.files().get(BytePath.clean("/srv/data/d0/f0"));
        try (Repository repository = store.open()) {
            return repository.index().find(9, repository.macs().mac(content)).packfile();
        }
    }

    @Test
    void lost_chunks_of_unchanged_files_are_made_good_by_the_next_backup() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        MemorySource source = EngineFixture.tree(15);
        store.backup(source);
        store.contents.objects(Resource.PACKFILE).remove(chunkPackfile(store, source));
        store.now = store.now.plusSeconds(60);

        BackupResult second = store.backup(source);

        MemoryDestination to = new MemoryDestination();
        assertThat(store.restore(second.snapshot(), to).errors()).isZero();
        assertRestored(source, to);
    }

    @Test
    void a_lost_packfile_is_made_good_by_the_next_backup() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        MemorySource source = EngineFixture.tree(6);
        store.backup(source);
        store.contents.objects(Resource.PACKFILE).clear();
        store.now = store.now.plusSeconds(60);

        BackupResult second = store.backup(source);

        MemoryDestination to = new MemoryDestination();
        assertThat(store.restore(second.snapshot(), to).errors()).isZero();
        assertRestored(source, to);
    }

    @Test
    void an_interrupted_run_is_resumed_with_little_sent_twice() throws Exception {
        EngineFixture store = new EngineFixture(directory).create(new CreateOptions("BLAKE3", false, false));
        MemorySource source = new MemorySource("/srv");
        Random random = new Random(8);
        for (int i = 0; i < 40; i++) {
            byte[] content = new byte[4 << 20];
            random.nextBytes(content);
            source.file("/srv/f" + i, content, EngineFixture.NOON);
        }
        // lock, then two packfiles and a state per checkpoint: dies in the middle of the third
        FaultyStore faulty = new FaultyStore(store.connector(), 8, ConnectorException.Reason.UNREACHABLE);
        assertThatThrownBy(() -> store.backup(source, faulty)).isInstanceOf(KlosetException.class);
        long sent = new MemoryStore(store.contents, "").size();

        BackupResult second = store.backup(source);

        long total = new MemoryStore(store.contents, "").size();
        assertThat(sent).isGreaterThan(64 << 20);
        assertThat(total).isLessThan((160 << 20) + (64 << 20));
        MemoryDestination to = new MemoryDestination();
        store.restore(second.snapshot(), to);
        assertRestored(source, to);
    }

    @Test
    void snapshots_are_copied_into_another_store_as_they_are() throws Exception {
        EngineFixture from = new EngineFixture(directory).create(new CreateOptions("SHA256", false, false));
        MemorySource source = EngineFixture.tree(9);
        BackupResult first = from.backup(source);
        from.now = from.now.plusSeconds(1);
        BackupResult second = from.backup(source.file("/srv/data/more", new byte[] {1}, EngineFixture.NOON));
        EngineFixture to = new EngineFixture(directory).create();
        try (Repository origin = from.open();
                Repository target = to.open();
                RepositoryWriter writer = new RepositoryWriter(target)) {
            for (Mac id : List.of(first.snapshot(), second.snapshot())) {
                SnapshotCopy.add(origin, origin.header(id), target, writer, BackupListener.NONE);
            }
            writer.commit();
        }

        List<String> complaints = new ArrayList<>();
        assertThat(to.check(complaints).clean()).as("%s", complaints).isTrue();
        try (Repository repository = to.open()) {
            assertThat(repository.snapshots())
                    .extracting(h -> h.id())
                    .containsExactly(second.snapshot(), first.snapshot());
            assertThat(repository.header(second.snapshot()).timestamp()).isEqualTo(from.now);
        }
        MemoryDestination restored = new MemoryDestination();
        to.restore(second.snapshot(), restored);
        assertRestored(source, restored);
    }

    @Test
    void few_requests_bring_everything_from_a_store_far_away() throws Exception {
        EngineFixture store = new EngineFixture(directory).create(new CreateOptions("BLAKE3", false, false));
        store.far = true;
        MemorySource source = EngineFixture.tree(10);
        BackupResult backup = store.backup(source);
        try (Repository repository = store.open()) {
            long before = repository.requests();
            MemoryDestination to = new MemoryDestination();
            Restore.run(
                    repository,
                    repository.header(backup.snapshot()),
                    source.root(),
                    to,
                    new RestoreOptions(RestoreOptions.Overwrite.ALWAYS, false),
                    RestoreListener.NONE);
            assertRestored(source, to);
            assertThat(repository.requests() - before).isLessThan(30);
        }
    }

    @Test
    void a_restore_from_far_away_asks_about_once_for_each_packfile() throws Exception {
        EngineFixture store = new EngineFixture(directory).passphrase("secret").create();
        Random random = new Random(11);
        MemorySource source = new MemorySource("/srv/data");
        for (int i = 0; i < 5000; i++) {
            byte[] content = new byte[1 + random.nextInt(30_000)];
            random.nextBytes(content);
            source.file("/srv/data/d" + i % 50 + "/f" + i, content, EngineFixture.NOON.minusSeconds(i));
        }
        store.backup(source);
        int packfiles = store.contents.objects(Resource.PACKFILE).size();
        store.far = true;
        store.concurrency = 4;
        MemoryDestination to = new MemoryDestination();
        try (Repository repository = store.open()) {
            SnapshotHeader header = repository.snapshots().getFirst();
            long before = repository.requests();
            RestoreResult result = Restore.run(
                    repository,
                    header,
                    header.source().directory(),
                    to,
                    new RestoreOptions(RestoreOptions.Overwrite.PROTECT_NEWER, false),
                    RestoreListener.NONE);
            assertThat(result.errors()).isZero();
            assertThat((repository.requests() - before) / (double) packfiles)
                    .as("requests for each of %d packfiles", packfiles)
                    .isLessThanOrEqualTo(1.3);
        }
        assertRestored(source, to);
    }

    @Test
    void a_removed_snapshot_is_gone_and_the_others_stay() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        BackupResult first = store.backup(EngineFixture.tree(7));
        store.now = store.now.plusSeconds(1);
        BackupResult second = store.backup(EngineFixture.tree(8));
        try (Repository repository = store.open()) {
            repository.removeSnapshot(first.snapshot());
            assertThat(repository.snapshots()).extracting(h -> h.id()).containsExactly(second.snapshot());
        }
        try (Repository repository = store.open()) {
            assertThat(repository.snapshots()).extracting(h -> h.id()).containsExactly(second.snapshot());
        }
    }

    @Test
    void the_whole_configuration_is_authenticated() throws Exception {
        EngineFixture store = new EngineFixture(directory).create();
        byte[] config = store.contents.config();
        for (int i = 0; i < config.length; i++) {
            byte[] damaged = config.clone();
            damaged[i] ^= 0x10;
            store.contents.config(damaged);
            assertThatThrownBy(store::open)
                    .as("byte %d", i)
                    .isInstanceOfAny(
                            KlosetException.Corrupt.class,
                            KlosetException.UnsupportedVersion.class,
                            KlosetException.NotAuthentic.class);
        }
        for (int length = 0; length < config.length; length++) {
            store.contents.config(Arrays.copyOf(config, length));
            assertThatThrownBy(store::open)
                    .as("length %d", length)
                    .isInstanceOfAny(KlosetException.Corrupt.class, KlosetException.UnsupportedVersion.class);
        }
    }
}
