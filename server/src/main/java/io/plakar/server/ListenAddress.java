package io.plakar.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens, as Go writes it: {@code HOST:PORT}, {@code [V6]:PORT}, or {@code :PORT} for every address of
 * this machine. Immutable.
 *
 * @param host empty for every address
 * @param port 0 for any that is free
 */
public record ListenAddress(String host, int port) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "::1", "[::1]", "[0:0:0:0:0:0:0:1]");
    private static final int TRIED_PORTS = 200;
    private static final int LARGEST_PORT = 65_535;

    /** @throws IllegalArgumentException with a text for people when {@code text} is no address */
    public static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("address " + text + ": missing port");
        }
        String host = text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("address " + text + ": too many colons, write [address]:port");
        }
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > LARGEST_PORT) {
            throw new IllegalArgumentException("address " + text + ": invalid port");
        }
        return new ListenAddress(host, Integer.parseInt(port));
    }

    /** The address to bind; {@code localhost} is the machine itself whatever the resolver says. */
    public InetSocketAddress resolve() throws IOException {
        if (host.isEmpty()) {
            return new InetSocketAddress(port);
        }
        InetAddress address =
                host.equals("localhost") ? InetAddress.getByName("127.0.0.1") : InetAddress.getByName(host);
        return new InetSocketAddress(address, port);
    }

    /** The next higher port that is free now, if one is near. */
    public OptionalInt nextFreePort() {
        for (int next = port + 1; next <= Math.min(LARGEST_PORT, port + TRIED_PORTS); next++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new ListenAddress(host, next).resolve());
                return OptionalInt.of(next);
            } catch (IOException e) {
                // Taken as well, or not for us.
            }
        }
        return OptionalInt.empty();
    }

    public ListenAddress withPort(int other) {
        return new ListenAddress(host, other);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /**
     * Whether a {@code Host} (without its port) means this machine and nothing else. A browser that was led here by a
     * foreign name is told by this from a client that meant to come.
     */
    public static boolean meansThisMachine(@Nullable String host) {
        return host == null || LOOPBACK.contains(host) || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** {@code address} as it stands in a URL. */
    public static String display(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
