package io.plakar.server.job;

import io.plakar.app.configuration.Secrets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One backup, restore or check, waiting, running or ended. Made by {@link JobQueue#submit}; its work tells it how far it
 * is, anybody may look. Safe for use by many threads.
 */
public final class Job {
    /** Lines of the log that are kept; the last ones. */
    public static final int KEPT_LINES = 2000;

    private static final long TOLD_EVERY = TimeUnit.MILLISECONDS.toNanos(250);

    /** Why a job failed. */
    public record Fault(String code, String message, String remedy) {}

    private final String id;
    private final JobKind kind;
    private final String title;
    private final String command;
    private final Work work;
    private final InstantSource clock;
    private final Consumer<Job> progressed;
    private final Instant created;
    private final Progress progress = new Progress();
    private final AtomicLong told = new AtomicLong(System.nanoTime() - TOLD_EVERY);
    private final Deque<LogLine> log = new ArrayDeque<>();
    private long lines;

    private JobState state = JobState.QUEUED;
    private @Nullable Instant started;
    private @Nullable Instant finished;
    private @Nullable Result result;
    private @Nullable Fault fault;

    /** @param progressed told now and then while it runs */
    Job(
            String id,
            JobKind kind,
            String title,
            String command,
            Work work,
            InstantSource clock,
            Consumer<Job> progressed) {
        this.id = id;
        this.kind = kind;
        this.title = title;
        this.command = command;
        this.work = work;
        this.clock = clock;
        this.progressed = progressed;
        this.created = clock.instant();
    }

    public String id() {
        return id;
    }

    public JobKind kind() {
        return kind;
    }

    /** What it does, in a few words. */
    public String title() {
        return title;
    }

    /** What does the same on the command line; secrets are masked. */
    public String command() {
        return command;
    }

    Work work() {
        return work;
    }

    public Instant created() {
        return created;
    }

    public Progress.Reading progress() {
        return progress.read();
    }

    /**
     * Where it is, as of one moment.
     *
     * @param result numbers, null before the end and when it failed
     */
    public record Status(
            JobState state,
            @Nullable Instant started,
            @Nullable Instant finished,
            @Nullable Result result,
            @Nullable Fault fault,
            long logLines) {}

    public synchronized Status status() {
        return new Status(state, started, finished, result, fault, lines);
    }

    /** Moves on from waiting; false when it was cancelled before. */
    synchronized boolean start() {
        if (state != JobState.QUEUED) {
            return false;
        }
        state = JobState.RUNNING;
        started = clock.instant();
        return true;
    }

    /** Ends it, unless it has ended. */
    synchronized void end(JobState how, @Nullable Result numbers, @Nullable Fault why) {
        if (!state.isEnd()) {
            state = how;
            result = numbers;
            fault = why;
            finished = clock.instant();
            progress.current(null);
        }
    }

    /** Ends it when it still waits. */
    synchronized boolean cancelWaiting() {
        if (state != JobState.QUEUED) {
            return false;
        }
        end(JobState.CANCELLED, null, null);
        return true;
    }

    /** Keeps a line; what may be a secret in it is masked. */
    public void log(LogLine.Level level, @Nullable String path, String message) {
        switch (level) {
            case ERROR -> progress.error();
            case WARNING -> progress.warning();
            case INFO -> {}
        }
        synchronized (this) {
            log.addLast(new LogLine(lines++, clock.instant(), level, path, Secrets.message(message)));
            if (log.size() > KEPT_LINES) {
                log.removeFirst();
            }
        }
        tell();
    }

    /** The lines from number {@code from} on that are still kept, at most {@code most}. */
    public synchronized List<LogLine> lines(long from, int most) {
        List<LogLine> found = new ArrayList<>();
        for (LogLine line : log) {
            if (line.number() >= from && found.size() < most) {
                found.add(line);
            }
        }
        return found;
    }

    /** More is to be done than was known. */
    public void planned(long files, long bytes) {
        progress.planned(files, bytes);
        tell();
    }

    public void done(long files, long bytes) {
        progress.done(files, bytes);
        tell();
    }

    public void phase(String word) {
        progress.phase(word);
        tell();
    }

    /** A path being worked on. */
    public void current(String path) {
        progress.current(path);
    }

    private void tell() {
        long now = System.nanoTime();
        long before = told.get();
        if (now - before >= TOLD_EVERY && told.compareAndSet(before, now)) {
            progressed.accept(this);
        }
    }
}
