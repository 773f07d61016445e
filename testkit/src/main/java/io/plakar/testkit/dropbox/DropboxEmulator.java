package io.plakar.testkit.dropbox;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Dropbox on the loopback address: accounts to fill, a proxy and a certificate for clients, faults to order and calls to count. Made,
 * started once, and closed; everything it has written, and every file in it, is gone then. Safe for use by several threads.
 *
 * <pre>{@code
 * try (DropboxEmulator dropbox = new DropboxEmulator(directory).start()) {
 *     DropboxAccount ada = dropbox.addPersonal("Ada Example", "ada@example.org");
 *     ada.put("/docs/a.txt", bytes, Instant.parse("2024-01-02T03:04:05Z"));
 *     ProcessBuilder rclone = new ProcessBuilder("rclone", "lsf", "mydropbox:");
 *     rclone.environment().putAll(dropbox.environment());     // and a config with dropbox.rcloneSection("mydropbox", ada)
 * }
 * }</pre>
 */
public final class DropboxEmulator implements AutoCloseable {
    private static final String CLIENT_ID = "plakaremulator1";
    private static final String CLIENT_SECRET = "emulatorsecret1";
    private static final List<String> HOSTS = List.of(
            "api.dropboxapi.com",
            "content.dropboxapi.com",
            "notify.dropboxapi.com",
            "api.dropbox.com",
            "www.dropbox.com");

    private final Path directory;
    private final InstantSource clock;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger cursorEpoch = new AtomicInteger();
    private final List<DropboxAccount> accounts = new CopyOnWriteArrayList<>();
    private final Map<String, Team> teams = new HashMap<>();
    private final Tokens tokens;
    private final UploadSessions uploads;
    private final Faults faults = new Faults();
    private final Calls calls = new Calls();
    private @Nullable Running running;

    private record Team(String namespace, DropboxTree tree) {}

    private record Running(HttpsServer server, ExecutorService threads, ConnectProxy proxy, Path certificate) {}

    /** An emulator that keeps files on the heap: for small ones. */
    public DropboxEmulator() throws IOException {
        this(null, InstantSource.system());
    }

    /** An emulator that keeps files in a new directory below this one, which must exist. */
    public DropboxEmulator(Path parent) throws IOException {
        this(parent, InstantSource.system());
    }

    /**
     * An emulator with a clock of its own.
     *
     * @param parent where files are kept; null for the heap
     * @param clock says when files were modified on the server, and when tokens end
     */
    public DropboxEmulator(@Nullable Path parent, InstantSource clock) throws IOException {
        this.clock = clock;
        this.directory = parent == null
                ? Files.createTempDirectory("plakar-dropbox-")
                : Files.createTempDirectory(parent, "dropbox-");
        this.tokens = new Tokens(clock);
        this.uploads = new UploadSessions(new ContentStore(parent == null ? null : directory));
    }

    /** Starts to listen; this takes about a second, since a certificate is made. An emulator that cannot start is closed. */
    public synchronized DropboxEmulator start() throws IOException {
        if (running != null) {
            throw new IllegalStateException("the emulator has been started");
        }
        try {
            running = run();
            return this;
        } finally {
            if (running == null) {
                close();
            }
        }
    }

    private Running run() throws IOException {
        ThrowAwayCertificate certificate = ThrowAwayCertificate.create(directory, HOSTS);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        OAuth oauth = new OAuth(tokens, accounts, CLIENT_ID, CLIENT_SECRET);
        FileRoutes files = new FileRoutes(uploads, cursorEpoch::get);
        server.createContext("/", new ApiServer(accounts, tokens, oauth, files, faults, calls));
        server.start();
        try {
            ConnectProxy proxy = new ConnectProxy(server.getAddress(), Set.copyOf(HOSTS));
            return new Running(server, threads, proxy, certificate.file());
        } catch (IOException e) {
            server.stop(0);
            threads.shutdownNow();
            throw e;
        }
    }

    private synchronized Running running() {
        if (running == null) {
            throw new IllegalStateException("the emulator has not been started");
        }
        return running;
    }

    /** Makes a personal account with an empty Dropbox. */
    public synchronized DropboxAccount addPersonal(String name, String email) {
        DropboxTree tree = new DropboxTree(clock, ids);
        long number = ids.incrementAndGet();
        String namespace = String.valueOf(1_000_000_000L + number);
        return add(new DropboxAccount(number, name, email, null, namespace, tree, tree.root(), uploads, tokens));
    }

