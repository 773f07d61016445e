package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.RawText;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Names;
import io.plakar.cli.Options;
import io.plakar.cli.Snapshots;
import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.diff.UnifiedDiff;
import io.plakar.kloset.repository.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code diff}: what is different between two snapshots, or between one and the files as they are now. */
public final class DiffCommand {
    /** Larger files are compared, but not shown line by line. */
    private static final int LARGEST_TEXT = 32 << 20;

    private DiffCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] diff [OPTIONS] SNAPSHOT1[:PATH] [SNAPSHOT2[:PATH]]"),
                """
                Compares two files, or two directories, of two snapshots; with one argument, of a snapshot and of this
                machine. A path given for one side only counts for both. Files are compared by content, links by their
                target.
                """,
                List.of(
                        Flag.bool("exit-code", "exit with status 1 when there are differences"),
                        Flag.bool("highlight", "colour the differences"),
                        Flag.bool("recursive", "descend into directories and show the differences of files"),
                        Flag.bool(
                                "summary",
                                "one line per path: + only in the second, - only in the first, M content, T type")),
                List.of(
                        "plakar at ./save diff b29aa180:docs/report.txt ab45775e",
                        "plakar at ./save diff -recursive -summary latest~1 latest",
                        "plakar at ./save diff -recursive latest"),
                DiffCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        if (invocation.arguments().isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "needs at least a snapshot ID and/or snapshot file to diff");
        }
        invocation.atMost(2);
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository);
            Contents contents = new Contents(repository);
            Snapshots.Chosen first = snapshots.resolve(invocation.arguments().getFirst());
            DiffSide left = new DiffSide.OfSnapshot(snapshots.tree(first.header()), contents);
            BytePath leftPath = first.path();
            DiffSide right;
            BytePath rightPath;
            if (invocation.arguments().size() == 1) {
                right = new DiffSide.OfMachine();
                rightPath = leftPath;
            } else {
                Snapshots.Chosen second =
                        snapshots.resolve(invocation.arguments().get(1));
                right = new DiffSide.OfSnapshot(snapshots.tree(second.header()), contents);
                rightPath = second.path();
                if (first.hasPath() && !second.hasPath()) {
                    rightPath = leftPath;
                } else if (second.hasPath() && !first.hasPath()) {
                    leftPath = rightPath;
                }
            }
            Comparison comparison = new Comparison(invocation, left, right);
            comparison.start(top(left, leftPath), top(right, rightPath));
            return comparison.different && invocation.options().flag("exit-code") ? ExitCode.FAILURE : ExitCode.SUCCESS;
        }
    }

    private static DiffSide.Node top(DiffSide side, BytePath path) throws Failure, KlosetException, IOException {
        return side.find(path)
                .orElseThrow(() -> new Failure(
                        ExitCode.FAILURE,
                        "diff: could not diff pathnames: could not open path " + path + " " + side.where()
                                + ": file does not exist"));
    }

    /** Walks both sides in step and prints. */
    private static final class Comparison {
        private final Invocation invocation;
        private final DiffSide left;
        private final DiffSide right;
        private final boolean recursive;
        private final boolean summary;
        private final boolean highlight;
        private boolean different;

        Comparison(Invocation invocation, DiffSide left, DiffSide right) {
            Options options = invocation.options();
            this.invocation = invocation;
            this.left = left;
            this.right = right;
            this.recursive = options.flag("recursive");
            this.summary = options.flag("summary") || invocation.json();
            this.highlight = options.flag("highlight");
        }

        void start(DiffSide.Node one, DiffSide.Node two)
                throws Failure, KlosetException, IOException, InterruptedException {
            if (one.kind() != two.kind()) {
                throw new Failure(ExitCode.FAILURE, "diff: could not diff pathnames: can't diff different file types");
            }
            if (one.kind() == DiffSide.Kind.DIRECTORY) {
                directories(one, two);
            } else {
                same(one, two, true);
            }
        }

        private void directories(DiffSide.Node one, DiffSide.Node two)
                throws KlosetException, IOException, InterruptedException {
            try (DiffSide.Children lefts = left.children(one);
                    DiffSide.Children rights = right.children(two)) {
                DiffSide.Node l = lefts.next();
                DiffSide.Node r = rights.next();
                while (l != null || r != null) {
                    int order = l == null
                            ? 1
                            : r == null
                                    ? -1
                                    : Arrays.compareUnsigned(
                                            l.path().name(), r.path().name());
                    if (order < 0 && l != null) {
                        only(one, l, '-');
                        l = lefts.next();
                    } else if (order > 0 && r != null) {
                        only(two, r, '+');
                        r = rights.next();
                    } else if (l != null && r != null) {
                        both(l, r);
                        l = lefts.next();
                        r = rights.next();
                    }
                }
            }
        }

        private void only(DiffSide.Node directory, DiffSide.Node node, char status) {
            different = true;
            if (summary) {
                status(status, node);
            } else {
                line("Only in " + Names.shown(directory.path()) + ": "
                        + Names.shown(node.path().name()));
            }
        }

        private void both(DiffSide.Node l, DiffSide.Node r) throws KlosetException, IOException, InterruptedException {
            boolean directories = l.kind() == DiffSide.Kind.DIRECTORY && r.kind() == DiffSide.Kind.DIRECTORY;
            if (l.kind() != r.kind()) {
                different = true;
                if (summary) {
                    status('T', r);
                } else {
                    line("File type mismatch: " + shown(l) + " (" + word(l) + ") vs " + shown(r) + " (" + word(r)
                            + ")");
                }
            } else if (directories) {
                if (!summary) {
                    line("Common subdirectories: " + shown(l) + " and " + shown(r));
                }
                if (recursive) {
                    directories(l, r);
                }
            } else {
                same(l, r, recursive);
            }
        }

        /** Full paths when descending, else base names, as other releases print them. */
        private String shown(DiffSide.Node node) {
            return recursive
                    ? Names.shown(node.path())
                    : Names.shown(node.path().name());
        }

        private String word(DiffSide.Node node) {
            return recursive ? "" : " (dir=" + (node.kind() == DiffSide.Kind.DIRECTORY) + ")";
        }

        /** Compares two of one kind which are no directories. */
        private void same(DiffSide.Node l, DiffSide.Node r, boolean show)
                throws KlosetException, IOException, InterruptedException {
            switch (l.kind()) {
                case SYMLINK -> {
                    if (!Arrays.equals(l.target(), r.target())) {
                        different = true;
                        if (summary) {
                            status('M', r);
                        } else {
                            line("Symbolic links " + shown(l) + " -> " + Names.shown(l.target()) + " and " + shown(r)
                                    + " -> " + Names.shown(r.target()) + " differ");
                        }
                    }
                }
                case FILE -> files(l, r, show);
                case DIRECTORY, OTHER -> {}
            }
        }

        private void files(DiffSide.Node l, DiffSide.Node r, boolean show)
                throws KlosetException, IOException, InterruptedException {
            Optional<Boolean> known = DiffSide.sameContent(l, r);
            if (known.orElse(false)) {
                return;
            }
            if (summary || !show || Math.max(l.size(), r.size()) > LARGEST_TEXT) {
                if (known.isPresent() || !equal(l, r)) {
                    different = true;
                    if (summary) {
                        status('M', r);
                    } else {
                        line("Files " + shown(l) + " and " + shown(r) + " differ");
                    }
                }
                return;
            }
            byte[] before = read(left, l);
            byte[] after = read(right, r);
            if (Arrays.equals(before, after)) {
                return;
            }
            different = true;
            if (UnifiedDiff.isBinary(before) || UnifiedDiff.isBinary(after)) {
                line("Binary files " + Names.shown(l.path()) + " and " + Names.shown(r.path()) + " differ");
                return;
            }
            coloured("\u001b[1m\u001b[31m", RawText.encode("--- " + left.label() + Names.shown(l.path()) + "\n"));
            coloured("\u001b[1m\u001b[32m", RawText.encode("+++ " + right.label() + Names.shown(r.path()) + "\n"));
            UnifiedDiff.write(
                    before,
                    after,
                    (kind, line) -> coloured(
                            switch (kind) {
                                case HUNK -> "\u001b[36m";
                                case CONTEXT -> "";
                                case REMOVED -> "\u001b[31m";
                                case ADDED -> "\u001b[32m";
                            },
                            line));
        }

        private boolean equal(DiffSide.Node l, DiffSide.Node r) throws KlosetException, IOException {
            if (l.size() >= 0 && r.size() >= 0 && l.size() != r.size()) {
                return false;
            }
            try (InputStream one = left.open(l);
                    InputStream two = right.open(r)) {
                byte[] oneBytes = new byte[1 << 16];
                byte[] twoBytes = new byte[1 << 16];
                while (true) {
                    int oneCount = one.readNBytes(oneBytes, 0, oneBytes.length);
                    int twoCount = two.readNBytes(twoBytes, 0, twoBytes.length);
                    if (!Arrays.equals(oneBytes, 0, oneCount, twoBytes, 0, twoCount)) {
                        return false;
                    }
                    if (oneCount == 0) {
                        return true;
                    }
                }
            }
        }

        private static byte[] read(DiffSide side, DiffSide.Node node) throws KlosetException, IOException {
            try (InputStream in = side.open(node)) {
                return in.readNBytes(LARGEST_TEXT + 1);
            }
        }

        private void status(char status, DiffSide.Node node) {
            if (invocation.json()) {
                invocation
                        .jsonLines()
                        .line(
                                "difference",
                                fields -> fields.text("status", String.valueOf(status))
                                        .name("path", node.path().bytes()));
            } else {
                line(status + " " + Names.shown(node.path()));
            }
        }

        private void coloured(String colour, byte[] line) {
            if (highlight && !colour.isEmpty()) {
                invocation.out().text(colour);
                invocation.out().bytes(line);
                invocation.out().text("\u001b[0m");
            } else {
                invocation.out().bytes(line);
            }
        }

        private void line(String text) {
            invocation.out().line(text);
        }
    }
}
