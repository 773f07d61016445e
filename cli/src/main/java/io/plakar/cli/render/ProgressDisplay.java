package io.plakar.cli.render;

import io.plakar.app.RawText;
import io.plakar.cli.terminal.Output;
import io.plakar.cli.terminal.TerminalState;
import io.plakar.cli.text.DisplayNames;
import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One line on standard error which is drawn again at most ten times a second, by a thread of its own. Failures appear
 * above it as they happen; when the run has ended the line is gone.
 */
public final class ProgressDisplay implements RunDisplay {
    private static final long REDRAW_MILLIS = 100;
    private static final String CLEAR = "\r\u001b[K";

    private final PathLines lines;
    private final Output out;
    private final Output error;
    private final LongSupplier clock;
    private final IntSupplier width;
    private final ProgressText text;
    private final LongAdder planned = new LongAdder();
    private final LongAdder processed = new LongAdder();
    private final AtomicLong errors = new AtomicLong();
    private final @Nullable Thread drawer;
    private volatile String phase = "";
    private volatile Mac snapshot = Mac.ZERO;
    private volatile @Nullable BytePath path;
    private volatile boolean closed;
    private String drawn = "";

    /**
     * @param clock nanoseconds that only grow
     * @param width columns of the terminal, asked for at every drawing
     * @param moving false leaves drawing to calls of {@link #draw()}
     */
    public ProgressDisplay(
            Output out, Output error, TerminalState terminal, LongSupplier clock, IntSupplier width, boolean moving) {
        this.lines = new PathLines(out, error, terminal);
        this.out = out;
        this.error = error;
        this.clock = clock;
        this.width = width;
        this.text = new ProgressText(clock.getAsLong());
        this.drawer = moving ? Thread.ofPlatform().daemon().name("progress").start(this::drawUntilClosed) : null;
    }

    private void drawUntilClosed() {
        try {
            while (!closed) {
                Thread.sleep(REDRAW_MILLIS);
                draw();
            }
        } catch (InterruptedException | Output.ClosedByReader e) {
            // The run ends, or nobody looks any more.
        }
    }

    /** Draws the line as it is now. */
    void draw() {
        synchronized (this) {
            if (closed) {
                return;
            }
            BytePath current = path;
            String line = text.at(
                    clock.getAsLong(),
                    new ProgressText.State(
                            snapshot.toShortHex(),
                            phase,
                            processed.sum(),
                            planned.sum(),
                            errors.get(),
                            current == null
                                    ? ""
                                    : new String(DisplayNames.sanitize(current.bytes()), StandardCharsets.UTF_8)),
                    Math.max(20, width.getAsInt() - 1));
            if (!line.equals(drawn)) {
                error.bytes(RawText.encode(CLEAR + line));
                drawn = line;
            }
        }
    }

    /** Takes the line away, does {@code printing}, and lets the line come back. */
    private synchronized void above(Runnable printing) {
        if (!drawn.isEmpty()) {
            error.text(CLEAR);
            drawn = "";
        }
        printing.run();
    }

    @Override
    public void snapshot(Mac id) {
        snapshot = id;
    }

    @Override
    public void phase(String newPhase) {
        phase = newPhase;
    }

    @Override
    public void planned(long bytes) {
        planned.add(bytes);
    }

    @Override
    public void processed(long bytes) {
        processed.add(bytes);
    }

    @Override
    public void current(BytePath newPath) {
        path = newPath;
    }

    @Override
    public void ok(Mac id, BytePath donePath, FileInfo info, String outcome) {
        path = donePath;
    }

    @Override
    public void ok(Mac id, BytePath donePath) {
        path = donePath;
    }

    @Override
    public void failed(Mac id, BytePath failedPath, String message) {
        show(() -> lines.failed(id, failedPath, message));
    }

    @Override
    public void failed(Mac id, String message) {
        show(() -> lines.failed(id, message));
    }

    private void show(Runnable line) {
        errors.incrementAndGet();
        above(line);
    }

    @Override
    public void warning(String message) {
        above(() -> error.line("warn: " + message));
    }

    @Override
    public long errors() {
        return errors.get();
    }

    @Override
    public void completed(Mac id, Completion completion) {
        above(() -> lines.completed(id, completion));
        out.flush();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (!drawn.isEmpty()) {
                error.text(CLEAR);
                drawn = "";
            }
        }
        if (drawer != null) {
            drawer.interrupt();
        }
        out.flush();
        error.flush();
    }
}
