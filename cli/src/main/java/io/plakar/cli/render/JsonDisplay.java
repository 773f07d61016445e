package io.plakar.cli.render;

import io.plakar.cli.terminal.Output;
import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One JSON object for each event on standard output, the last one a {@code summary}; failures go to standard error as
 * lines as well. Paths that went well are told only when asked for.
 */
public final class JsonDisplay implements RunDisplay {
    private final JsonLines json;
    private final Output error;
    private final InstantSource clock;
    private final String repository;
    private final String workflow;
    private final boolean everyPath;
    private final AtomicLong errors = new AtomicLong();
    private volatile Mac current = Mac.ZERO;

    /**
     * @param repository id of the store
     * @param everyPath tell of paths that went well
     */
    public JsonDisplay(
            JsonLines json, Output error, InstantSource clock, String repository, String workflow, boolean everyPath) {
        this.json = json;
        this.error = error;
        this.clock = clock;
        this.repository = repository;
        this.workflow = workflow;
        this.everyPath = everyPath;
    }

    private void event(Mac snapshot, String level, String type, JsonLines.Body data) {
        json.line(
                type,
                fields -> fields.time("timestamp", clock.instant())
                        .text("repository", repository)
                        .text("snapshot", snapshot.toHex())
                        .text("level", level)
                        .text("workflow", workflow)
                        .object("data", data));
    }

    @Override
    public void snapshot(Mac id) {
        current = id;
        event(id, "info", "workflow.start", data -> data.text("workflow", workflow));
    }

    @Override
    public void phase(String phase) {
        if (!phase.isEmpty()) {
            event(current, "info", "phase", data -> data.text("phase", phase));
        }
    }

    @Override
    public void planned(long bytes) {}

    @Override
    public void processed(long bytes) {}

    @Override
    public void current(BytePath path) {}

    @Override
    public void ok(Mac snapshot, BytePath path, FileInfo info, String outcome) {
        if (everyPath) {
            event(snapshot, "info", "path.ok", data -> {
                data.name("path", path.bytes());
                data.textIfAny("outcome", outcome);
                data.object("fileinfo", file -> writeFileInfo(file, info));
            });
        }
    }

    @Override
    public void ok(Mac snapshot, BytePath path) {
        if (everyPath) {
            event(snapshot, "info", "path.ok", data -> data.name("path", path.bytes()));
        }
    }

    /** The fields of {@code fileinfo} objects. */
    public static void writeFileInfo(JsonLines.Fields fields, FileInfo info) {
        fields.name("name", info.name())
                .number("size", info.size())
                .number("mode", Integer.toUnsignedLong(info.mode()))
                .time("mod_time", info.modTime())
                .number("dev", info.dev())
                .number("ino", info.ino())
                .number("uid", info.uid())
                .number("gid", info.gid())
                .number("nlink", info.nlink())
                .text("username", info.username())
                .text("groupname", info.groupname());
    }

    @Override
    public void failed(Mac snapshot, BytePath path, String message) {
        errors.incrementAndGet();
        event(
                snapshot,
                "error",
                "path.error",
                data -> data.name("path", path.bytes()).text("error", message));
        error.line(snapshot.toShortHex() + ": KO " + path + ": " + message);
    }

    @Override
    public void failed(Mac snapshot, String message) {
        errors.incrementAndGet();
        event(snapshot, "error", "snapshot.error", data -> data.text("error", message));
        error.line((snapshot.isZero() ? "store" : snapshot.toShortHex()) + ": KO " + message);
    }

    @Override
    public void warning(String message) {
        event(current, "warn", "warning", data -> data.text("message", message));
        error.line("warn: " + message);
    }

    @Override
    public long errors() {
        return errors.get();
    }

    @Override
    public void completed(Mac snapshot, Completion completion) {
        json.line("summary", fields -> {
            fields.time("timestamp", clock.instant())
                    .text("repository", repository)
                    .text("workflow", completion.workflow())
                    .text("snapshot_id", snapshot.toHex());
            completion.summary().write(fields);
            fields.number("bytes_fetched", completion.fetched())
                    .number("errors", completion.errors())
                    .number("duration_ms", completion.duration().toMillis());
        });
    }

    @Override
    public void close() {
        error.flush();
    }
}
