package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.TokenKeeper;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A remote with the rclone that serves it: what can be listed, read, written and removed there. Paths are below the
 * remote's root, without a leading {@code /}. Safe for many threads; {@link #close} ends rclone.
 *
 * <p>A token which rclone renewed is handed to the {@link TokenKeeper} after the first call, then at most once a minute,
 * and at the end.
 */
final class Remote implements AutoCloseable {
    private static final long TOKEN_CHECK_NANOS = 60_000_000_000L;

    /** What the service can do; from {@code operations/fsinfo}. */
    record Features(Map<String, Boolean> known) {
        boolean has(String feature) {
            return known.getOrDefault(feature, false);
        }

        /** Whether this rclone tells about the feature at all. */
        boolean tells(String feature) {
            return known.containsKey(feature);
        }
    }

    private final RcloneRemote remote;
    private final RcCalls calls;
    private final String fs;
    private final TokenKeeper keeper;
    private final String type;
    private final Features features;
    private final Map<String, String> seen;
    private final ReentrantLock tokenLock = new ReentrantLock();
    private final AtomicLong nextTokenCheck = new AtomicLong();
    private boolean closed;

    private Remote(RcloneRemote remote, RcCalls calls, String fs, TokenKeeper keeper) throws ConnectorException {
        this.remote = remote;
        this.calls = calls;
        this.fs = fs;
        this.keeper = keeper;
        this.seen = new HashMap<>(remote.section());
        int[][] version = new int[1][];
        String text = calls.call(
                "ask rclone for its version", "core/version", json -> {}, parser -> readVersion(parser, version));
        RcloneDaemon.checkVersion(version[0], text);
        this.type = remote.imported() ? remote.section().getOrDefault("type", "") : configuredType();
        this.features = new Features(calls.call(
                "open " + remote.display(),
                "operations/fsinfo",
                json -> json.writeStringProperty("fs", fs),
                Remote::readFeatures));
        nextTokenCheck.set(System.nanoTime());
    }

    /**
     * Starts rclone for a remote.
     *
     * @param rooted whether paths begin at the service's root rather than at the user's home there; the same but for
     *     Dropbox Business, SFTP and the like (connectors §4)
     */
    static Remote open(RcloneRemote remote, boolean rooted, TokenKeeper keeper, Map<String, String> environment)
            throws ConnectorException {
        RcloneDaemon daemon = RcloneDaemon.start(remote, environment);
        RcCalls calls = new RetryingCalls(new RcClient(remote, daemon), Thread::sleep);
        try {
            return new Remote(remote, calls, remote.name() + (rooted ? ":/" : ":"), keeper);
        } catch (ConnectorException | RuntimeException e) {
            calls.close();
            throw e;
        }
    }

