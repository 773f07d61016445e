package io.plakar.connector.http;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A store behind a store server. Safe for many threads and many processes.
 *
 * <p>A server that is not ours cannot make a store, and one that is append-only keeps our locks, which end by
 * themselves: neither is a failure of a backup.
 */
public final class HttpStore implements StoreConnector {
    /** In every answer of a server of ours. */
    private static final String OURS = "Plakar-Store";

    /** A configuration has a few hundred bytes; anything beyond this is something else. */
    private static final int LARGEST_CONFIG = 1 << 20;

    private static final int PIECE = 1 << 16;

    /** Who answers. */
    private enum Server {
        UNKNOWN,
        OURS,
        OTHER
    }

    private final URI base;
    private final Calls calls;
    private final Path scratch;
    private volatile Server server = Server.UNKNOWN;

    /** Takes over {@code calls}. */
    HttpStore(URI base, Calls calls, Path scratch) {
        this.base = base;
        this.calls = calls;
        this.scratch = scratch;
    }

    @Override
    public String origin() {
        return base.getRawAuthority();
    }

    @Override
    public String type() {
        return "http";
    }

    @Override
    public String root() {
        return base.getRawPath().isEmpty() ? "/" : base.getRawPath();
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    private static String path(Resource resource) {
        return "/resources/"
                + switch (resource) {
                    case PACKFILE -> "packfiles";
                    case STATE -> "states";
                    case LOCK -> "locks";
                };
    }

    private static String path(Resource resource, Mac name) {
        return path(resource) + "/" + name.toHex();
    }

    private static String kind(Resource resource) {
        return switch (resource) {
            case PACKFILE -> "packfile";
            case STATE -> "state";
            case LOCK -> "lock";
        };
    }

    private void meet(HttpResponse<?> answer) {
        server = answer.headers().firstValue(OURS).isPresent() ? Server.OURS : Server.OTHER;
    }

    private Server server() throws ConnectorException {
        if (server == Server.UNKNOWN) {
            ping();
        }
        return server;
    }

    @Override
    public byte[] open() throws ConnectorException {
        String what = "read the configuration of " + base;
        return calls.call(Calls.Call.of(what, "GET", "/"), (answer, body) -> {
            meet(answer);
            byte[] config = body.readNBytes(LARGEST_CONFIG + 1);
            if (answer.statusCode() != 200 || config.length > LARGEST_CONFIG) {
                throw new ConnectorException(Reason.MALFORMED, what + ": it is not a store's configuration");
            }
            return config;
        });
    }

    @Override
    public void ping() throws ConnectorException {
        open();
    }

    @Override
    public void checkCreatable() throws ConnectorException {
        try {
            open();
        } catch (ConnectorException e) {
            if (e.reason() == Reason.MISSING) {
                return;
            }
            throw e;
        }
        throw new ConnectorException(Reason.EXISTS, "there is a store at " + base + " already");
    }

    @Override
    public void create(byte[] config) throws ConnectorException {
        Calls.Call call = Calls.Call.of("make a store at " + base, "PUT", "/")
                .with("If-None-Match", "*")
                .with(BodyPublishers.ofByteArray(config), config.length);
        try {
            calls.call(call, (answer, body) -> {
                meet(answer);
                return answer;
            });
        } catch (ConnectorException e) {
            if (e.reason() == Reason.EXISTS) {
                throw new ConnectorException(Reason.EXISTS, "there is a store at " + base + " already", e);
            }
            if (e.reason() == Reason.UNSUPPORTED) {
                throw new ConnectorException(
                        Reason.UNSUPPORTED,
                        e.getMessage() + "; make the store where the server runs, or start it with -allow-create",
                        e);
            }
            throw e;
        }
    }

    @Override
    public boolean readable() {
        return true;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public long size() {
        return -1;
    }

    @Override
    public void list(Resource resource, Consumer<Mac> each) throws ConnectorException {
        String what = "list the " + kind(resource) + "s of " + base;
        // Complete before the first name is told: a call may be made again.
        List<Mac> names =
                calls.call(Calls.Call.of(what, "GET", path(resource)), (answer, body) -> NameList.read(what, body));
        names.forEach(each);
    }

    @Override
    public ObjectWriter put(Resource resource) {
        Spool spool = new Spool(scratch);
        return new ObjectWriter() {
            @Override
            public void write(ByteBuffer bytes) throws ConnectorException {
                spool.write(bytes);
            }

            @Override
            public void commit(Mac name) throws ConnectorException {
                String what = "write " + kind(resource) + " " + name.toHex();
                Calls.Call call =
                        Calls.Call.of(what, "PUT", path(resource, name)).with(spool.content(), spool.size());
                calls.call(call, (answer, body) -> answer);
            }

            @Override
            public void close() throws ConnectorException {
                spool.close();
            }
        };
    }

    @Override
    public InputStream get(Resource resource, Mac name) throws ConnectorException {
        return calls.open(Calls.Call.of("read " + kind(resource) + " " + name.toHex(), "GET", path(resource, name)));
    }

    @Override
    public void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        int wanted = into.remaining();
        int count = readUpTo(packfile, offset, into);
        if (count < wanted) {
            throw new ConnectorException(
                    Reason.MALFORMED,
                    "packfile " + packfile.toHex() + " is truncated: it ends before byte " + (offset + wanted));
        }
    }

    @Override
    public int readUpTo(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        int wanted = into.remaining();
        if (wanted == 0) {
            return 0;
        }
        String what = "read packfile " + packfile.toHex();
        long last = server() == Server.OURS ? offset + wanted - 1 : offset + wanted;
        Calls.Call call = Calls.Call.of(what, "GET", path(Resource.PACKFILE, packfile))
                .with("Range", "bytes=" + offset + "-" + last);
        int start = into.position();
        return calls.call(call, (answer, body) -> {
            into.position(start);
            switch (answer.statusCode()) {
                case 416 -> {
                    return 0;
                }
                case 206 -> {
                    String range = answer.headers().firstValue("Content-Range").orElse("");
                    if (!range.startsWith("bytes " + offset + "-")) {
                        throw new ConnectorException(
                                Reason.MALFORMED, what + ": the server sent another range: " + Refusals.line(range));
                    }
                    int count = fill(body, into);
                    // A server that takes the range as HTTP means it adds the byte after the end.
                    checkEnd(what, body, server == Server.OURS ? 0 : 1);
                    return count;
                }
                default -> {
                    int count = fill(body, into);
                    checkEnd(what, body, 0);
                    return count;
                }
            }
        });
    }

    private static int fill(InputStream body, ByteBuffer into) throws IOException {
        int start = into.position();
        byte[] piece = new byte[Math.min(into.remaining(), PIECE)];
        while (into.hasRemaining()) {
            int count = body.read(piece, 0, Math.min(piece.length, into.remaining()));
            if (count < 0) {
                break;
            }
            into.put(piece, 0, count);
        }
        return into.position() - start;
    }

    private static void checkEnd(String what, InputStream body, int allowed) throws IOException {
        if (body.readNBytes(allowed + 1).length > allowed) {
            throw new ConnectorException(
                    Reason.MALFORMED, what + ": the server sent more than it was asked for; it does not know ranges");
        }
    }

    @Override
    public void delete(Resource resource, Mac name) throws ConnectorException {
        String what = "delete " + kind(resource) + " " + name.toHex();
        try {
            calls.call(Calls.Call.of(what, "DELETE", path(resource, name)), (answer, body) -> answer);
        } catch (ConnectorException e) {
            boolean kept = resource == Resource.LOCK && e.reason() == Reason.DENIED && server() == Server.OTHER;
            if (e.reason() != Reason.MISSING && !kept) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
