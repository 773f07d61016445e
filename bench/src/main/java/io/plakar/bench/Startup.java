package io.plakar.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Measures, in one run and by turns, {@code plakar version} against an empty program with the same JVM flags, and
 * {@code plakar ls} of a small encrypted store against the bare key derivation. Prints medians and ratios; exits 1 when a
 * ratio is beyond its limit. Arguments: the launcher, and optionally the number of rounds.
 */
public final class Startup {
    private static final double VERSION_LIMIT = 3;
    private static final double LS_LIMIT = 1.25;
    private static final String PASSPHRASE = "correct horse battery staple 42!";

    private final Path launcher;
    private final Path scratch;
    private final int rounds;

    private Startup(Path launcher, Path scratch, int rounds) {
        this.launcher = launcher;
        this.scratch = scratch;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("plakar-startup");
        Startup startup = new Startup(
                Path.of(arguments[0]).toAbsolutePath(),
                scratch,
                arguments.length > 1 ? Integer.parseInt(arguments[1]) : 21);
        boolean within = startup.version() & startup.ls();
        System.exit(within ? 0 : 1);
    }

    private boolean version() throws IOException, InterruptedException {
        List<String> program = List.of(launcher.toString(), "version");
        return compare(program, "plakar version", reference("version", Nothing.class), "empty program", VERSION_LIMIT);
    }

    private boolean ls() throws IOException, InterruptedException {
        String store = scratch.resolve("store").toString();
        Path source = Files.createDirectories(scratch.resolve("source"));
        for (int i = 0; i < 20; i++) {
            Files.writeString(source.resolve("file-" + i), "content " + i);
        }
        time(List.of(launcher.toString(), "at", store, "create"));
        time(List.of(launcher.toString(), "at", store, "backup", source.toString()));
        List<String> program = List.of(launcher.toString(), "at", store, "ls");
        return compare(program, "plakar ls, encrypted", reference("ls", DeriveKey.class), "key derivation", LS_LIMIT);
    }

    /** The launcher's JVM with the flags for {@code command}, but with {@code main} and a cache trained on that. */
    private List<String> reference(String command, Class<?> main) throws IOException, InterruptedException {
        ProcessBuilder show = new ProcessBuilder(launcher.toString(), command);
        show.environment().put("PLAKAR_SHOW_JVM", "1");
        Process process = show.start();
        List<String> words = new ArrayList<>(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(word -> !word.startsWith("-XX:AOTCache="))
                .toList());
        process.waitFor();
        int classPath = words.indexOf("-cp");
        List<String> java = new ArrayList<>(words.subList(0, classPath));
        List<String> program = List.of("-cp", System.getProperty("java.class.path"), main.getName());
        Path cache = scratch.resolve(main.getSimpleName() + ".aot");
        List<String> training = new ArrayList<>(java);
        training.add("-XX:AOTCacheOutput=" + cache);
        training.addAll(program);
        time(training);
        if (Files.exists(cache)) {
            java.add("-XX:AOTCache=" + cache);
        }
        java.addAll(program);
        return java;
    }

    private boolean compare(
            List<String> program, String name, List<String> reference, String referenceName, double limit)
            throws IOException, InterruptedException {
        for (int i = 0; i < 3; i++) {
            time(program);
        }
        long[] ours = new long[rounds];
        long[] theirs = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            ours[i] = time(program);
            theirs[i] = time(reference);
        }
        double ratio = (double) median(ours) / median(theirs);
        System.out.printf(
                "%s %.1f ms, %s %.1f ms, ratio %.2f (limit %.2f)%n",
                name, median(ours) / 1e6, referenceName, median(theirs) / 1e6, ratio, limit);
        return ratio <= limit;
    }

    private static long median(long[] times) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private long time(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("output").toFile());
        builder.environment().putAll(Map.of("PLAKAR_PASSPHRASE", PASSPHRASE));
        long start = System.nanoTime();
        int exit = builder.start().waitFor();
        long taken = System.nanoTime() - start;
        if (exit != 0) {
            throw new IOException(command + " exits " + exit + ": " + Files.readString(scratch.resolve("output")));
        }
        return taken;
    }
}