    private static String readVersion(JsonParser parser, int[][] version) {
        String text = "";
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("version") && value == JsonToken.VALUE_STRING) {
                text = parser.getString();
            } else if (name.equals("decomposed") && value == JsonToken.START_ARRAY) {
                List<Integer> parts = new ArrayList<>();
                while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                    parts.add(parser.getIntValue());
                }
                version[0] = parts.stream().mapToInt(Integer::intValue).toArray();
            } else {
                parser.skipChildren();
            }
        }
        return text;
    }

    private String configuredType() throws ConnectorException {
        String found = section().getOrDefault("type", "");
        if (found.isEmpty()) {
            throw new ConnectorException(
                    Reason.INVALID, "rclone has no remote named " + remote.name() + "; see: rclone listremotes");
        }
        return found;
    }

    /** The remote's options as rclone holds them now. */
    private Map<String, String> section() throws ConnectorException {
        return calls.call(
                "read the options of " + remote.display(),
                "config/get",
                json -> json.writeStringProperty("name", remote.name()),
                parser -> {
                    Map<String, String> section = new HashMap<>();
                    parser.nextToken();
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        String name = parser.currentName();
                        if (parser.nextToken() == JsonToken.VALUE_STRING) {
                            section.put(name, parser.getString());
                        } else {
                            parser.skipChildren();
                        }
                    }
                    return section;
                });
    }

    private static Map<String, Boolean> readFeatures(JsonParser parser) {
        Map<String, Boolean> known = new HashMap<>();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_OBJECT && name.equals("Features")) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String feature = parser.currentName();
                    JsonToken value = parser.nextToken();
                    parser.skipChildren();
                    known.put(feature, value == JsonToken.VALUE_TRUE);
                }
            } else {
                parser.skipChildren();
            }
        }
        return known;
    }

    /** rclone's name of the service, {@code dropbox}. */
    String type() {
        return type;
    }

    Features features() {
        return features;
    }

    /** {@code dropbox:docs/a}: a path as people see it. */
    String display(String path) {
        return (remote.imported() ? type : remote.name()) + ":" + path;
    }

    /** Gives every entry of a directory, in any order, with paths below the remote's root. */
    void list(String directory, boolean recursive, Consumer<RemoteEntry> each) throws ConnectorException {
        calls.call(
                "list " + display(directory),
                "operations/list",
                json -> {
                    json.writeStringProperty("fs", fs);
                    json.writeStringProperty("remote", directory);
                    json.writeObjectPropertyStart("opt");
                    json.writeBooleanProperty("recurse", recursive);
                    json.writeBooleanProperty("noMimeType", true);
                    json.writeEndObject();
                },
                parser -> {
                    readEntries(parser, "list", each);
                    return "";
                });
        checkToken();
    }

    /** All entries of one directory, in byte order of their names. */
    List<RemoteEntry> list(String directory) throws ConnectorException {
        List<RemoteEntry> entries = new ArrayList<>();
        list(directory, false, entries::add);
        return entries;
    }

    /** What is at {@code path}; empty when nothing is. */
    Optional<RemoteEntry> stat(String path) throws ConnectorException {
        List<RemoteEntry> found = new ArrayList<>();
        try {
            calls.call(
                    "look at " + display(path),
                    "operations/stat",
                    json -> {
                        json.writeStringProperty("fs", fs);
                        json.writeStringProperty("remote", path);
                        json.writeObjectPropertyStart("opt");
                        json.writeBooleanProperty("noMimeType", true);
                        json.writeEndObject();
                    },
                    parser -> {
                        readEntries(parser, "item", found::add);
                        return "";
                    });
        } catch (ConnectorException e) {
            if (e.reason() != Reason.MISSING) {
                throw e;
            }
        }
        checkToken();
        return found.stream().findFirst();
    }

    private static void readEntries(JsonParser parser, String member, Consumer<RemoteEntry> each) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean wanted = parser.currentName().equals(member);
            JsonToken value = parser.nextToken();
            if (wanted && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    each.accept(readEntry(parser));
                }
            } else if (wanted && value == JsonToken.START_OBJECT) {
                each.accept(readEntry(parser));
            } else {
                parser.skipChildren();
            }
        }
    }

    private static RemoteEntry readEntry(JsonParser parser) {
        String path = "";
        long size = -1;
        Instant time = Instant.EPOCH;
        boolean directory = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("Path") && value == JsonToken.VALUE_STRING) {
                path = parser.getString();
            } else if (name.equals("Size") && value == JsonToken.VALUE_NUMBER_INT) {
                size = parser.getLongValue();
            } else if (name.equals("ModTime") && value == JsonToken.VALUE_STRING) {
                time = time(parser.getString());
            } else if (name.equals("IsDir")) {
                directory = value == JsonToken.VALUE_TRUE;
            } else {
                parser.skipChildren();
            }
        }
        return new RemoteEntry(path, size, time, directory);
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /** Opens the bytes of a file; see {@link RcCalls#open}. */
    RcCalls.Content open(String path, long offset, long length) throws ConnectorException {
        RcCalls.Content content = calls.open("read " + display(path), fs, path, offset, length);
        checkToken();
        return content;
    }

    /** Runs a command whose parameters are the remote and one path. */
    void command(String deed, String command, String path) throws ConnectorException {
        calls.call(
                deed + " " + display(path),
                command,
                json -> {
                    json.writeStringProperty("fs", fs);
                    json.writeStringProperty("remote", path);
                },
                parser -> "");
        checkToken();
    }

    private void checkToken() {
        long due = nextTokenCheck.get();
        long now = System.nanoTime();
        if (now - due >= 0 && nextTokenCheck.compareAndSet(due, now + TOKEN_CHECK_NANOS)) {
            keepToken();
        }
    }

    private void keepToken() {
        if (!remote.imported()) {
            return;
        }
        tokenLock.lock();
        try {
            Map<String, String> changed = new HashMap<>();
            for (Map.Entry<String, String> option : section().entrySet()) {
                String before = seen.put(option.getKey(), option.getValue());
                if (!option.getValue().equals(before)) {
                    changed.put((remote.prefixed() ? RcloneRemote.PREFIX : "") + option.getKey(), option.getValue());
                }
            }
            if (!changed.isEmpty()) {
                keeper.refreshed(changed);
            }
        } catch (ConnectorException e) {
            // rclone is gone: whatever it renewed is gone too, and the call at hand tells of it.
        } finally {
            tokenLock.unlock();
        }
    }

    @Override
    public void close() {
        tokenLock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            tokenLock.unlock();
        }
        try {
            keepToken();
        } finally {
            calls.close();
        }
    }
}
