package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One {@code rclone} process with its remote control on a loopback port of rclone's choice, behind a random password.
 * Safe for many threads. {@link #close} ends it; so does any death of ours.
 *
 * <p>Design. The remote's options reach rclone as environment variables ({@code RCLONE_CONFIG_PLK_…}), the password too:
 * only processes of the same user can read those, and nothing is left behind. rclone would keep its configuration in a
 * file; an empty name keeps it in memory, and a refreshed token is found there, unless a variable of the remote itself hides
 * it: the token therefore comes as a variable of the service.
 *
 * <p>rclone does not end when its standard input closes, and Java cannot ask for a signal on its own death. So a shell
 * stands between: it holds the reading end of a pipe whose writing end only we have. However we end, kill -9 included,
 * the system closes our end, the shell's watcher reads the end of the pipe and kills rclone. A session of their own
 * ({@code setsid}) keeps signals to our whole process group, Ctrl-C of the terminal among them, away from both: locks and
 * temporary names are still to be removed then.
 * On Windows there is no such shell: rclone is started directly, ended by {@link #close} and by a shutdown hook, and
 * survives only when our process is terminated by force.
 */
final class RcloneDaemon implements AutoCloseable {
    /** The oldest rclone whose remote control does all that is needed. */
    private static final int[] OLDEST = {1, 60};

    private static final int REMEMBERED_LINES = 50;
    private static final int START_SECONDS = 30;
    private static final int STOP_SECONDS = 10;

    private static final Pattern ADDRESS = Pattern.compile(
            "(Serving remote control|WebDav Server started) on \\[?(http://[0-9.]+:[0-9]+/)", Pattern.CASE_INSENSITIVE);

    /** Runs the script in its place {@code $0} in a session of its own, where the system can make one. */
    private static final String APART = """
            command -v setsid >/dev/null 2>&1 && exec setsid /bin/sh -c "$0" rclone-watch "$@"
            exec /bin/sh -c "$0" rclone-watch "$@"
            """;

    /** Runs the program named by its arguments until it ends, or until standard input does. */
    private static final String WATCH = """
            trap '' INT HUP QUIT TERM
            exec 3<&0
            (trap - TERM; exec "$@" 3<&- </dev/null) &
            child=$!
            (
              exec >/dev/null 2>&1
              read -r line <&3
              kill -TERM $child
              n=0
              while kill -0 $child && [ $n -lt 5 ]; do sleep 1; n=$((n+1)); done
              kill -KILL $child
            ) &
            watcher=$!
            exec 3<&-
            wait $child
            status=$?
            kill -KILL $watcher
            exit $status
            """;

    private final RcloneRemote remote;
    private final Gate gate;
    private final Process process;
    private final RcloneLog log;
    private final @Nullable PacedProxy proxy;
    private final String user;
    private final String password;
    private final Thread hook;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final CompletableFuture<URI> address = new CompletableFuture<>();
    private final CompletableFuture<URI> files = new CompletableFuture<>();
    private final Thread reader;
    private final RefusalLog refusals = new RefusalLog();

    private RcloneDaemon(
            RcloneRemote remote,
            Gate gate,
            Process process,
            @Nullable PacedProxy proxy,
            boolean serves,
            String user,
            String password) {
        this.remote = remote;
        this.gate = gate;
        this.process = process;
        this.log = new RcloneLog(process, this::take);
        this.proxy = proxy;
        if (!serves) {
            files.complete(URI.create("http://127.0.0.1:0/"));
        }
        this.user = user;
        this.password = password;
        this.hook = Thread.ofPlatform().unstarted(this::stop);
        this.reader = Thread.ofVirtual().name("rclone-log").unstarted(this::readLog);
    }

    /** Starts rclone and waits until it answers. */
    static RcloneDaemon start(RcloneRemote remote, Map<String, String> environment) throws ConnectorException {
        return start(remote, null, new Gate(), environment);
    }

    /**
     * The same, with a file server beside the remote control.
     *
     * @param served what the file server shows, {@code plk:/}; null for no file server
     * @param gate closed when rclone says that the service asks to wait; no request of a paced remote passes it then
     */
    static RcloneDaemon start(RcloneRemote remote, @Nullable String served, Gate gate, Map<String, String> environment)
            throws ConnectorException {
        SecureRandom random = new SecureRandom();
        String user = secret(random, 12);
        String password = secret(random, 32);
        List<String> command = new ArrayList<>();
        if (File.separatorChar == '/') {
            command.addAll(List.of("/bin/sh", "-c", APART, WATCH));
        }
        command.add(find(remote.binary(), environment));
        if (served == null) {
            command.add("rcd");
        } else {
            command.addAll(List.of("serve", "webdav", served, "--rc", "--read-only", "--addr", "127.0.0.1:0"));
        }
        command.addAll(List.of("--rc-serve", "--rc-addr", "127.0.0.1:0"));
        if (remote.imported()) {
            command.addAll(List.of("--config", ""));
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.putAll(environment);
        // What the user's shell sets for rclone's remote control must not open ours.
        variables.keySet().removeIf(name -> name.startsWith("RCLONE_RC_") || name.equals("RCLONE_CONFIG_DIR"));
        variables.put("RCLONE_RC_USER", user);
        variables.put("RCLONE_RC_PASS", password);
        variables.put("RCLONE_ASK_PASSWORD", "false");
        variables.put("RCLONE_LOG_LEVEL", "NOTICE");
        variables.put("RCLONE_LOG_FILE", "");
        variables.put("RCLONE_USE_JSON_LOG", "false");
        // The token renewed in memory lives as long as the remote's object: it must never be made anew.
        variables.put("RCLONE_FS_CACHE_EXPIRE_DURATION", "100000h");
        // The file server has the same password, asks a service once for a listing, and reads a file by one request.
        variables.put("RCLONE_USER", user);
        variables.put("RCLONE_PASS", password);
        variables.put("RCLONE_DIR_CACHE_TIME", "100000h");
        variables.put("RCLONE_POLL_INTERVAL", "0");
        variables.put("RCLONE_VFS_CACHE_MODE", "off");
        variables.put("RCLONE_VFS_READ_CHUNK_SIZE", "off");
        variables.put("RCLONE_BUFFER_SIZE", "1M");
        // Batches make rclone wait for further files, half a second each time, and cost three calls for a file.
        variables.putIfAbsent("RCLONE_DROPBOX_BATCH_MODE", "off");
        variables.putAll(remote.tuning());
        if (remote.imported()) {
            variables.keySet().removeIf(name -> name.startsWith(RcloneRemote.variable("")));
            remote.section().forEach((option, value) -> variables.put(remote.variableOf(option), value));
        }
        AtomicReference<RcloneLog> log = new AtomicReference<>();
        PacedProxy proxy = null;
        if (remote.paced() && PacedProxy.fits(environment)) {
            Runnable readOn = () -> Optional.ofNullable(log.get()).ifPresent(RcloneLog::readOn);
            proxy = PacedProxy.start(gate, readOn, secret(random, 32), environment);
            proxy.putInto(variables);
            // Of answers that ask to wait, their headers tell; these lines go no further than the memory of this
            // program.
            variables.put("RCLONE_LOG_LEVEL", "DEBUG");
            variables.put("RCLONE_DUMP", "headers");
        }
        RcloneDaemon daemon;
        try {
            daemon = new RcloneDaemon(remote, gate, builder.start(), proxy, served != null, user, password);
        } catch (IOException e) {
            if (proxy != null) {
                proxy.close();
            }
            throw new ConnectorException(Reason.FAILED, "rclone cannot be started: " + e.getMessage(), e);
        }
        log.set(daemon.log);
        daemon.begin();
        return daemon;
    }

    private static String secret(SecureRandom random, int bytes) {
        byte[] secret = new byte[bytes];
        random.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** The program's file: a name without a directory is looked up in {@code PATH}. */
    static String find(String binary, Map<String, String> environment) throws ConnectorException {
        if (binary.contains("/") || binary.contains(File.separator)) {
            if (Files.isExecutable(Path.of(binary))) {
                return binary;
            }
        } else {
            String path = environment.getOrDefault("PATH", "");
            for (String directory : path.split(Pattern.quote(File.pathSeparator))) {
                for (String suffix : List.of("", ".exe")) {
                    Path file = Path.of(directory.isEmpty() ? "." : directory, binary + suffix);
                    if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                        return file.toString();
                    }
                }
            }
        }
        throw new ConnectorException(
                Reason.INVALID,
                "rclone is not installed: " + binary + " was not found; install rclone 1.60 or newer, or name it with"
                        + " option binary=FILE or PLAKAR_RCLONE");
    }

    private void begin() throws ConnectorException {
        boolean running = false;
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            reader.start();
            CompletableFuture.allOf(address, files).get(START_SECONDS, TimeUnit.SECONDS);
            running = true;
        } catch (ExecutionException e) {
            throw RcErrors.translate("rclone did not start", 0, lastWords());
        } catch (TimeoutException e) {
            throw new ConnectorException(Reason.FAILED, "rclone did not start in time: " + lastWords(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectorException(Reason.FAILED, "start rclone: cancelled", e);
        } catch (IllegalStateException e) {
            throw new ConnectorException(Reason.FAILED, "start rclone: this program is ending", e);
        } finally {
            if (!running) {
                close();
            }
        }
    }

    private void readLog() {
        log.follow();
        address.completeExceptionally(new IOException("rclone ended"));
        files.completeExceptionally(new IOException("rclone ended"));
    }

    private void take(String line) {
        Matcher found = ADDRESS.matcher(line);
        if (found.find()) {
            boolean control = found.group(1).startsWith("Serving");
            (control ? address : files).complete(URI.create(found.group(2)));
            return;
        }
        Duration wait = refusals.take(line);
        if (wait.isPositive()) {
            gate.close(wait);
        }
        if (refusals.speaks(line)) {
            remember(line);
        }
    }

    private void remember(String line) {
        synchronized (lines) {
            if (lines.size() == REMEMBERED_LINES) {
                lines.removeFirst();
            }
            lines.addLast(line);
        }
    }

    /** The last thing rclone said, in one line and without secrets. */
    String lastWords() {
        synchronized (lines) {
            return lines.isEmpty() ? "it said nothing" : RcErrors.line(remote.redact(lines.getLast()));
        }
    }

    /** Where the remote control listens; ends in {@code /}. */
    URI address() {
        return address.join();
    }

    /** Where the file server listens; ends in {@code /}. */
    URI files() {
        return files.join();
    }

    /** The value of the {@code Authorization} header. */
    String authorization() {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.US_ASCII);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Number of the process between us and rclone; for tests. */
    long pid() {
        return process.pid();
    }

    /** Fails when this rclone is older than what is needed. */
    static void checkVersion(int @Nullable [] version, String text) throws ConnectorException {
        if (version == null
                || version.length < 2
                || version[0] < OLDEST[0]
                || (version[0] == OLDEST[0] && version[1] < OLDEST[1])) {
            throw new ConnectorException(
                    Reason.UNSUPPORTED, "rclone " + text + " is too old: version 1.60 or newer is needed");
        }
    }

    private void stop() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is closed either way.
        }
        if (File.separatorChar != '/') {
            process.destroy();
        }
    }

    @Override
    public void close() {
        stop();
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try {
                process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // A cancelled run ends rclone all the same.
                interrupted = true;
            }
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        if (proxy != null) {
            proxy.close();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is ending: the hook runs.
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
