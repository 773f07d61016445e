package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.RawText;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Names;
import io.plakar.cli.SnapshotLine;
import io.plakar.cli.Snapshots;
import io.plakar.cli.text.Durations;
import io.plakar.cli.text.Sizes;
import io.plakar.cli.text.Times;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.KeyDerivation;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.repository.StoreConfiguration;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.ValueCursor;
import io.plakar.kloset.vfs.ErrorEntry;
import io.plakar.kloset.vfs.Summary;
import io.plakar.kloset.vfs.Summary.Field;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** {@code info}: all about a store, or about a snapshot. */
public final class InfoCommand {
    private InfoCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] info [-errors] [SNAPSHOT[:PATH]]"),
                """
                Shows how a store is made and what it holds; with SNAPSHOT, how and of what that snapshot was made; with
                -errors, what could not be backed up then.
                """,
                List.of(Flag.bool("errors", "show the errors recorded in the snapshot")),
                List.of(
                        "plakar at ./save info",
                        "plakar at ./save info b29aa180",
                        "plakar at ./save info -errors latest"),
                InfoCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        invocation.atMost(1);
        boolean errors = invocation.options().flag("errors");
        if (errors && invocation.arguments().isEmpty()) {
            throw new Failure(
                    ExitCode.FAILURE, "-errors needs a snapshot", "write for example: plakar info -errors latest");
        }
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository);
            if (invocation.arguments().isEmpty()) {
                snapshots.warn(invocation.notices());
                store(invocation, repository, snapshots);
                return ExitCode.SUCCESS;
            }
            Snapshots.Chosen chosen = snapshots.resolve(invocation.arguments().getFirst());
            if (errors) {
                errors(invocation, snapshots, chosen);
            } else if (invocation.json()) {
                snapshotJson(invocation, chosen.header());
            } else {
                snapshot(invocation, chosen.header());
            }
        }
        return ExitCode.SUCCESS;
    }

    private static void store(Invocation invocation, Repository repository, Snapshots snapshots) throws IOException {
        StoreConfiguration configuration = repository.configuration();
        long stored = repository.store().size();
        long logical = 0;
        for (SnapshotHeader header : snapshots.all()) {
            logical += header.totalSize();
        }
        if (invocation.json()) {
            long total = logical;
            invocation.jsonLines().line("store", fields -> {
                fields.text("repository", configuration.repositoryId().toString())
                        .time("timestamp", configuration.timestamp())
                        .text(
                                "location",
                                repository.store().type() + "://"
                                        + repository.store().root())
                        .text("hashing", configuration.hashing().algorithm())
                        .text("chunking", configuration.chunking().algorithm())
                        .number("packfile_max_size", configuration.packfile().max())
                        .bool("compressed", configuration.compression() != null)
                        .bool("encrypted", configuration.encrypted())
                        .number("snapshots", snapshots.all().size())
                        .number("storage_size", stored)
                        .number("logical_size", total);
            });
            return;
        }
        Text text = new Text();
        text.line("Version: v1.0.0");
        text.line("Timestamp: " + Times.detailed(configuration.timestamp(), ZoneOffset.UTC));
        text.line("RepositoryID: " + configuration.repositoryId());
        text.line("Packfile:");
        long largest = configuration.packfile().max();
        text.line(" - MaxSize: " + (largest < 0 ? "unlimited" : Sizes.formatExact(largest)));
        StoreConfiguration.Chunking chunking = configuration.chunking();
        text.line("Chunking:");
        text.line(" - Algorithm: " + chunking.algorithm());
        text.line(" - MinSize: " + Sizes.formatExact(Integer.toUnsignedLong(chunking.min())));
        text.line(" - NormalSize: " + Sizes.formatExact(Integer.toUnsignedLong(chunking.normal())));
        text.line(" - MaxSize: " + Sizes.formatExact(Integer.toUnsignedLong(chunking.max())));
        text.line("Hashing:");
        text.line(" - Algorithm: " + configuration.hashing().algorithm());
        text.line(" - Bits: " + configuration.hashing().bits());
        StoreConfiguration.Compression compression = configuration.compression();
        if (compression != null) {
            text.line("Compression:");
            text.line(" - Algorithm: " + compression.algorithm());
            text.line(" - Level: " + compression.level());
        }
        StoreConfiguration.Encryption encryption = configuration.encryption();
        if (encryption != null) {
            encryption(text, encryption);
        }
        text.line("Snapshots: " + snapshots.all().size());
        text.line("Storage size: " + (stored < 0 ? "unknown" : Sizes.formatExact(stored)));
        text.line("Logical size: " + Sizes.formatExact(logical));
        invocation.out().text(text.toString());
    }

    private static void encryption(Text text, StoreConfiguration.Encryption encryption) {
        text.line("Encryption:");
        text.line(" - SubkeyAlgorithm: " + encryption.subKeyAlgorithm());
        text.line(" - DataAlgorithm: " + encryption.dataAlgorithm());
        text.line(" - ChunkSize: " + encryption.chunkSize());
        text.line(" - Canary: " + HexFormat.of().formatHex(encryption.canary()));
        KeyDerivation derivation = encryption.keyDerivation();
        text.line(" - KDF: " + derivation.name());
        text.line("   - Salt: " + HexFormat.of().formatHex(encryption.salt()));
        text.line("   - SaltSize: " + derivation.saltSize());
        text.line("   - KeyLen: " + derivation.keyLength());
        switch (derivation) {
            case KeyDerivation.Argon2id argon2id -> {
                text.line("   - Time: " + argon2id.time());
                text.line("   - Memory: " + argon2id.memoryKiB());
                text.line("   - Thread: " + argon2id.threads());
            }
            case KeyDerivation.Scrypt scrypt -> {
                text.line("   - N: " + scrypt.n());
                text.line("   - R: " + scrypt.r());
                text.line("   - P: " + scrypt.p());
            }
            case KeyDerivation.Pbkdf2 pbkdf2 -> {
                text.line("   - Iterations: " + pbkdf2.iterations());
                text.line("   - Hashing: " + pbkdf2.hashing());
            }
        }
    }

    private static void snapshot(Invocation invocation, SnapshotHeader header) {
        Text text = new Text();
        text.line("Version: " + version(header.version()));
        text.line("SnapshotID: " + header.id().toHex());
        text.line("Timestamp: " + Times.detailed(header.timestamp(), ZoneOffset.UTC));
        text.line("Duration: " + Durations.format(header.duration()));
        text.line("Name: " + header.name());
        text.line("Environment: " + header.environment());
        text.line("Perimeter: " + header.perimeter());
        text.line("Category: " + header.category());
        if (!header.job().isEmpty()) {
            text.line("Job: " + header.job());
        }
        if (!header.dataset().isEmpty()) {
            text.line("Dataset: " + header.dataset());
        }
        if (!header.tags().isEmpty()) {
            text.line("Tags: " + String.join(", ", header.tags()));
        }
        if (header.isSigned()) {
            text.line("Identity:");
            text.line(" - Identifier: "
                    + HexFormat.of().formatHex(header.identity().identifier()));
            text.line(" - PublicKey: "
                    + HexFormat.of().formatHex(header.identity().publicKey()));
        }
        for (SnapshotHeader.Source source : header.sources()) {
            text.line("VFS:");
            text.line(" - Root: " + source.roots().vfs());
            text.line(" - Xattrs: " + source.roots().xattrs());
            text.line(" - Errors: " + source.roots().errors());
            text.line("Importer:");
            text.line(" - Type: " + source.type());
            text.line(" - Origin: " + source.origin());
            text.line(" - Directory: " + Names.shown(source.directoryBytes()));
        }
        text.line("Context:");
        for (String key : List.of(
                "MachineID",
                "Hostname",
                "Username",
                "OperatingSystem",
                "Architecture",
                "NumCPU",
                "GOMAXPROCS",
                "ProcessID",
                "Client",
                "CommandLine")) {
            text.line(" - " + key + ": " + header.contextValue(key.equals("GOMAXPROCS") ? "MaxProcs" : key));
        }
        summary(text, header.source().summary(), invocation.surroundings().zone());
        invocation.out().text(text.toString());
    }

    private static void summary(Text text, Summary summary, ZoneId zone) {
        text.line("Summary:");
        text.count("Directories", summary.total(Field.DIRECTORIES));
        text.count("Files", summary.total(Field.FILES));
        text.count("Symlinks", summary.total(Field.SYMLINKS));
        text.count("Devices", summary.total(Field.DEVICES));
        text.count("Pipes", summary.total(Field.PIPES));
        text.count("Sockets", summary.total(Field.SOCKETS));
        text.count("Setuid", summary.total(Field.SETUID));
        text.count("Setgid", summary.total(Field.SETGID));
        text.count("Sticky", summary.total(Field.STICKY));
        text.count("Objects", summary.total(Field.OBJECTS));
        text.count("Chunks", summary.total(Field.CHUNKS));
        Summary.Counts here = summary.directory();
        Summary.Counts below = summary.below();
        text.line(
                " - MinSize: " + Sizes.formatExact(Math.min(here.count(Field.MIN_SIZE), below.count(Field.MIN_SIZE))));
        text.line(
                " - MaxSize: " + Sizes.formatExact(Math.max(here.count(Field.MAX_SIZE), below.count(Field.MAX_SIZE))));
        text.line(" - Size: " + Sizes.formatExact(summary.total(Field.SIZE)));
        text.line(" - MinModTime: "
                + time(Math.min(here.count(Field.MIN_MOD_TIME), below.count(Field.MIN_MOD_TIME)), zone));
        text.line(" - MaxModTime: "
                + time(Math.max(here.count(Field.MAX_MOD_TIME), below.count(Field.MAX_MOD_TIME)), zone));
        text.entropy("MinEntropy", Math.min(here.entropy(Field.MIN_ENTROPY), below.entropy(Field.MIN_ENTROPY)));
        text.entropy("MaxEntropy", Math.max(here.entropy(Field.MAX_ENTROPY), below.entropy(Field.MAX_ENTROPY)));
        text.count("HiEntropy", summary.total(Field.HI_ENTROPY));
        text.count("LoEntropy", summary.total(Field.LO_ENTROPY));
        text.count("MIMEAudio", summary.total(Field.MIME_AUDIO));
        text.count("MIMEVideo", summary.total(Field.MIME_VIDEO));
        text.count("MIMEImage", summary.total(Field.MIME_IMAGE));
        text.count("MIMEText", summary.total(Field.MIME_TEXT));
        text.count("MIMEApplication", summary.total(Field.MIME_APPLICATION));
        text.count("MIMEOther", summary.total(Field.MIME_OTHER));
        text.count("Errors", summary.total(Field.ERRORS));
    }

    private static String time(long seconds, ZoneId zone) {
        return Times.detailed(Instant.ofEpochSecond(seconds), zone);
    }

    private static String version(int version) {
        return "v" + (version >>> 16) + "." + (version >>> 8 & 0xff) + "." + (version & 0xff);
    }

    private static void snapshotJson(Invocation invocation, SnapshotHeader header) {
        Summary summary = header.source().summary();
        invocation.jsonLines().line("snapshot", fields -> {
            SnapshotLine.write(fields, header);
            fields.object("context", context -> {
                for (SnapshotHeader.Pair pair : header.context()) {
                    context.text(pair.key(), pair.value());
                }
            });
            fields.object("summary", counts -> {
                for (Field field : Field.values()) {
                    if (counted(field)) {
                        counts.number(field.label().toLowerCase(Locale.ROOT), summary.total(field));
                    }
                }
            });
        });
    }

    /** Whether a total over the whole tree means something: not so for extremes, averages and entropies. */
    private static boolean counted(Field field) {
        return switch (field) {
            case MIN_SIZE, MAX_SIZE, AVG_SIZE, MIN_MOD_TIME, MAX_MOD_TIME, CHILDREN -> false;
            default -> !field.isEntropy();
        };
    }

    private static void errors(Invocation invocation, Snapshots snapshots, Snapshots.Chosen chosen)
            throws KlosetException {
        ValueCursor<ErrorEntry> errors = snapshots.tree(chosen.header()).errors();
        while (errors.next()) {
            ErrorEntry error = errors.value();
            if (chosen.hasPath() && !error.path().startsWith(chosen.path())) {
                continue;
            }
            if (invocation.json()) {
                invocation
                        .jsonLines()
                        .line(
                                "error",
                                fields -> fields.text(
                                                "snapshot_id",
                                                chosen.header().id().toHex())
                                        .name("path", error.path().bytes())
                                        .name("error", error.error()));
            } else {
                invocation.out().line(Names.shown(error.path()) + ": " + Names.shown(error.error()));
            }
        }
    }

    /** Lines being collected. */
    private static final class Text {
        private final StringBuilder lines = new StringBuilder(2048);

        void line(String line) {
            lines.append(Names.shown(RawText.encode(line))).append('\n');
        }

        void count(String name, long value) {
            line(" - " + name + ": " + value);
        }

        void entropy(String name, double value) {
            line(String.format(Locale.ROOT, " - %s: %f", name, value));
        }

        @Override
        public String toString() {
            return lines.toString();
        }
    }
}
