package io.plakar.server.api;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.server.job.EventLog;
import io.plakar.server.job.Job;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What happens, told while it happens, as server-sent events. Safe for many threads. */
final class EventRoutes implements SnapshotCatalog.Changes {
    private static final int MOST_LISTENERS = 500;
    private static final long KEEP_ALIVE_SECONDS = 15;

    /** How often the store is looked at for snapshots of others while anybody listens. */
    private static final long LOOKED_AT_EVERY = TimeUnit.SECONDS.toNanos(60);

    private final EventLog events;
    private final SnapshotCatalog catalog;
    private final UiSettings settings;

    /** Numbers begin anew with each run of the server: ids of another one are told by this. */
    private final String run = UUID.randomUUID().toString().substring(0, 8);

    private final AtomicInteger listeners = new AtomicInteger();
    private final AtomicLong looked = new AtomicLong(System.nanoTime());

    EventRoutes(EventLog events, SnapshotCatalog catalog, UiSettings settings) {
        this.events = events;
        this.catalog = catalog;
        this.settings = settings;
    }

    void changed(Job job) {
        events.add("job", JobJson.line(json -> JobJson.job(json, job)));
    }

    void progressed(Job job) {
        events.add("progress", JobJson.line(json -> {
            json.writeStartObject();
            json.writeStringProperty("job", job.id());
            JobJson.progress(json, job.progress());
            json.writeEndObject();
        }));
    }

    @Override
    public void added(SnapshotRow row) {
        snapshot("added", row.header().id(), row);
    }

    @Override
    public void removed(Mac id) {
        snapshot("removed", id, null);
    }

    private void snapshot(String action, Mac id, @Nullable SnapshotRow row) {
        events.add("snapshot", JobJson.line(json -> {
            json.writeStartObject();
            json.writeStringProperty("action", action);
            json.writeStringProperty("id", id.toHex());
            json.writeName("snapshot");
            if (row == null) {
                json.writeNull();
            } else {
                row.write(json);
            }
            json.writeEndObject();
        }));
    }

    /** Sends events until the client goes away or the server ends. */
    void stream(Exchange exchange) throws ApiError, IOException, InterruptedException {
        if (listeners.incrementAndGet() > MOST_LISTENERS) {
            listeners.decrementAndGet();
            throw new ApiError(503, "too-many-listeners", "too many clients listen already");
        }
        try {
            exchange.type("text/event-stream");
            exchange.setHeader("Cache-Control", "no-store");
            exchange.setHeader("X-Content-Type-Options", "nosniff");
            if (!exchange.isHead()) {
                send(exchange.stream(), exchange.header("Last-Event-ID"));
            }
        } finally {
            listeners.decrementAndGet();
        }
    }

    private void send(OutputStream out, @Nullable String lastId) throws IOException, InterruptedException {
        long number = events.last();
        long asked = lastId == null || lastId.isEmpty() ? number : number(lastId);
        if (asked >= 0 && events.hasAllBehind(asked)) {
            number = asked;
            write(out, "retry: 2000\n\n");
        } else {
            write(out, "retry: 2000\n\nid: " + run + "-" + number + "\nevent: reset\ndata: {}\n\n");
        }
        out.flush();
        while (!events.isClosed()) {
            List<EventLog.Event> some = events.behind(number, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
            if (some.isEmpty()) {
                write(out, ":\n\n");
                lookAtStore();
            } else if (some.getFirst().number() > number + 1) {
                // Slower than what happens.
                number = some.getLast().number();
                write(out, "id: " + run + "-" + number + "\nevent: reset\ndata: {}\n\n");
            } else {
                for (EventLog.Event event : some) {
                    write(out, "id: " + run + "-" + event.number() + "\nevent: " + event.type() + "\ndata: ");
                    out.write(event.data());
                    write(out, "\n\n");
                    number = event.number();
                }
            }
            out.flush();
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The number in an id of this run; -1 for any other. */
    private long number(String id) {
        String prefix = run + "-";
        String digits = id.startsWith(prefix) ? id.substring(prefix.length()) : "";
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : -1;
    }

    private void lookAtStore() {
        long now = System.nanoTime();
        long before = looked.get();
        if (settings.refreshing() && now - before > LOOKED_AT_EVERY && looked.compareAndSet(before, now)) {
            try {
                catalog.refreshed();
            } catch (KlosetException e) {
                settings.log().accept("cannot look for new snapshots: " + e.getMessage());
            }
        }
    }
}
