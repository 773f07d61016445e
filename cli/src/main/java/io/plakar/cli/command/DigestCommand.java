package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Names;
import io.plakar.cli.Snapshots;
import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.Blake3;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code digest}: the digests of file contents. */
public final class DigestCommand {
    private DigestCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] digest [OPTIONS] SNAPSHOT[:PATH]..."),
                """
                Prints the digest of every regular file at and below PATH, in the order of names. Symbolic links to
                files count as what they point to.
                """,
                List.of(Flag.string("hashing", "hashing algorithm to use: SHA256 or BLAKE3", "SHA256")),
                List.of(
                        "plakar at ./save digest b29aa180:docs",
                        "plakar at ./save digest -hashing blake3 latest",
                        "plakar at ./save digest b29aa180:setup.iso"),
                DigestCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        String algorithm = invocation.options().value("hashing", "SHA256").toUpperCase(Locale.ROOT);
        if (!algorithm.equals("SHA256") && !algorithm.equals("BLAKE3")) {
            throw new Failure(
                    ExitCode.FAILURE, "unsupported hashing algorithm: " + algorithm, "there are SHA256 and BLAKE3");
        }
        if (invocation.arguments().isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "at least one parameter is required");
        }
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository);
            Walk walk = new Walk(invocation, algorithm, new Contents(repository));
            for (String argument : invocation.arguments()) {
                String shown = argument;
                try {
                    Snapshots.Chosen chosen = snapshots.resolve(argument);
                    shown = chosen.path().toString();
                    SnapshotTree tree = snapshots.tree(chosen.header());
                    Entry top = tree.resolve(chosen.path()).orElseThrow(() -> LsCommand.missing(chosen));
                    walk.visit(chosen.header(), tree, top, top.path());
                } catch (KlosetException.Cancelled e) {
                    throw e;
                } catch (KlosetException | Failure e) {
                    walk.failed(shown, e);
                }
            }
            if (walk.worst != ExitCode.SUCCESS) {
                throw new Failure(walk.worst, "errors occurred");
            }
        }
        return ExitCode.SUCCESS;
    }

    /** Walks and prints. */
    private static final class Walk {
        private final Invocation invocation;
        private final String algorithm;
        private final Contents contents;
        private ExitCode worst = ExitCode.SUCCESS;

        Walk(Invocation invocation, String algorithm, Contents contents) {
            this.invocation = invocation;
            this.algorithm = algorithm;
            this.contents = contents;
        }

        /** {@code shownPath} differs from the entry's own behind a symbolic link. */
        void visit(SnapshotHeader header, SnapshotTree tree, Entry entry, BytePath shownPath)
                throws KlosetException, IOException, InterruptedException {
            if (entry.isRegular()) {
                try {
                    print(header, shownPath, digest(entry));
                } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                    failed(shownPath.toString(), e);
                }
            } else if (entry.isSymlink()) {
                Optional<Entry> target = tree.resolve(entry.path());
                if (target.isPresent() && target.get().isRegular()) {
                    visit(header, tree, target.get(), shownPath);
                }
            } else if (entry.isDirectory()) {
                try (DirectoryCursor children = tree.children(entry.path())) {
                    while (children.next()) {
                        Entry child = children.entry();
                        visit(header, tree, child, child.path());
                    }
                } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                    failed(shownPath.toString(), e);
                }
            }
        }

        private byte[] digest(Entry entry) throws KlosetException, IOException, InterruptedException {
            if (algorithm.equals("BLAKE3")) {
                Blake3 hash = Blake3.unkeyed();
                if (entry.hasObject()) {
                    contents.copy(entry.object(), hash::update);
                }
                return hash.finish().bytes();
            }
            try {
                MessageDigest hash = MessageDigest.getInstance("SHA-256");
                if (entry.hasObject()) {
                    contents.copy(entry.object(), hash::update);
                }
                return hash.digest();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private void print(SnapshotHeader header, BytePath path, byte[] digest) {
            String hex = HexFormat.of().formatHex(digest);
            if (invocation.json()) {
                invocation
                        .jsonLines()
                        .line(
                                "digest",
                                fields -> fields.text("snapshot_id", header.id().toHex())
                                        .name("path", path.bytes())
                                        .text("algorithm", algorithm)
                                        .text("digest", hex));
            } else {
                invocation.out().line(algorithm + " (" + Names.shown(path) + ") = " + hex);
            }
        }

        void failed(String what, Exception reason) {
            invocation.out().flush();
            invocation.notices().error("digest: " + what + ": " + reason.getMessage());
            ExitCode code = ExitCode.of(reason);
            worst = worst == ExitCode.DATA || code == ExitCode.DATA ? ExitCode.DATA : ExitCode.FAILURE;
        }
    }
}
