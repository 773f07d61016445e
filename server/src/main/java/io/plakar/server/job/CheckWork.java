package io.plakar.server.job;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.check.Check;
import io.plakar.kloset.check.CheckListener;
import io.plakar.kloset.check.CheckOptions;
import io.plakar.kloset.check.CheckResult;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.util.ArrayList;
import java.util.List;

/** Checks some snapshots, or all and the store around them. Damage makes the job fail. Run once. */
public final class CheckWork implements Work {
    private final Repository repository;
    private final List<Check.Target> targets;
    private final boolean fast;

    /** @param targets none for everything there is when the job begins */
    public CheckWork(Repository repository, List<Check.Target> targets, boolean fast) {
        this.repository = repository;
        this.targets = List.copyOf(targets);
        this.fast = fast;
    }

    @Override
    public Result run(Job job) throws Failure, KlosetException {
        job.phase("checking");
        List<Check.Target> chosen = new ArrayList<>(targets);
        long[] unreadable = new long[1];
        if (targets.isEmpty()) {
            List<SnapshotHeader> headers = repository.snapshots((id, reason) -> {
                unreadable[0]++;
                job.log(LogLine.Level.ERROR, null, "snapshot " + id.toShortHex() + ": " + reason.getMessage());
            });
            headers.forEach(header -> chosen.add(new Check.Target(header, null)));
        }
        CheckResult result = Check.run(
                repository,
                chosen,
                targets.isEmpty() && unreadable[0] == 0,
                new CheckOptions(fast, true, false),
                new Listener(job));
        long damaged = result.snapshotsDamaged() + unreadable[0];
        if (damaged > 0) {
            throw new Failure(
                    ExitCode.DATA,
                    "check failed for " + (damaged == 1 ? "1 snapshot" : damaged + " snapshots"),
                    "what is not named in the log is whole and can be restored");
        }
        if (!result.clean()) {
            throw new Failure(ExitCode.DATA, "check found damage in the store outside the snapshots");
        }
        return new Result.Builder()
                .with("snapshots", result.snapshots())
                .with("snapshots_damaged", result.snapshotsDamaged())
                .with("errors", result.errors())
                .with("store_errors", result.storeErrors())
                .with("bytes_fetched", result.bytesFetched())
                .build(true);
    }

    /** Feeds a job. */
    private record Listener(Job job) implements CheckListener {
        @Override
        public void planned(long bytes) {
            job.planned(0, bytes);
        }

        @Override
        public void verified(long bytes) {
            job.done(0, bytes);
        }

        @Override
        public void damaged(SnapshotHeader snapshot, BytePath path, String message) {
            job.log(
                    LogLine.Level.ERROR,
                    path.toString(),
                    "snapshot " + snapshot.id().toShortHex() + ": " + message);
        }

        @Override
        public void damaged(SnapshotHeader snapshot, String message) {
            job.log(LogLine.Level.ERROR, null, "snapshot " + snapshot.id().toShortHex() + ": " + message);
        }

        @Override
        public void damagedStore(String message) {
            job.log(LogLine.Level.ERROR, null, message);
        }

        @Override
        public void finished(SnapshotHeader snapshot, long errors) {
            job.done(1, 0);
        }

        @Override
        public void warning(String message) {
            job.log(LogLine.Level.WARNING, null, message);
        }
    }
}
