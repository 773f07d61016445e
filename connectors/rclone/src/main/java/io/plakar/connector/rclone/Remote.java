package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.TokenKeeper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    /** Services at which an object appears when it was received whole. */
    private static final Set<String> WHOLE = Set.of(
            "dropbox",
            "drive",
            "onedrive",
            "s3",
            "b2",
            "box",
            "swift",
            "pcloud",
            "azureblob",
            "google cloud storage",
            "oracleobjectstorage",
            "qingstor");

    /**
     * Services where looking a file up costs a call, each folder is listed by a call of its own, and directories have no
     * times.
     */
    private static final Set<String> SERVED = Set.of("dropbox");

    private static final String BATCHED = ",batch_mode=sync,batch_timeout=100ms";

    /** What the file server reads ahead, with some room. */
    private static final long BUFFER = 2 << 20;

    /** How long the listing of a whole remote, or the upload of a file of any size, may take. */
    private static final Duration ALL = Duration.ofDays(7);

    private static final int PIECE = 1 << 16;
    private static final int RESUMES = 5;
    /** How often a token that ends before its time is replaced. */
    private static final int RENEWALS = 3;

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
    private final RcClient single;
    private final Starter starter;
    private final RcCalls calls;
    private final String fs;
    private final boolean served;
    private final TokenKeeper keeper;
    private final String type;
    private final Features features;
    private final Map<String, String> seen;
    private final ReentrantLock tokenLock = new ReentrantLock();
    private final AtomicLong nextTokenCheck = new AtomicLong();
    private boolean closed;

    /** How often a token was asked for before its time, and when last; guarded by {@link #tokenLock}. */
    private int renewals;

    /** The token rclone was started with last. */
    private String token;

    private long renewed;

    private Remote(
            RcloneRemote remote,
            Gate gate,
            RcClient single,
            Starter starter,
            String fs,
            boolean served,
            TokenKeeper keeper)
            throws ConnectorException {
        this.remote = remote;
        this.single = single;
        this.starter = starter;
        this.calls = new RetryingCalls(single, gate, Thread::sleep, this::renew);
        this.fs = fs;
        this.served = served;
        this.keeper = keeper;
        this.seen = new HashMap<>(remote.section());
        this.token = remote.token();
        int[][] version = new int[1][];
        String text = calls.call(
                "ask rclone for its version", "core/version", json -> {}, parser -> readVersion(parser, version));
        RcloneDaemon.checkVersion(version[0], text);
        this.type = remote.imported() ? remote.section().getOrDefault("type", "") : configuredType();
        if (remote.imported()) {
            makeSection();
        }
        this.features = new Features(calls.call(
                "open " + remote.display(),
                "operations/fsinfo",
                json -> json.writeStringProperty("fs", fs),
                Remote::readFeatures));
        nextTokenCheck.set(System.nanoTime());
    }

    /**
     * Starts rclone for a source or a destination. Paths of an imported remote begin at the service's root, as in the
     * reference; that differs from the user's home there for Dropbox Business, SFTP and the like (connectors §4).
     */
    static Remote forFiles(RcloneRemote remote, TokenKeeper keeper, Map<String, String> environment)
            throws ConnectorException {
        return open(remote, remote.imported() || remote.absolute(), false, keeper, environment);
    }

    /**
     * The same for a source, with rclone's file server where that saves calls: through it a file is read without being
     * looked up first, and a folder is asked for once.
     */
    static Remote forSource(RcloneRemote remote, TokenKeeper keeper, Map<String, String> environment)
            throws ConnectorException {
        return open(remote, remote.imported() || remote.absolute(), true, keeper, environment);
    }

    /** For tests: a source read by the file server whatever its service is. */
    static Remote forServedSource(RcloneRemote remote, Map<String, String> environment) throws ConnectorException {
        return start(remote, true, true, changed -> {}, environment);
    }

    /** Starts rclone for a store: paths begin at the root only when written so. */
    static Remote forStore(RcloneRemote remote, TokenKeeper keeper, Map<String, String> environment)
            throws ConnectorException {
        return open(remote, remote.absolute(), false, keeper, environment);
    }

    private static Remote open(
            RcloneRemote remote, boolean rooted, boolean source, TokenKeeper keeper, Map<String, String> environment)
            throws ConnectorException {
        Remote opened = start(remote, rooted, source && SERVED.contains(remote.service()), keeper, environment);
        if (!remote.service().equals(opened.type) && SERVED.contains(opened.type)) {
            // Of a remote of rclone.conf the service is known only now.
            opened.close();
            RcloneRemote known = remote.withService(opened.type);
            return start(known, rooted, source, keeper, environment);
        }
        return opened;
    }

    private static Remote start(
            RcloneRemote remote, boolean rooted, boolean served, TokenKeeper keeper, Map<String, String> environment)
            throws ConnectorException {
        String fs = remote.name() + (rooted ? ":/" : ":");
        Gate gate = new Gate();
        Starter starter = new Starter() {
            @Override
            public RcloneDaemon start(RcloneRemote each) throws ConnectorException {
                return RetryingCalls.retry(
                        "start rclone",
                        gate,
                        Thread::sleep,
                        () -> RcloneDaemon.start(each, served ? fs : null, gate, environment));
            }

            @Override
            public RcloneRemote renewed(RcloneRemote ended) throws ConnectorException {
                Map<String, String> kept = new HashMap<>();
                TokenKeeper both = changed -> {
                    kept.putAll(changed);
                    keeper.refreshed(changed);
                };
                try (Remote renewing = Remote.start(ended, rooted, false, both, environment)) {
                    renewing.space();
                }
                String token = kept.get((ended.prefixed() ? RcloneRemote.PREFIX : "") + "token");
                return token == null ? ended : ended.withToken(token);
            }
        };
        RcloneRemote current = remote;
        if (served && remote.tokenEnded(Instant.now())) {
            // The file server would get a new token before there is a section to keep it in.
            current = starter.renewed(remote);
        }
        RcloneDaemon daemon;
        try {
            daemon = starter.start(current);
        } catch (ConnectorException e) {
            Optional<RcloneRemote> ended =
                    RcErrors.refusedToken(e) ? current.withTokenEnded(current.token()) : Optional.empty();
            if (ended.isEmpty()) {
                throw e;
            }
            current = starter.renewed(ended.get());
            daemon = starter.start(current);
        }
        RcClient single = new RcClient(current, daemon);
        try {
            return new Remote(current, gate, single, starter, fs, served, keeper);
        } catch (ConnectorException | RuntimeException e) {
            single.close();
            throw e;
        }
    }

    /** What takes a running rclone to be made. */
    private interface Starter {
        /** Starts an rclone for the remote with its options as they are. */
        RcloneDaemon start(RcloneRemote remote) throws ConnectorException;

        /** The remote with a new token, which the keeper has, in place of one that has ended. */
        RcloneRemote renewed(RcloneRemote ended) throws ConnectorException;
    }

    /**
     * Gets a new token although the one at hand should be good still: rclone asks for one only when that has ended by the
     * time told with it. {@code true} when the call that was refused may be made again.
     */
    private boolean renew(ConnectorException refusal, long began) {
        if (!RcErrors.refusedToken(refusal) || tokenLock.isHeldByCurrentThread()) {
            return false;
        }
        tokenLock.lock();
        try {
            if (renewals > 0 && renewed - began > 0) {
                return true;
            }
            if (closed || renewals == RENEWALS) {
                return false;
            }
            renewals++;
            Optional<RcloneRemote> ended = remote.withTokenEnded(section().getOrDefault("token", token));
            if (ended.isEmpty()) {
                return false;
            }
            RcloneRemote fresh = starter.renewed(ended.get());
            token = fresh.token();
            single.replace(starter.start(fresh));
            renewed = System.nanoTime();
            makeSection();
            seen.put("token", token);
            nextTokenCheck.set(System.nanoTime());
            return true;
        } catch (ConnectorException e) {
            refusal.addSuppressed(e);
            return false;
        } finally {
            tokenLock.unlock();
        }
    }

    /**
     * Makes an empty section for the imported remote in rclone's configuration, which is in memory only: newer rclones
     * keep a renewed token only where there is one.
     */
    private void makeSection() throws ConnectorException {
        calls.call(
                "open " + remote.display(),
                "config/create",
                json -> {
                    json.writeStringProperty("name", remote.name());
                    json.writeStringProperty("type", type);
                    json.writeObjectPropertyStart("parameters");
                    json.writeEndObject();
                    json.writeObjectPropertyStart("opt");
                    json.writeBooleanProperty("nonInteractive", true);
                    json.writeBooleanProperty("noObscure", true);
                    json.writeEndObject();
                },
                parser -> "");
        seen.putAll(section());
        seen.keySet().removeIf(key -> key.equals("token") && !remote.section().containsKey("token"));
        seen.putAll(remote.section());
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

    /** Used and total bytes of the service, in this order; -1 for what it does not tell. */
    long[] space() throws ConnectorException {
        return calls.call(
                "ask " + remote.display() + " for its space",
                "operations/about",
                json -> json.writeStringProperty("fs", fs),
                parser -> {
                    long[] space = {-1, -1};
                    parser.nextToken();
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        int which = List.of("used", "total").indexOf(parser.currentName());
                        if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT && which >= 0) {
                            space[which] = parser.getLongValue();
                        } else {
                            parser.skipChildren();
                        }
                    }
                    return space;
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

    /**
     * Whether a file that is being written, or whose writing failed, can be seen under its name. rclone tells since
     * 1.63; before, only services known to store a file whole are trusted.
     */
    boolean showsPartialUploads() {
        return features.tells("PartialUploads") ? features.has("PartialUploads") : !WHOLE.contains(type);
    }

    /** Whether the times of directories in listings of a source can be theirs. */
    boolean datesDirectories() {
        return !served;
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
                recursive ? ALL : RcCalls.LIMIT,
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

    /** All entries of one directory, in any order. */
    List<RemoteEntry> list(String directory) throws ConnectorException {
        List<RemoteEntry> entries = new ArrayList<>();
        list(directory, false, entries::add);
        return entries;
    }

    /** All entries of one directory of a source: by the file server where there is one. */
    List<RemoteEntry> listSource(String directory) throws ConnectorException {
        if (!served) {
            return list(directory);
        }
        // The file server keeps quiet about a folder it cannot list, so it is made to list it beforehand.
        refresh(directory);
        List<RemoteEntry> entries = calls.listServed("list " + display(directory), directory);
        for (RemoteEntry entry : entries) {
            if (!entry.directory() && entry.size() == 0) {
                // The file server shows an unknown size as none.
                return list(directory);
            }
        }
        return entries;
    }

    private void refresh(String directory) throws ConnectorException {
        String what = "list " + display(directory);
        calls.call(
                what,
                "vfs/refresh",
                json -> {
                    if (!directory.isEmpty()) {
                        json.writeStringProperty("dir", directory);
                    }
                },
                parser -> {
                    String answer = readRefreshed(parser);
                    if (!answer.equals("OK")) {
                        throw remote.failure(what, 0, answer);
                    }
                    return answer;
                });
        checkToken();
    }

    private static String readRefreshed(JsonParser parser) {
        String answer = "no answer";
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean result = parser.currentName().equals("result");
            if (parser.nextToken() == JsonToken.START_OBJECT && result) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    if (parser.nextToken() == JsonToken.VALUE_STRING) {
                        answer = parser.getString();
                    } else {
                        parser.skipChildren();
                    }
                }
            } else {
                parser.skipChildren();
            }
        }
        return answer;
    }

    /**
     * Opens a whole file of a source, which was listed. The file server looks into a file whose name tells no type, and
     * fetches it again from the start when it is small: such a file is looked up instead.
     */
    RcCalls.Content openSource(String path, long size) throws ConnectorException {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!served || (size <= BUFFER && name.lastIndexOf('.') < 1)) {
            return open(path, 0, -1);
        }
        RcCalls.Content content = calls.openServed("read " + display(path), path);
        checkToken();
        return content;
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
    private void command(String deed, String command, String path) throws ConnectorException {
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

    /** Lets rclone fetch {@code url} and store it at {@code path}, with the size and the time of the answer's headers. */
    void fetch(String path, String url) throws ConnectorException {
        fetch(calls, path, url, RcCalls.LIMIT);
    }

    /** The same for bytes that can be fetched only once: a failure is final. */
    void fetchOnce(String path, String url) throws ConnectorException {
        // Not through the gate: while it waits for bytes, others must go on.
        long began = System.nanoTime();
        try {
            fetch(single, path, url, ALL);
        } catch (ConnectorException e) {
            if (!renew(e, began)) {
                throw e;
            }
            throw new ConnectorException(Reason.UNREACHABLE, String.valueOf(e.getMessage()), e, Duration.ZERO);
        }
    }

    private void fetch(RcCalls through, String path, String url, Duration limit) throws ConnectorException {
        through.call(
                "write " + display(path),
                "operations/copyurl",
                limit,
                json -> {
                    json.writeStringProperty("fs", target(path));
                    json.writeStringProperty("remote", path);
                    json.writeStringProperty("url", url);
                },
                parser -> "");
        checkToken();
    }

    /**
     * The remote by which a file is written. rclone (1.60 and 1.76 alike) puts the name of a Dropbox file into a header as
     * it is, where only ASCII may be, unless it uploads in batches.
     */
    private String target(String path) {
        boolean batched = type.equals("dropbox") && path.chars().anyMatch(c -> c >= 0x7f);
        return batched ? remote.name() + BATCHED + fs.substring(remote.name().length()) : fs;
    }

    /** Gives a file another name, replacing a file of that name; at once where the service can. */
    void move(String from, String to) throws ConnectorException {
        // Left to itself, rclone removes the target first, and for a moment there is neither the old nor the new one.
        boolean atOnce = features.has("IsLocal") || type.equals("sftp");
        if (atOnce) {
            try {
                move(from, to, true);
                return;
            } catch (ConnectorException e) {
                if (e.reason() != Reason.FAILED && e.reason() != Reason.EXISTS) {
                    throw e;
                }
            }
        }
        move(from, to, false);
    }

    private void move(String from, String to, boolean replace) throws ConnectorException {
        calls.call(
                "rename " + display(from) + " to " + display(to),
                "operations/movefile",
                json -> {
                    json.writeStringProperty("srcFs", fs);
                    json.writeStringProperty("srcRemote", from);
                    json.writeStringProperty("dstFs", fs);
                    json.writeStringProperty("dstRemote", to);
                    if (replace) {
                        json.writeObjectPropertyStart("_config");
                        json.writeBooleanProperty("NoCheckDest", true);
                        json.writeEndObject();
                    }
                },
                parser -> "");
        checkToken();
    }

    /** Makes a directory and those above it; one that exists is kept. */
    void makeDirectory(String path) throws ConnectorException {
        command("make directory", "operations/mkdir", path);
    }

    /** Removes a file. */
    void delete(String path) throws ConnectorException {
        command("remove", "operations/deletefile", path);
    }

    /**
     * Fills {@code into} with the bytes from {@code offset} on. A transfer that breaks off goes on where it was.
     *
     * @throws ConnectorException {@code MALFORMED} when the file is shorter than that
     */
    void read(String path, long offset, ByteBuffer into) throws ConnectorException {
        read(path, offset, into, true);
    }

    /** As {@link #read}, but stops at the end of the object; the number of bytes read. */
    int readUpTo(String path, long offset, ByteBuffer into) throws ConnectorException {
        int start = into.position();
        read(path, offset, into, false);
        return into.position() - start;
    }

    private void read(String path, long offset, ByteBuffer into, boolean whole) throws ConnectorException {
        String what = "read " + display(path);
        byte[] piece = new byte[Math.min(PIECE, into.remaining())];
        long at = offset;
        for (int tried = 0; into.hasRemaining(); tried++) {
            RcCalls.Content content = open(path, at, into.remaining());
            IOException cause = null;
            try (InputStream in = content.stream()) {
                if (content.total() >= 0 && at + into.remaining() > content.total()) {
                    if (whole) {
                        throw new ConnectorException(
                                Reason.MALFORMED,
                                what + ": truncated: it has " + content.total() + " bytes, " + (at + into.remaining())
                                        + " needed");
                    }
                    into.limit(into.position() + (int) Math.max(0, content.total() - at));
                }
                int count;
                while (into.hasRemaining()
                        && (count = in.read(piece, 0, Math.min(piece.length, into.remaining()))) >= 0) {
                    into.put(piece, 0, count);
                    at += count;
                }
            } catch (ConnectorException e) {
                throw e;
            } catch (IOException e) {
                cause = e;
            }
            if (into.hasRemaining() && tried == RESUMES) {
                throw new ConnectorException(
                        Reason.UNREACHABLE, what + ": broke off at byte " + at, cause, Duration.ZERO);
            }
        }
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
