package io.plakar.server.job;

import io.plakar.app.Failure;
import io.plakar.connector.BytePath;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileInfo;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.restore.Restore;
import io.plakar.kloset.restore.RestoreListener;
import io.plakar.kloset.restore.RestoreOptions;
import io.plakar.kloset.restore.RestoreResult;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.io.IOException;
import java.util.Map;

/** Restores what a request says, or tells what that would do. Run once. */
public final class RestoreWork implements Work {
    private final Repository repository;
    private final WorkContext context;
    private final RestoreRequest request;

    public RestoreWork(Repository repository, WorkContext context, RestoreRequest request) {
        this.repository = repository;
        this.context = context;
        this.request = request;
    }

    /** Makes the listener for one item; its paths are to be put below {@code prefix}. */
    private interface Listeners {
        RestoreListener below(BytePath prefix, Exporter to);
    }

    private long[] restore(boolean dryRun, Listeners listeners) throws Failure, KlosetException, IOException {
        SnapshotTree tree = repository.tree(request.snapshot());
        long[] sums = new long[7];
        try (Exporter exporter = context.connectors()
                .exporter(request.place(), Map.of(), request.export(), context.names(), context.connectorContext())) {
            for (BytePath item : request.items()) {
                Entry entry = tree.resolve(item)
                        .orElseThrow(() ->
                                new KlosetException.Invalid(item + ": no such file or directory in the snapshot"));
                BytePath prefix = request.below(item, entry.isDirectory());
                Exporter to = new ExporterBelow(exporter, prefix);
                RestoreResult result = Restore.run(
                        repository,
                        request.snapshot(),
                        item,
                        to,
                        new RestoreOptions(request.overwrite(), dryRun),
                        listeners.below(prefix, to));
                sums[0] += result.files();
                sums[1] += result.directories();
                sums[2] += result.others();
                sums[3] += result.kept();
                sums[4] += result.bytesWritten();
                sums[5] += result.errors();
                sums[6] += result.corrupt();
            }
        }
        return sums;
    }

    @Override
    public Result run(Job job) throws Failure, KlosetException, IOException {
        job.phase("restoring");
        long[] sums = restore(false, (prefix, to) -> new Listener(job, prefix));
        return new Result.Builder()
                .with("snapshot", request.snapshot().id().toHex())
                .with("to", request.place())
                .with("files", sums[0])
                .with("directories", sums[1])
                .with("others", sums[2])
                .with("kept", sums[3])
                .with("bytes_written", sums[4])
                .with("errors", sums[5])
                .with("corrupt", sums[6])
                .with("warnings", job.progress().warnings())
                .build(sums[5] == 0);
    }

    /** What would be done with one path. */
    public enum Outcome {
        CREATED,
        REPLACED,
        KEPT,
        FAILED
    }

    /** Takes what would be done, from many threads. */
    @FunctionalInterface
    public interface Plan {
        /**
         * @param path below the destination
         * @param message why it would fail, empty otherwise
         */
        void would(BytePath path, FileInfo info, Outcome outcome, String message);
    }

    /** Writes nothing; tells of every path. */
    public void plan(Plan plan) throws Failure, KlosetException, IOException {
        restore(true, (prefix, to) -> new RestoreListener() {
            @Override
            public void done(BytePath path, FileInfo info, Outcome outcome) {
                plan.would(prefix.resolve(path), info, outcome(info, path, outcome, to), "");
            }

            @Override
            public void failed(BytePath path, String message, boolean corruptData) {
                plan.would(
                        prefix.resolve(path),
                        new FileInfo(path.name(), 0, 0, java.time.Instant.EPOCH, 0, 0, 0, 0, 0, "", ""),
                        RestoreWork.Outcome.FAILED,
                        message);
            }
        });
    }

    /** A dry run makes no directory, and so does not know which are there. */
    private static Outcome outcome(FileInfo info, BytePath path, RestoreListener.Outcome outcome, Exporter to) {
        if (!info.isDirectory()) {
            return Outcome.valueOf(outcome.name());
        }
        try {
            return to.existing(path).isPresent() ? Outcome.KEPT : Outcome.CREATED;
        } catch (IOException e) {
            return Outcome.CREATED;
        }
    }

    /** Feeds a job. */
    private record Listener(Job job, BytePath prefix) implements RestoreListener {
        @Override
        public void found(BytePath path, FileInfo info) {
            job.planned(1, info.isRegular() ? Math.max(0, info.size()) : 0);
            job.current(prefix.resolve(path).toString());
        }

        @Override
        public void written(long bytes) {
            job.done(0, bytes);
        }

        @Override
        public void done(BytePath path, FileInfo info, Outcome outcome) {
            job.done(1, 0);
        }

        @Override
        public void failed(BytePath path, String message, boolean corruptData) {
            job.log(LogLine.Level.ERROR, prefix.resolve(path).toString(), message);
        }

        @Override
        public void warning(BytePath path, String message) {
            job.log(LogLine.Level.WARNING, prefix.resolve(path).toString(), message);
        }
    }
}
