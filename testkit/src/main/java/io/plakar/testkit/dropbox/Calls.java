package io.plakar.testkit.dropbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often the emulator was called, and for what. Calls that were answered with an error or not at all count too. Safe for use by
 * several threads.
 */
public final class Calls {
    private static final String DOWNLOAD = "files/download";
    private static final int REMEMBERED = 2_000;

    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final ArrayDeque<Call> recent = new ArrayDeque<>();
    private long bytesDownloaded;
    private long bytesUploaded;

    /**
     * One call.
     *
     * @param route the path without its version, such as {@code files/list_folder}
     * @param argument the JSON argument, in ASCII; empty when there was none
     * @param range the {@code Range} header; empty when there was none
     * @param status the HTTP status; 0 when no answer was given
     */
    public record Call(String route, String argument, String range, int status) {}

    synchronized void began(String route) {
        counts.merge(route, 1L, Long::sum);
    }

    synchronized void ended(Call call) {
        if (recent.size() == REMEMBERED) {
            recent.removeFirst();
        }
        recent.addLast(call);
    }

    synchronized void downloaded(long bytes) {
        bytesDownloaded += bytes;
    }

    synchronized void uploaded(long bytes) {
        bytesUploaded += bytes;
    }

    /** All calls. */
    public synchronized long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Calls of {@code files/download}. */
    public long downloads() {
        return of(DOWNLOAD);
    }

    /** Calls of everything but {@code files/download}. */
    public synchronized long others() {
        return total() - downloads();
    }

    /** Calls of one route, such as {@code files/list_folder/continue}. */
    public synchronized long of(String route) {
        return counts.getOrDefault(route, 0L);
    }

    /** Calls by route. */
    public synchronized SortedMap<String, Long> byRoute() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    }

    /** Bytes of file contents sent, whether or not the client took them all. */
    public synchronized long bytesDownloaded() {
        return bytesDownloaded;
    }

    /** Bytes of file contents received, refused ones included. */
    public synchronized long bytesUploaded() {
        return bytesUploaded;
    }

    /** The last 2,000 calls that have ended, in the order of their ends. */
    public synchronized List<Call> recent() {
        return new ArrayList<>(recent);
    }

    /** Starts counting anew. */
    public synchronized void reset() {
        counts.clear();
        recent.clear();
        bytesDownloaded = 0;
        bytesUploaded = 0;
    }

    /** The counts on one line, for failure messages. */
    @Override
    public synchronized String toString() {
        StringBuilder line = new StringBuilder().append(total()).append(" calls");
        for (Map.Entry<String, Long> entry : counts.entrySet()) {
            line.append(", ").append(entry.getKey()).append(' ').append(entry.getValue());
        }
        return line.toString();
    }
}
