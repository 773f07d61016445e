package io.plakar.connector.rclone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Location;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life and the death of the process behind a remote. */
@Timeout(120)
class RcloneDaemonTest {
    private static final String SECRET = "a-token-which-nobody-may-see-7d1f";

    @TempDir
    private Path directory;

    private Map<String, String> secretive() {
        Map<String, String> options = RealRclone.aliasOf(directory);
        options.put("rclone_token", SECRET);
        return options;
    }

    private static RcloneDaemon start(Map<String, String> options, Map<String, String> environment) throws Exception {
        return RcloneDaemon.start(RcloneRemote.parse(new Location("rclone", ""), options, environment), environment);
    }

    private static List<ProcessHandle> all(long pid) {
        ProcessHandle shell = ProcessHandle.of(pid).orElseThrow();
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(shell), shell.descendants())
                .toList();
    }

    private static void assertEnds(List<ProcessHandle> processes) throws Exception {
        assertThat(processes).isNotEmpty();
        for (ProcessHandle process : processes) {
            process.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void closing_leaves_no_process() throws Exception {
        RealRclone.require();
        RcloneDaemon daemon = start(secretive(), System.getenv());
        List<ProcessHandle> processes = all(daemon.pid());
        assertThat(processes).allMatch(ProcessHandle::isAlive);
        daemon.close();
        assertEnds(processes);
        daemon.close();
    }

    @Test
    void secrets_are_on_no_command_line_and_in_no_file() throws Exception {
        RealRclone.require();
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "SKIPPED: no /proc here");
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path home = Files.createDirectory(directory.resolve("home"));
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("TMPDIR", temporary.toString());
        environment.put("HOME", home.toString());
        environment.put("XDG_CACHE_HOME", home.toString());
        environment.put("XDG_CONFIG_HOME", home.toString());
        try (RcloneDaemon daemon = start(secretive(), environment)) {
            for (ProcessHandle process : all(daemon.pid())) {
                String words =
                        Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
                assertThat(words).doesNotContain(SECRET).doesNotContain(directory.toString());
                String password = new String(
                        java.util.Base64.getDecoder()
                                .decode(daemon.authorization().substring(6)),
                        StandardCharsets.US_ASCII);
                assertThat(words).doesNotContain(password.substring(password.indexOf(':') + 1));
            }
        }
        for (Path place : List.of(temporary, home)) {
            try (var files = Files.walk(place)) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
        }
    }

    /** What the killed program runs: starts rclone, tells its processes, and waits for its death. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws Exception {
            Map<String, String> options = RealRclone.aliasOf(Path.of(arguments[0]));
            RcloneDaemon daemon = start(options, System.getenv());
            for (ProcessHandle process : all(daemon.pid())) {
                System.out.println(process.pid());
            }
            System.out.println("ready");
            Thread.currentThread().join();
        }
    }

    @Test
    void rclone_ends_when_this_program_is_killed() throws Exception {
        RealRclone.require();
        Process victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<ProcessHandle> processes = new java.util.ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = out.readLine();
            while (line != null && !line.equals("ready")) {
                processes.add(ProcessHandle.of(Long.parseLong(line)).orElseThrow());
                line = out.readLine();
            }
            assertThat(line).isEqualTo("ready");
            assertThat(processes).hasSizeGreaterThan(1).allMatch(ProcessHandle::isAlive);
            victim.destroyForcibly().waitFor();
            assertEnds(processes);
        } finally {
            victim.destroyForcibly();
        }
    }

    @Test
    void a_missing_rclone_is_said_in_one_line_which_tells_what_to_do() throws Exception {
        Map<String, String> options = secretive();
        options.put("binary", directory.resolve("no-rclone").toString());
        assertThatThrownBy(() -> start(options, System.getenv()))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("not installed")
                .hasMessageContaining("no-rclone")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> start(secretive(), Map.of("PATH", directory.toString())))
                .hasMessageContaining("rclone is not installed");
    }

    private Path script(String text) throws Exception {
        Path file = directory.resolve("rclone");
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    @Test
    void an_rclone_that_does_not_start_is_quoted_without_secrets() throws Exception {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"), "SKIPPED: not Unix");
        Map<String, String> options = secretive();
        options.put(
                "binary",
                script("echo 'Error: unknown command \"rcd\" " + SECRET + "' >&2; exit 1")
                        .toString());
        assertThatThrownBy(() -> start(options, System.getenv()))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("unknown command \"rcd\"")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void an_old_rclone_is_refused() {
        for (int[] version : new int[][] {{1, 59, 2}, {0, 99}, {1}, {}}) {
            assertThatThrownBy(() -> RcloneDaemon.checkVersion(version, "v1.59.2"))
                    .isInstanceOfSatisfying(
                            ConnectorException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
                    .hasMessageContaining("v1.59.2 is too old");
        }
    }
}
