package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * What lies beside the repository and is too large or too foreign to be in it: stores that a real Plakar wrote, and the
 * verifier. Where it is absent the tests that want it are skipped; on CI they fail.
 *
 * <p>Looked for in the directories that {@code PLAKAR_TEST_GOLDEN} and {@code PLAKAR_TEST_VERIFY} name, else in a
 * directory {@code shared} beside this directory or one above it. {@code PLAKAR_TEST_PYTHON} is a Python that has the
 * verifier's packages.
 */
final class Shared {
    private Shared() {}

    static boolean onCi() {
        return "true".equals(System.getenv("CI"));
    }

    /** The directory of the golden stores. */
    static Path golden() {
        return demand(find("PLAKAR_TEST_GOLDEN", "golden"), "the golden stores");
    }

    static JsonNode expected() {
        return new ObjectMapper().readTree(golden().resolve("expected.json").toFile());
    }

    /** Lays the golden store {@code name} into {@code directory} and returns where it is. */
    static Path unpack(String name, Path directory) throws IOException {
        Path source = golden();
        if (name.endsWith(".ptar")) {
            return Files.copy(source.resolve(name), directory.resolve(name));
        }
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(source.resolve(name + ".zip")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = directory.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                try (OutputStream out = Files.newOutputStream(target)) {
                    zip.transferTo(out);
                }
            }
        }
        return directory.resolve(name);
    }

    /** Fails unless the independent verifier finds nothing at all to say about {@code store}. */
    static void verify(Path store, String... more) throws IOException, InterruptedException {
        Path verifier = demand(find("PLAKAR_TEST_VERIFY", "tools/kloset-verify"), "the verifier");
        List<String> command = new ArrayList<>(List.of(python(), verifier.toString(), "--json", "--strict"));
        command.addAll(List.of(more));
        command.add(store.toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String report;
        try (InputStream in = process.getInputStream()) {
            report = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as("the verifier's exit status; it says: %s", report)
                .isZero();
    }

    private static String python() {
        List<String> candidates = new ArrayList<>();
        Optional.ofNullable(System.getenv("PLAKAR_TEST_PYTHON")).ifPresent(candidates::add);
        candidates.add(System.getProperty("user.home") + "/.cache/plakar-ci/venv/bin/python");
        candidates.add("python3");
        return demand(
                candidates.stream().filter(Shared::hasPackages).findFirst(),
                "a Python with blake3, lz4, msgpack, argon2-cffi and cryptography");
    }

    private static boolean hasPackages(String python) {
        try {
            Process process = new ProcessBuilder(python, "-c", "import blake3, lz4, msgpack, argon2, cryptography")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Optional<Path> find(String variable, String name) {
        String named = System.getenv(variable);
        if (named != null) {
            return Optional.of(Path.of(named)).filter(Files::exists);
        }
        Path here;
        try {
            here = Path.of("").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path at = here; at.getParent() != null; at = at.getParent()) {
            Path candidate = at.resolveSibling("shared").resolve(name);
            if (Files.exists(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static <T> T demand(Optional<T> found, String what) {
        if (found.isEmpty()) {
            if (onCi()) {
                fail("%s must be there on CI, and cannot be found", what);
            }
            String message = "SKIPPED: " + what + " cannot be found";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return found.orElseThrow();
    }
}
