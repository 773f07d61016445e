package io.plakar.testkit.dropbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A proxy that knows CONNECT only and leads to one server whatever host was asked for; hosts it does not know are refused, never
 * contacted. Each connection has two virtual threads. Closing it closes every connection.
 */
final class ConnectProxy implements AutoCloseable {
    private static final int MAX_HEAD_BYTES = 16 << 10;

    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final Set<String> hosts;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    /** @param hosts the names, in lower case, that lead to the server */
    ConnectProxy(InetSocketAddress server, Set<String> hosts) throws IOException {
        this.server = server;
        this.hosts = hosts;
        this.listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("dropbox-proxy").start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Hosts that were asked for and refused. */
    Set<String> refused() {
        return new TreeSet<>(refused);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                Thread.ofVirtual().name("dropbox-proxy-connection").start(() -> serve(client));
            } catch (IOException e) {
                // Only closing ends the loop; a connection that failed before it was accepted is the client's to
                // repeat.
                continue;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            String line = requestLine(client.getInputStream());
            OutputStream answer = client.getOutputStream();
            String host = host(line);
            if (!hosts.contains(host)) {
                refused.add(host);
                answer.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            try (Socket upstream = new Socket(server.getAddress(), server.getPort())) {
                open.add(upstream);
                upstream.setTcpNoDelay(true);
                answer.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                Thread back = Thread.ofVirtual().name("dropbox-proxy-answers").start(() -> pump(upstream, client));
                pump(client, upstream);
                back.join();
                open.remove(upstream);
            }
        } catch (IOException e) {
            // The client went away, or sent no request: nobody is left to tell.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    /** Copies until either side ends, then ends both: half-open connections have no use in HTTP over TLS. */
    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of the two was closed; the other is now.
            return;
        }
    }

    /** The first line of a request whose head is read to its end. */
    private static String requestLine(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0 || head.length() > MAX_HEAD_BYTES) {
                throw new IOException("no request");
            }
            head.append((char) b);
        }
        return head.substring(0, head.indexOf("\r\n"));
    }

    private static String host(String requestLine) {
        String[] words = requestLine.split(" ");
        if (words.length != 3 || !words[0].equals("CONNECT") || !words[1].endsWith(":443")) {
            return requestLine;
        }
        return words[1].substring(0, words[1].length() - ":443".length()).toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
