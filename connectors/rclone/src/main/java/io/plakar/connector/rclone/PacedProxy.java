package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxy on loopback through which rclone reaches its service. It sees encrypted bytes only, and holds back each new
 * request while the {@link Gate} is closed. Safe for many threads; ends all connections when closed.
 *
 * <p>rclone itself waits when a service asks to, but one call too late: the one it makes at once, and those which had
 * queued up. A request is known by coming after an answer, as HTTP/1.1 has it, or after a pause: a connection may be made
 * beforehand. What rclone logs of the answer is read before
 * that decides: rclone has said it before it calls again.
 *
 * <p>A proxy of the user's own is kept: this one goes through it.
 */
final class PacedProxy implements AutoCloseable {
    private static final int LONGEST_HEAD = 1 << 14;
    private static final int BUFFER = 1 << 16;
    private static final int CONNECT_MILLIS = 60_000;

    /** A pause within a request does no harm when taken for the one before a request. */
    private static final long PAUSE_NANOS = 5_000_000;

    private static final Pattern CONNECT = Pattern.compile("CONNECT \\[?([^\\s\\]]+)]?:(\\d{1,5}) HTTP/1\\.[01]");
    private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.[01] (\\d{3}).*");

    /** The variables that name the user's proxy, the first that is set. */
    private static final List<String> PROXIES = List.of("RCLONE_HTTP_PROXY", "HTTPS_PROXY", "https_proxy");

    private static final List<String> EXCEPTIONS = List.of("NO_PROXY", "no_proxy");

    /** A failure to reach the service, in the words of rclone's own. */
    private static final class Unreachable extends IOException {
        private static final long serialVersionUID = 1;

        Unreachable(String message, IOException cause) {
            super(message, cause);
        }
    }

    /** The user's own proxy. */
    private record Next(String host, int port, String authorization) {}

    private final Gate gate;
    private final Runnable beforeRequest;
    private final ServerSocket server;
    private final String secret;
    private final @Nullable Next next;
    private final List<String> exceptions;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private PacedProxy(
            Gate gate,
            Runnable beforeRequest,
            ServerSocket server,
            String secret,
            @Nullable Next next,
            List<String> exceptions) {
        this.gate = gate;
        this.beforeRequest = beforeRequest;
        this.server = server;
        this.secret = secret;
        this.next = next;
        this.exceptions = exceptions;
    }

    /** Whether this can stand between: the user's own proxy, if there is one, must be one for HTTP. */
    static boolean fits(Map<String, String> environment) {
        try {
            next(environment);
            return !environment.containsKey("RCLONE_BIND");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Starts to listen.
     *
     * @param beforeRequest run before each request, and before the gate is looked at
     * @param secret a password of URL-safe characters, which rclone alone knows
     * @param environment names the user's own proxy; {@link #fits} it
     */
    static PacedProxy start(Gate gate, Runnable beforeRequest, String secret, Map<String, String> environment)
            throws ConnectorException {
        ServerSocket server;
        try {
            server = new ServerSocket(0, 64, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new ConnectorException(Reason.FAILED, "no loopback port for rclone: " + e.getMessage(), e);
        }
        List<String> exceptions = List.of(first(EXCEPTIONS, environment).split("[,\\s]+"));
        PacedProxy proxy = new PacedProxy(gate, beforeRequest, server, secret, next(environment), exceptions);
        Thread.ofVirtual().name("rclone-proxy").start(proxy::accept);
        return proxy;
    }

    private static String first(List<String> names, Map<String, String> environment) {
        return names.stream()
                .map(name -> environment.getOrDefault(name, "").strip())
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static @Nullable Next next(Map<String, String> environment) {
        String value = first(PROXIES, environment);
        if (value.isEmpty()) {
            return null;
        }
        URI uri = URI.create(value.contains("://") ? value : "http://" + value);
        if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("not a proxy for HTTP");
        }
        String user = uri.getRawUserInfo();
        String authorization = "";
        if (user != null) {
            String pair = user.contains(":") ? user : user + ":";
            byte[] decoded = URLDecoder.decode(pair.replace("+", "%2B"), StandardCharsets.UTF_8)
                    .getBytes(StandardCharsets.UTF_8);
            authorization = "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(decoded) + "\r\n";
        }
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        return new Next(host, uri.getPort() < 0 ? 80 : uri.getPort(), authorization);
    }

    /** Makes rclone, which is to be started with these variables, come here. */
    void putInto(Map<String, String> variables) {
        variables.keySet().removeAll(PROXIES);
        variables.keySet().removeAll(EXCEPTIONS);
        variables.put("HTTPS_PROXY", "http://plakar:" + secret + "@127.0.0.1:" + server.getLocalPort());
        // In a connection of HTTP/2 nobody outside can tell where a request begins.
        variables.put("RCLONE_DISABLE_HTTP2", "true");
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            } catch (IOException | RejectedExecutionException e) {
                if (!closed) {
                    close();
                }
            }
        }
    }

    private void serve(Socket client) {
        sockets.add(client);
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            List<String> head = head(in);
            Matcher connect = CONNECT.matcher(head.getFirst());
            if (!connect.matches()) {
                answer(out, "405 this proxy is for CONNECT");
            } else if (!permitted(head)) {
                answer(out, "407 Proxy Authentication Required");
            } else {
                Socket service;
                try {
                    service = reach(connect.group(1), Integer.parseInt(connect.group(2)));
                } catch (Unreachable e) {
                    answer(out, "502 " + RcErrors.line(String.valueOf(e.getMessage())));
                    return;
                }
                sockets.add(service);
                try (service) {
                    answer(out, "200 Connection established");
                    relay(client, service);
                } finally {
                    sockets.remove(service);
                }
            }
        } catch (IOException e) {
            // One connection less: rclone makes another.
        } finally {
            sockets.remove(client);
        }
    }

