package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell script that starts the program, from a copy of it beside the built jars, in poor surroundings. */
class LauncherTest {
    @TempDir
    Path scratch;

    private Path launcher;

    @BeforeEach
    void lay_out_an_installation() throws IOException {
        Path root = Path.of("").toRealPath();
        while (!Files.exists(root.resolve("plakar.cmd"))) {
            root = Objects.requireNonNull(root.getParent(), "no plakar.cmd above this directory");
        }
        Path jars = root.resolve("cli/target/dist");
        if (!Files.exists(jars.resolve("plakar.jar"))) {
            assertThat(Shared.onCi()).as("%s must have been built on CI", jars).isFalse();
            System.err.println("SKIPPED: " + jars + " has not been built (mvn package)");
            Assumptions.abort("no jars");
        }
        Path installation = scratch.resolve("with a blank");
        Files.createDirectories(installation.resolve(".dist/lib"));
        try (Stream<Path> all = Files.list(jars)) {
            for (Path jar : all.toList()) {
                Files.copy(jar, installation.resolve(".dist/lib").resolve(jar.getFileName()));
            }
        }
        launcher = installation.resolve("plakar");
        Files.copy(root.resolve("plakar"), launcher, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void starts_with_an_empty_environment_and_says_nothing_of_its_own() throws Exception {
        Result result = run(Map.of(), launcher.toString(), "version");
        assertThat(result.exit).as(result.text).isZero();
        assertThat(result.text).startsWith("plakar/v").doesNotContain("WARNING", "Picked up", "warning");
    }

    @Test
    void starts_through_symbolic_links_and_by_PATH() throws Exception {
        Path bin = Files.createDirectories(scratch.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("real"), launcher);
        Files.createSymbolicLink(bin.resolve("plakar"), Path.of("real"));
        Result result = run(Map.of("PATH", bin + ":/usr/bin:/bin"), "/bin/sh", "-c", "cd / && plakar version");
        assertThat(result.exit).as(result.text).isZero();
        assertThat(result.text).startsWith("plakar/v");
    }

    @Test
    void options_of_the_JVM_in_the_environment_are_not_announced() throws Exception {
        Map<String, String> variables = Map.of("JAVA_TOOL_OPTIONS", "-Da=b", "JDK_JAVA_OPTIONS", "-Dc=d");
        Result result = run(variables, launcher.toString(), "version");
        assertThat(result.exit).as(result.text).isZero();
        assertThat(result.text).startsWith("plakar/v").doesNotContain("Picked up");
    }

    /** With the real rclone, against a Dropbox on this machine. */
    @Test
    void the_Dropbox_page_works_line_by_line() throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/rclone"))) {
            assertThat(Shared.onCi()).as("rclone must be installed on CI").isFalse();
            System.err.println("SKIPPED: there is no /usr/bin/rclone");
            Assumptions.abort("no rclone");
        }
        Result result = run(Map.of("HOME", scratch.toString(), "PATH", "/usr/bin:/bin"), launcher.toString(), "demo");
        assertThat(result.exit).as(result.text).isZero();
        assertThat(result.text)
                .contains("$ plakar at ./save backup @mydropbox", "$ plakar at @mystore create")
                .contains("Back up first, then be brave.")
                .contains("check completed without errors")
                .containsPattern("importers: .*dropbox.*fs")
                .doesNotContain("access_token");
    }

    @Test
    void a_home_that_cannot_be_written_does_not_matter() throws Exception {
        Result result = run(Map.of("HOME", "/proc"), launcher.toString(), "version");
        assertThat(result.exit).as(result.text).isZero();
        assertThat(result.text).startsWith("plakar/v");
    }

    @Test
    void the_exit_status_is_that_of_the_program() throws Exception {
        for (String command : List.of("ls", "check")) {
            Result result = run(Map.of(), launcher.toString(), "at", "/nonexistent/store", command);
            assertThat(result.exit).as(result.text).isEqualTo(66);
            assertThat(result.text).doesNotContain("WARNING");
        }
    }

    @Test
    void names_arrive_as_bytes_whatever_the_locale_is() throws Exception {
        for (Map<String, String> locale : List.of(
                Map.<String, String>of(),
                Map.of("LC_ALL", "C"),
                Map.of("LANG", "POSIX"),
                Map.of("LANG", "xx_YY.UTF-8"))) {
            Path directory = Files.createTempDirectory(scratch, "locale");
            Result result = run(
                    with(locale, "HOME", directory.toString()),
                    "/bin/sh",
                    "-c",
                    """
                    for name in "$(printf 'str\\303\\266m')" "$(printf 'latin-\\351')"; do
                      "$1" at "$2/$name" create -plaintext && test -f "$2/$name/CONFIG" || exit 9
                    done""",
                    "sh",
                    launcher.toString(),
                    directory.toString());
            assertThat(result.exit).as("with %s: %s", locale, result.text).isZero();
        }
    }

    @Test
    void without_java_it_says_how_to_get_it() throws Exception {
        Result result = run(Map.of("PLAKAR_JAVA_HOME", "/nonexistent"), launcher.toString(), "version");
        assertThat(result.exit).as(result.text).isEqualTo(69);
        assertThat(result.text.lines()).hasSize(1);
        assertThat(result.text).contains("PLAKAR_JAVA_HOME=/nonexistent", "25");
    }

    private record Result(int exit, String text) {}

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> all = new java.util.TreeMap<>(map);
        all.put(key, value);
        return all;
    }

    private Result run(Map<String, String> variables, String... command) throws Exception {
        Path output = Files.createTempFile(scratch, "output", "");
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile());
        builder.environment().clear();
        // The cache is made in the background; here it would outlive the test and its directory.
        builder.environment().put("PLAKAR_NO_AOT", "1");
        if (!variables.containsKey("PLAKAR_JAVA_HOME")) {
            builder.environment().put("PLAKAR_JAVA_HOME", System.getProperty("java.home"));
        }
        builder.environment().putAll(variables);
        int exit = builder.start().waitFor();
        return new Result(exit, new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
    }
}
