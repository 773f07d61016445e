package io.plakar.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs programs under GNU time. Standard output and error go to files in {@code logs}. */
record Measured(Path logs) {
    private static final String TIME = "/usr/bin/time";

    /** A program that did not end with success. */
    static final class Failed extends IOException {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    Path output() {
        return logs.resolve("output");
    }

    /** @return what it took, the size of the store left 0 */
    Usage run(List<String> command, Map<String, String> environment, Path directory)
            throws IOException, InterruptedException {
        Path figures = logs.resolve("time");
        Path errors = logs.resolve("errors");
        List<String> words = new ArrayList<>(List.of(TIME, "-q", "-f", "%U %S %M", "-o", figures.toString()));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output().toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        int exit = builder.start().waitFor();
        double wall = (System.nanoTime() - start) / 1e9;
        if (exit != 0) {
            List<String> said = Files.readAllLines(errors, java.nio.charset.StandardCharsets.ISO_8859_1);
            String last = said.isEmpty() ? "" : ": " + said.getLast();
            throw new Failed(String.join(" ", command) + " exits " + exit + last);
        }
        String[] fields = Files.readString(figures).strip().split(" ", -1);
        return new Usage(
                wall,
                Double.parseDouble(fields[0]) + Double.parseDouble(fields[1]),
                Long.parseLong(fields[2]) << 10,
                0);
    }
}
