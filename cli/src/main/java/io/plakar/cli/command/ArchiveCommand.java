package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Notices;
import io.plakar.cli.Options;
import io.plakar.cli.Snapshots;
import io.plakar.connector.BytePath;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Mac;
import io.plakar.connector.Xattr;
import io.plakar.connector.tar.TarWriter;
import io.plakar.connector.tar.ZipWriter;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** {@code archive}: writes a snapshot, or part of it, as a tar or zip file. */
public final class ArchiveCommand {
    private static final int BUFFER = 1 << 16;

    private ArchiveCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] archive [OPTIONS] SNAPSHOT[:PATH]"),
                """
                Writes everything at and below PATH into one archive: directories, links, owners, permissions, times and
                extended attributes included, as far as the format has them. Every byte is verified. The file gets its
                name when it is complete.
                """,
                List.of(
                        Flag.string("format", "archive format: tarball (tar and gzip), tar or zip", "tarball"),
                        Flag.string(
                                "output", "archive pathname; - for standard output; default plakar-<time>.<format>"),
                        Flag.bool("rebase", "strip PATH from the names in the archive")),
                List.of(
                        "plakar at ./save archive -output docs.tar.gz b29aa180:docs",
                        "plakar at ./save archive -format zip -rebase -output docs.zip latest:docs",
                        "plakar at ./save archive -format tar -output - latest | tar tf -"),
                ArchiveCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        Options options = invocation.options();
        if (invocation.arguments().isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "need at least one snapshot ID to pull");
        }
        invocation.atMost(1);
        String format = options.value("format", "tarball");
        String suffix = switch (format) {
            case "tarball" -> ".tar.gz";
            case "tar" -> ".tar";
            case "zip" -> ".zip";
            default ->
                throw new Failure(ExitCode.FAILURE, "unsupported format " + format, "there are tarball, tar and zip");
        };
        String output = options.value(
                "output",
                "plakar-" + invocation.surroundings().clock().instant().truncatedTo(ChronoUnit.SECONDS) + suffix);
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository);
            Snapshots.Chosen chosen = snapshots.resolve(invocation.arguments().getFirst());
            SnapshotTree tree = snapshots.tree(chosen.header());
            Entry top = tree.resolve(chosen.path()).orElseThrow(() -> LsCommand.missing(chosen));
            invocation.stopOnSignals();
            Walk walk =
                    new Walk(tree, new Contents(repository), base(top, options.flag("rebase")), invocation.notices());
            if (output.equals("-")) {
                write(walk, top, format, invocation.out().stream());
            } else {
                writeFile(
                        walk,
                        top,
                        format,
                        invocation.surroundings().workingDirectory().resolve(output),
                        output);
            }
        }
        return ExitCode.SUCCESS;
    }

    /** What is stripped from the names. */
    private static BytePath base(Entry top, boolean rebase) {
        if (!rebase) {
            return BytePath.ROOT;
        }
        return top.isDirectory() ? top.path() : top.parent();
    }

    private static void writeFile(Walk walk, Entry top, String format, Path target, String asGiven)
            throws Failure, KlosetException, IOException, InterruptedException {
        Path temporary =
                target.resolveSibling(".plakar-" + ProcessHandle.current().pid() + ".part");
        OutputStream out;
        try {
            out = Files.newOutputStream(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "cannot write the archive " + asGiven + ": " + SystemMessages.of(e),
                    "choose another place with -output",
                    e);
        }
        boolean complete = false;
        try {
            write(walk, top, format, out);
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            complete = true;
        } finally {
            out.close();
            if (!complete) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private static void write(Walk walk, Entry top, String format, OutputStream out)
            throws KlosetException, IOException, InterruptedException {
        switch (format) {
            case "zip" -> {
                try (ZipWriter zip = new ZipWriter(new BufferedOutputStream(out, BUFFER))) {
                    walk.visit(top, new ZipMembers(zip));
                }
            }
            case "tar" -> {
                try (TarWriter tar = new TarWriter(new BufferedOutputStream(out, BUFFER))) {
                    walk.visit(top, new TarMembers(tar));
                }
            }
            default -> {
                try (TarWriter tar =
                        new TarWriter(new BufferedOutputStream(new GZIPOutputStream(out, BUFFER), BUFFER))) {
                    walk.visit(top, new TarMembers(tar));
                }
            }
        }
    }

    /** Takes the entries, parents first. */
    private interface Members {
        /** @return whether the format has such a thing */
        boolean add(byte[] name, Entry entry, FileInfo info, List<Xattr> xattrs, FileBody body)
                throws IOException, InterruptedException;

        /** @return whether the format has further names of one file */
        boolean link(byte[] name, FileInfo info, byte[] first) throws IOException;
    }

    private record TarMembers(TarWriter tar) implements Members {
        @Override
        public boolean add(byte[] name, Entry entry, FileInfo info, List<Xattr> xattrs, FileBody body)
                throws IOException, InterruptedException {
            if (entry.isDirectory()) {
                tar.directory(name, info, xattrs);
            } else if (entry.isSymlink()) {
                tar.symlink(name, info, entry.symlinkTarget(), xattrs);
            } else if (entry.isRegular()) {
                tar.file(name, info, xattrs, body);
            } else if ((info.mode() & GoMode.NAMED_PIPE) != 0) {
                tar.fifo(name, info, xattrs);
            } else {
                return false;
            }
            return true;
        }

        @Override
        public boolean link(byte[] name, FileInfo info, byte[] first) throws IOException {
            tar.hardLink(name, info, first);
            return true;
        }
    }

    private record ZipMembers(ZipWriter zip) implements Members {
        @Override
        public boolean add(byte[] name, Entry entry, FileInfo info, List<Xattr> xattrs, FileBody body)
                throws IOException, InterruptedException {
            if (entry.isDirectory()) {
                zip.directory(name, info);
            } else if (entry.isSymlink()) {
                zip.symlink(name, info, entry.symlinkTarget());
            } else if (entry.isRegular()) {
                zip.file(name, info, body);
            } else {
                return false;
            }
            return true;
        }

        @Override
        public boolean link(byte[] name, FileInfo info, byte[] first) {
            return false;
        }
    }

    /** Goes through a tree, parents first. */
    private static final class Walk {
        private final SnapshotTree tree;
        private final Contents contents;
        private final BytePath base;
        private final Notices notices;
        private final SnapshotTree.XattrReader xattrs;
        /** First names of files which have more than one; only those with several are held. */
        private final Map<FileKey, byte[]> firstNames = new HashMap<>();

        private record FileKey(long dev, long ino, Mac object) {}

        Walk(SnapshotTree tree, Contents contents, BytePath base, Notices notices) throws KlosetException {
            this.tree = tree;
            this.notices = notices;
            this.contents = contents;
            this.base = base;
            this.xattrs = tree.xattrReader();
        }

        void visit(Entry entry, Members members) throws KlosetException, IOException, InterruptedException {
            BytePath below = entry.path().relativeTo(base);
            if (!below.isRoot()) {
                byte[] absolute = below.bytes();
                add(Arrays.copyOfRange(absolute, 1, absolute.length), entry, members);
            }
            if (entry.isDirectory()) {
                try (DirectoryCursor children = tree.children(entry.path())) {
                    while (children.next()) {
                        visit(children.entry(), members);
                    }
                }
            }
        }

        private void add(byte[] name, Entry entry, Members members)
                throws KlosetException, IOException, InterruptedException {
            FileInfo info = entry.info();
            if (entry.isRegular() && info.nlink() > 1 && entry.hasObject()) {
                byte[] first = firstNames.putIfAbsent(new FileKey(info.dev(), info.ino(), entry.object()), name);
                if (first != null && members.link(name, info, first)) {
                    return;
                }
            }
            boolean added = members.add(name, entry, info, xattrs.of(entry), target -> {
                if (entry.hasObject()) {
                    contents.write(entry.object(), target);
                }
            });
            if (!added) {
                notices.warn(entry.path() + " is a special file which the format does not have; left out");
            }
        }
    }
}
