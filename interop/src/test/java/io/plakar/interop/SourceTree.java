package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Trees to back up, and the comparison of two trees with the system's own tools, which know names as bytes. */
final class SourceTree {
    private SourceTree() {}

    /** A tree in {@code directory} with every kind of entry, name and attribute that this user may make. */
    static Path withEverything(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        shell(directory, script("make-tree.sh"));
        return directory;
    }

    /** The same, made by another user: {@code prefix} is put before the command that makes it. */
    static Path withEverything(Path directory, List<String> prefix) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Files.copy(Path.of(script("make-tree.sh")), directory.resolveSibling("make-tree.sh"));
        shell(
                directory,
                "-c",
                "chown \"$(stat -c %u:%g ..)\" . && exec " + String.join(" ", prefix) + " sh ../make-tree.sh");
        return directory;
    }

    /** Files of {@code total} bytes altogether, none of which can be compressed or found twice. */
    static Path random(Path directory, long total, int files, long seed) throws IOException {
        Files.createDirectories(directory);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] block = new byte[1 << 20];
        for (int i = 0; i < files; i++) {
            try (OutputStream out = Files.newOutputStream(directory.resolve("file-" + i))) {
                for (long left = total / files; left > 0; left -= block.length) {
                    random.nextBytes(block);
                    out.write(block, 0, (int) Math.min(left, block.length));
                }
            }
        }
        return directory;
    }

    /** Fails, showing the differences, unless the trees are equal in contents and in every attribute. */
    static void assertEqual(Path wanted, Path got) throws IOException, InterruptedException {
        shell(wanted, script("compare-trees.sh"), wanted.toString(), got.toString());
    }

    /** The bytes of all files below {@code directory}. */
    static long size(Path directory) throws IOException {
        try (var walk = Files.walk(directory)) {
            long sum = 0;
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                sum += Files.size(path);
            }
            return sum;
        }
    }

    /** Runs a shell script and fails with what it prints unless it exits 0. */
    static String shell(Path directory, String... scriptAndArguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh"));
        command.addAll(List.of(scriptAndArguments));
        Path output = Files.createTempFile("shell", ".out");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        int exit = process.waitFor();
        String printed = new String(Files.readAllBytes(output), java.nio.charset.StandardCharsets.ISO_8859_1);
        Files.delete(output);
        assertThat(exit).as("%s prints: %s", command, printed).isZero();
        return printed;
    }

    static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static String script(String name) {
        try {
            return Path.of(SourceTree.class.getResource("/" + name).toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