    /**
     * Makes an account of a team's member: an empty folder with the person's name in the team's space, which members of the same team
     * have in common.
     */
    public synchronized DropboxAccount addBusiness(String name, String email, String team) {
        Team space = teams.computeIfAbsent(
                team,
                key -> new Team(String.valueOf(9_000_000_000L + ids.incrementAndGet()), new DropboxTree(clock, ids)));
        try {
            Node.Folder home = space.tree().createFolder(space.tree().root(), "/" + name, false);
            long number = ids.incrementAndGet();
            return add(new DropboxAccount(
                    number, name, email, team, space.namespace(), space.tree(), home, uploads, tokens));
        } catch (Refusal e) {
            throw new IllegalArgumentException("no folder can be named " + name + ": " + e.getMessage());
        }
    }

    private DropboxAccount add(DropboxAccount account) {
        accounts.add(account);
        return account;
    }

    /** The accounts, in the order they were made. */
    public List<DropboxAccount> accounts() {
        return List.copyOf(accounts);
    }

    /** The proxy that leads here: for HTTP, with CONNECT only. */
    public InetSocketAddress proxy() {
        return running().proxy().address();
    }

    /** A PEM file with the certificate to trust; it exists until the emulator is closed. */
    public Path certificate() {
        return running().certificate();
    }

    /** The variables with which rclone and other programs come here instead of to Dropbox. */
    public Map<String, String> environment() {
        InetSocketAddress proxy = proxy();
        String url = "http://" + proxy.getAddress().getHostAddress() + ":" + proxy.getPort();
        return Map.of(
                "HTTPS_PROXY",
                url,
                "https_proxy",
                url,
                "NO_PROXY",
                "localhost,127.0.0.1,::1",
                "no_proxy",
                "localhost,127.0.0.1,::1",
                "SSL_CERT_FILE",
                certificate().toString());
    }

    /** The options of an rclone remote for the account, with a new access token that is valid now. */
    public SortedMap<String, String> rcloneRemote(DropboxAccount account) {
        return rcloneRemote(account, clock.instant().plus(tokens.lifetime()));
    }

    /**
     * The same with a chosen end of the access token's life, as rclone is to believe it: when it is over, rclone gets a new token
     * first.
     */
    public SortedMap<String, String> rcloneRemote(DropboxAccount account, Instant expiry) {
        String token = Json.ascii(Json.object()
                .put("access_token", account.accessToken())
                .put("token_type", "bearer")
                .put("refresh_token", account.refreshToken())
                .put("expiry", expiry.truncatedTo(ChronoUnit.MILLIS).toString()));
        return new TreeMap<>(
                Map.of("type", "dropbox", "client_id", CLIENT_ID, "client_secret", CLIENT_SECRET, "token", token));
    }

    /** The remote as a section of rclone's configuration file, as {@code rclone config show} prints it. */
    public String rcloneSection(String name, DropboxAccount account) {
        StringBuilder section = new StringBuilder("[" + name + "]\n");
        SortedMap<String, String> options = rcloneRemote(account);
        for (String key : List.of("type", "client_id", "client_secret", "token")) {
            section.append(key).append(" = ").append(options.get(key)).append('\n');
        }
        return section.toString();
    }

    /** What goes wrong. */
    public Faults faults() {
        return faults;
    }

    /** What was called. */
    public Calls calls() {
        return calls;
    }

    /** Hosts that clients asked the proxy for and did not get. */
    public Set<String> refusedHosts() {
        return running().proxy().refused();
    }

    /** Ends all access tokens; refresh tokens still get new ones. */
    public void expireAccessTokens() {
        tokens.expire();
    }

    /** Ends all tokens of the account, as its user does who takes an app's permission away. */
    public void revokeTokens(DropboxAccount account) {
        tokens.revoke(account);
    }

    /** How long access tokens live that are given out from now on; 4 hours at first. */
    public void accessTokenLifetime(Duration lifetime) {
        tokens.lifetime(lifetime);
    }

    /** Ends all cursors: who uses one is told to list anew. */
    public void resetCursors() {
        cursorEpoch.incrementAndGet();
    }

    /** Ends all connections and deletes everything. */
    @Override
    public synchronized void close() throws IOException {
        if (running != null) {
            running.proxy().close();
            running.server().stop(0);
            running.threads().shutdownNow();
            running = null;
        }
        uploads.close();
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
