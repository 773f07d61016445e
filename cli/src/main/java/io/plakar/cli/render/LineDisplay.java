package io.plakar.cli.render;

import io.plakar.cli.terminal.Output;
import io.plakar.cli.terminal.TerminalState;
import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lines for pipes, logs and terminals which cannot move their cursor: failures on standard error as they happen, the
 * paths that went well only when asked for, and one line at the end. Failures which scrolled away between other lines
 * are shown again at the end.
 */
public final class LineDisplay implements RunDisplay {
    private static final int REPEATED = 20;

    private final PathLines lines;
    private final Output out;
    private final Output error;
    private final boolean everyPath;
    private final boolean silent;
    private final AtomicLong errors = new AtomicLong();
    private final List<Runnable> repeated = new ArrayList<>();

    /**
     * @param everyPath show paths that went well
     * @param silent show nothing at all
     */
    public LineDisplay(Output out, Output error, TerminalState terminal, boolean everyPath, boolean silent) {
        this.lines = new PathLines(out, error, terminal);
        this.out = out;
        this.error = error;
        this.everyPath = everyPath && !silent;
        this.silent = silent;
    }

    @Override
    public void snapshot(Mac id) {}

    @Override
    public void phase(String phase) {}

    @Override
    public void planned(long bytes) {}

    @Override
    public void processed(long bytes) {}

    @Override
    public void current(BytePath path) {}

    @Override
    public void ok(Mac snapshot, BytePath path, FileInfo info, String outcome) {
        ok(snapshot, path);
    }

    @Override
    public void ok(Mac snapshot, BytePath path) {
        if (everyPath) {
            lines.ok(snapshot, path);
        }
    }

    @Override
    public void failed(Mac snapshot, BytePath path, String message) {
        show(() -> lines.failed(snapshot, path, message));
    }

    @Override
    public void failed(Mac snapshot, String message) {
        show(() -> lines.failed(snapshot, message));
    }

    private void show(Runnable line) {
        errors.incrementAndGet();
        if (silent) {
            return;
        }
        synchronized (repeated) {
            if (everyPath && repeated.size() < REPEATED) {
                repeated.add(line);
            }
        }
        line.run();
    }

    @Override
    public void warning(String message) {
        if (!silent) {
            error.line("warn: " + message);
        }
    }

    @Override
    public long errors() {
        return errors.get();
    }

    @Override
    public void completed(Mac snapshot, Completion completion) {
        if (!silent) {
            repeatFailures();
            lines.completed(snapshot, completion);
        }
    }

    private void repeatFailures() {
        List<Runnable> again;
        synchronized (repeated) {
            again = List.copyOf(repeated);
            repeated.clear();
        }
        if (!again.isEmpty()) {
            out.flush();
            error.line("these failed:");
            again.forEach(Runnable::run);
            if (errors.get() > again.size()) {
                error.line("and " + (errors.get() - again.size()) + " more");
            }
        }
    }

    @Override
    public void close() {
        out.flush();
        error.flush();
    }
}
