package io.plakar.interop;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The program under test: runs it as a process with a home directory of its own, which is also its working directory,
 * and an environment that holds nothing but what is said here. Immutable; usable from several threads.
 */
final class PlakarProcess {
    /** Far beyond what any command needs here: reaching it means that the program hangs. */
    private static final long PATIENCE_SECONDS = 300;

    /** Number of a user and of a group that own nothing. */
    private static final String USER = "54545";

    private final Path home;
    private final Map<String, String> variables;
    private final String classPath;
    private final List<String> prefix;

    private PlakarProcess(Path home, Map<String, String> variables, String classPath, List<String> prefix) {
        this.home = home;
        this.variables = variables;
        this.classPath = classPath;
        this.prefix = prefix;
    }

    /** The program with the home directory {@code home}, which is made. */
    static PlakarProcess in(Path home) throws IOException {
        Files.createDirectories(home);
        return new PlakarProcess(home, Map.of(), classPath(), List.of());
    }

    /**
     * The program run by a user without rights, with {@code home} as home directory; only root can do that. The classes
     * are copied to where that user may read them.
     */
    static PlakarProcess ofUser(Path home) throws IOException, InterruptedException {
        Path classes = Files.createDirectories(home.resolve("classes"));
        List<String> copied = new ArrayList<>();
        for (String element : classPath().split(java.io.File.pathSeparator)) {
            Path source = Path.of(element);
            Path copy = classes.resolve(copied.size() + "-" + source.getFileName());
            if (Files.exists(source)) {
                SourceTree.shell(home, "-c", "cp -r \"$1\" \"$2\"", "sh", element, copy.toString());
                copied.add(copy.toString());
            }
        }
        SourceTree.shell(home, "-c", "chown -R " + USER + ":" + USER + " . && chmod -R go+rX .");
        return new PlakarProcess(home, Map.of(), String.join(java.io.File.pathSeparator, copied), asUser());
    }

    /** What to put before a command to run it as a user without rights. */
    static List<String> asUser() {
        return List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups");
    }

    PlakarProcess with(String variable, String value) {
        Map<String, String> all = new TreeMap<>(variables);
        all.put(variable, value);
        return new PlakarProcess(home, all, classPath, prefix);
    }

    PlakarProcess withPassphrase(String passphrase) {
        return with("PLAKAR_PASSPHRASE", passphrase);
    }

    Path home() {
        return home;
    }

    /** Runs the program to its end, with nothing on its standard input. */
    Outcome run(String... arguments) throws IOException, InterruptedException {
        return runWithInput(new byte[0], arguments);
    }

    Outcome runWithInput(byte[] input, String... arguments) throws IOException, InterruptedException {
        Path in = Files.createTempFile(home, "in", "");
        Files.write(in, input);
        Running running = start(in, arguments);
        Outcome outcome = running.await();
        Files.delete(in);
        return outcome;
    }

    /** Starts the program and lets it run. */
    Running start(String... arguments) throws IOException {
        return start(Path.of("/dev/null"), arguments);
    }

    private Running start(Path in, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(prefix);
        command.addAll(interruptible());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:MaxDirectMemorySize=1g"));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xlog:disable", "-Xlog:all=off"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", classPath, "io.plakar.cli.Plakar"));
        command.addAll(Arrays.asList(arguments));
        Path out = Files.createTempFile(home, "out", "");
        Path err = Files.createTempFile(home, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(Map.of("PATH", "/usr/bin:/bin", "HOME", home.toString(), "LC_ALL", "C.UTF-8", "TZ", "UTC"));
        environment.putAll(variables);
        return new Running(builder.start(), List.of(arguments), out, err);
    }

    /** What hears SIGINT again where this test run ignores it, as one does that was started in the background. */
    private static List<String> interruptible() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("SigIgn:")
                        && (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0) {
                    return List.of("env", "--default-signal=INT");
                }
            }
        }
        return List.of();
    }

    private static String classPath() {
        String surefire = System.getProperty("surefire.test.class.path");
        return surefire != null ? surefire : System.getProperty("java.class.path");
    }

    /** A run that has not ended yet. */
    record Running(Process process, List<String> arguments, Path out, Path err) {
        Outcome await() throws IOException, InterruptedException {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                fail("plakar %s did not end; stderr so far: %s", arguments, Files.readString(err));
            }
            Outcome outcome = new Outcome(
                    arguments,
                    process.exitValue(),
                    Files.readAllBytes(out),
                    new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
            Files.delete(out);
            Files.delete(err);
            return outcome;
        }

        /** Ends the process the way a power cut does, after {@code millis}; returns whether it was still running. */
        boolean killAfter(long millis) throws InterruptedException {
            boolean ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            return !ended;
        }
    }
}
