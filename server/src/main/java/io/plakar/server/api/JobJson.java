package io.plakar.server.api;

import io.plakar.server.job.Job;
import io.plakar.server.job.LogLine;
import io.plakar.server.job.Progress;
import io.plakar.server.job.Result;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Jobs as they are sent. Stateless. */
final class JobJson {
    private JobJson() {}

    /** A body of its own, on one line, without a newline. */
    static byte[] line(Consumer<JsonGenerator> value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonGenerator json = JsonBody.generator(out);
        value.accept(json);
        json.flush();
        return out.toByteArray();
    }

    static void job(JsonGenerator json, Job job) {
        Job.Status status = job.status();
        json.writeStartObject();
        json.writeStringProperty("id", job.id());
        json.writeStringProperty("kind", job.kind().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("state", status.state().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("title", job.title());
        json.writeStringProperty("command", job.command());
        json.writeStringProperty("created_at", JsonBody.time(job.created()));
        time(json, "started_at", status.started());
        time(json, "finished_at", status.finished());
        progress(json, job.progress());
        result(json, status.result());
        Job.Fault fault = status.fault();
        if (fault == null) {
            json.writeNullProperty("error");
        } else {
            json.writeObjectPropertyStart("error");
            json.writeStringProperty("code", fault.code());
            json.writeStringProperty("message", fault.message());
            json.writeStringProperty("remedy", fault.remedy());
            json.writeEndObject();
        }
        json.writeNumberProperty("log_lines", status.logLines());
        json.writeEndObject();
    }

    private static void time(JsonGenerator json, String name, @Nullable Instant time) {
        text(json, name, time == null ? null : JsonBody.time(time));
    }

    static void text(JsonGenerator json, String name, @Nullable String text) {
        if (text == null) {
            json.writeNullProperty(name);
        } else {
            json.writeStringProperty(name, text);
        }
    }

    static void progress(JsonGenerator json, Progress.Reading progress) {
        json.writeObjectPropertyStart("progress");
        json.writeStringProperty("phase", progress.phase());
        json.writeNumberProperty("files", progress.files());
        json.writeNumberProperty("bytes", progress.bytes());
        json.writeNumberProperty("total_files", progress.totalFiles());
        json.writeNumberProperty("total_bytes", progress.totalBytes());
        json.writeNumberProperty("errors", progress.errors());
        json.writeNumberProperty("warnings", progress.warnings());
        text(json, "current", progress.current());
        json.writeEndObject();
    }

    private static void result(JsonGenerator json, @Nullable Result result) {
        if (result == null) {
            json.writeNullProperty("result");
            return;
        }
        json.writeObjectPropertyStart("result");
        for (Map.Entry<String, Object> number : result.numbers().entrySet()) {
            if (number.getValue() instanceof Long value) {
                json.writeNumberProperty(number.getKey(), value);
            } else {
                json.writeStringProperty(number.getKey(), String.valueOf(number.getValue()));
            }
        }
        json.writeEndObject();
    }

    static void logLine(JsonGenerator json, LogLine line) {
        json.writeStartObject();
        json.writeNumberProperty("number", line.number());
        json.writeStringProperty("time", JsonBody.time(line.time()));
        json.writeStringProperty("level", line.level().name().toLowerCase(Locale.ROOT));
        text(json, "path", line.path());
        json.writeStringProperty("message", line.message());
        json.writeEndObject();
    }
}