    private static void answer(OutputStream out, String status) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** The lines before the first empty one; never none. */
    private static List<String> head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < LONGEST_HEAD) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("no request");
            }
            head.append((char) b);
            if (b == '\n'
                    && (head.toString().endsWith("\r\n\r\n") || head.toString().endsWith("\n\n"))) {
                return head.toString().lines().toList();
            }
        }
        throw new IOException("endless request");
    }

    private boolean permitted(List<String> head) {
        String needed =
                "Basic " + Base64.getEncoder().encodeToString(("plakar:" + secret).getBytes(StandardCharsets.US_ASCII));
        for (String line : head) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("Proxy-Authorization")) {
                byte[] given = line.substring(colon + 1).strip().getBytes(StandardCharsets.UTF_8);
                return MessageDigest.isEqual(given, needed.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return false;
    }

    private Socket reach(String host, int port) throws IOException {
        Next through = excepted(host, port) ? null : next;
        if (through == null) {
            return connect(host, port);
        }
        Socket socket = connect(through.host(), through.port());
        boolean connected = false;
        try {
            String name = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
            String request =
                    "CONNECT " + name + " HTTP/1.1\r\nHost: " + name + "\r\n" + through.authorization() + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            String status = head(socket.getInputStream()).getFirst();
            Matcher answer = ANSWER.matcher(status);
            if (!answer.matches() || !answer.group(1).equals("200")) {
                throw new IOException(status);
            }
            connected = true;
            return socket;
        } catch (IOException e) {
            throw new Unreachable("proxyconnect to " + through.host() + ": " + e.getMessage(), e);
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    private static Socket connect(String host, int port) throws IOException {
        IOException failure = new IOException("no address");
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                Socket socket = new Socket();
                try {
                    socket.setTcpNoDelay(true);
                    socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
                    return socket;
                } catch (IOException e) {
                    socket.close();
                    failure = e;
                }
            }
        } catch (UnknownHostException e) {
            throw new Unreachable("dial tcp: lookup " + host + ": no such host", e);
        }
        throw new Unreachable("dial tcp " + host + ":" + port + ": " + failure.getMessage(), failure);
    }

    /** Whether the user's own proxy is not for this host. */
    private boolean excepted(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT);
        for (String each : exceptions) {
            String exception = each.toLowerCase(Locale.ROOT);
            if (exception.equals("*")) {
                return true;
            }
            if (exception.endsWith(":" + port)) {
                exception = exception.substring(0, exception.lastIndexOf(':'));
            }
            String domain = exception.replaceFirst("^\\*?\\.", "");
            boolean below = !domain.isEmpty() && name.endsWith("." + domain);
            if (below || (name.equals(domain) && domain.equals(exception))) {
                return true;
            }
        }
        return false;
    }

    private void relay(Socket client, Socket service) throws IOException {
        AtomicBoolean answered = new AtomicBoolean(true);
        threads.execute(() -> {
            try {
                byte[] buffer = new byte[BUFFER];
                InputStream in = service.getInputStream();
                OutputStream out = client.getOutputStream();
                int count;
                while ((count = in.read(buffer)) >= 0) {
                    // Before rclone has the answer and may call again.
                    answered.set(true);
                    out.write(buffer, 0, count);
                }
                client.shutdownOutput();
            } catch (IOException e) {
                closeQuietly(client);
                closeQuietly(service);
            }
        });
        byte[] buffer = new byte[BUFFER];
        InputStream in = client.getInputStream();
        OutputStream out = service.getOutputStream();
        long sent = System.nanoTime();
        int count;
        while ((count = in.read(buffer)) >= 0) {
            if (answered.getAndSet(false) || System.nanoTime() - sent > PAUSE_NANOS) {
                beforeRequest.run();
                try {
                    gate.pass();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
            out.write(buffer, 0, count);
            sent = System.nanoTime();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed either way.
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            // It is closed either way.
        }
        sockets.forEach(PacedProxy::closeQuietly);
        threads.shutdownNow();
    }
}
