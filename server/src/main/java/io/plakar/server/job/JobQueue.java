package io.plakar.server.job;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.configuration.Secrets;
import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one store: one runs, the others wait their turn, those that ended last are remembered. Safe for use by
 * many threads. Closing it cancels what runs and waits until that has ended.
 */
public final class JobQueue implements AutoCloseable {
    /** How many may wait. */
    public static final int MOST_WAITING = 100;

    /** How many that have ended are remembered. */
    public static final int KEPT = 100;

    private static final long CLOSING_SECONDS = 20;

    private final InstantSource clock;
    private final Consumer<Job> changed;
    private final Consumer<Job> progressed;
    private final Consumer<String> log;
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final BlockingQueue<Job> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread dispatcher;

    /** Guarded by this object. */
    private @Nullable Thread running;

    private @Nullable Job runningJob;
    private boolean closed;

    /**
     * @param changed told when a job begins to wait, begins to run, and ends
     * @param progressed told a few times a second while one runs
     * @param log takes what went wrong and is nobody's request
     */
    public JobQueue(InstantSource clock, Consumer<Job> changed, Consumer<Job> progressed, Consumer<String> log) {
        this.clock = clock;
        this.changed = changed;
        this.progressed = progressed;
        this.log = log;
        this.dispatcher = Thread.ofPlatform().daemon().name("jobs").start(this::dispatch);
    }

    /** There are too many jobs already. */
    public static final class Full extends Exception {
        private static final long serialVersionUID = 1;

        Full() {
            super(MOST_WAITING + " jobs are waiting already");
        }
    }

    /**
     * Puts a job at the end of the queue.
     *
     * @throws Full when too many wait, or the queue is closed
     */
    public Job submit(JobKind kind, String title, String command, Work work) throws Full {
        Job job = new Job(UUID.randomUUID().toString(), kind, title, command, work, clock, progressed);
        synchronized (this) {
            // Nobody else adds: where there is room now, there is room below.
            if (closed || waiting.remainingCapacity() == 0) {
                throw new Full();
            }
            jobs.put(job.id(), job);
            // Told first, or it could be running by then.
            changed.accept(job);
            waiting.add(job);
        }
        return job;
    }

    public synchronized Optional<Job> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /** All jobs known, newest first. */
    public synchronized List<Job> jobs() {
        return new ArrayList<>(jobs.values()).reversed();
    }

    /** Cancels a job that waits or runs; one that has ended is left alone. */
    public void cancel(Job job) {
        if (job.cancelWaiting()) {
            waiting.remove(job);
            changed.accept(job);
            return;
        }
        synchronized (this) {
            if (runningJob == job && running != null) {
                running.interrupt();
            }
        }
    }

    private void dispatch() {
        try {
            while (true) {
                Job job = waiting.take();
                Thread thread =
                        Thread.ofPlatform().daemon().name("job-" + job.id()).unstarted(() -> run(job));
                synchronized (this) {
                    if (closed || !job.start()) {
                        job.end(JobState.CANCELLED, null, null);
                        continue;
                    }
                    running = thread;
                    runningJob = job;
                    changed.accept(job);
                    thread.start();
                }
                thread.join();
                synchronized (this) {
                    running = null;
                    runningJob = null;
                    forgetOld();
                }
                changed.accept(job);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void forgetOld() {
        long ended = jobs.values().stream()
                .filter(job -> job.status().state().isEnd())
                .count();
        jobs.values().removeIf(new java.util.function.Predicate<>() {
            private long tooMany = ended - KEPT;

            @Override
            public boolean test(Job job) {
                return tooMany > 0 && job.status().state().isEnd() && tooMany-- > 0;
            }
        });
    }

    private void run(Job job) {
        try {
            Result result = job.work().run(job);
            job.end(result.clean() ? JobState.SUCCEEDED : JobState.WARNINGS, result, null);
        } catch (KlosetException.Cancelled | InterruptedException e) {
            job.log(LogLine.Level.INFO, null, "cancelled");
            job.end(JobState.CANCELLED, null, null);
        } catch (Failure | KlosetException | IOException e) {
            fail(job, e);
        } catch (RuntimeException | Error e) {
            log.accept("job " + job.id() + " (" + job.title() + ") broke: " + e);
            fail(job, e);
        }
    }

    private static void fail(Job job, Throwable failure) {
        String message = Secrets.message(
                failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
        job.log(LogLine.Level.ERROR, null, message);
        String code = ExitCode.of(failure).name().toLowerCase(Locale.ROOT);
        job.end(JobState.FAILED, null, new Job.Fault(code, message, ExitCode.remedy(failure)));
    }

    @Override
    public void close() {
        List<Job> rest = new ArrayList<>();
        Thread thread;
        synchronized (this) {
            closed = true;
            waiting.drainTo(rest);
            thread = running;
            if (thread != null) {
                thread.interrupt();
            }
        }
        rest.forEach(Job::cancelWaiting);
        try {
            if (thread != null) {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSING_SECONDS));
            }
            dispatcher.interrupt();
            dispatcher.join(TimeUnit.SECONDS.toMillis(CLOSING_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
