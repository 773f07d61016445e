package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.app.packages.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code pkg}, and what installed packages change. */
class PackagesTest {
    private static final Platform PLATFORM = Platform.ofJava("Linux", System.getProperty("os.arch"));
    private static final String SUFFIX = "_" + PLATFORM.system() + "_" + PLATFORM.architecture();
    private static final String RCLONE = "rclone_v" + Version.NUMBER + SUFFIX;

    @TempDir
    private Path directory;

    private Run run;

    @BeforeEach
    void begin() throws Exception {
        run = new Run(directory);
        Path bin = Files.createDirectory(directory.resolve("bin"));
        program(bin.resolve("rclone"), """
                #!/bin/sh
                case "$*" in
                  version) echo "rclone v1.68.2"; echo "- os/version: x";;
                  *providers*) echo '[{"Name":"dropbox","Options":[{"Name":"x"}]},{"Name":"fs"},{"Name":"google photos"}]'
                     echo called >> %s/calls;;
                  *) exit 1;;
                esac
                """.formatted(directory));
        run.variables.put("PATH", bin.toString());
    }

    private static void program(Path file, String text) throws Exception {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void succeeds(String... words) {
        assertThat(run.plakar(words)).as(run.error).isZero();
        assertThat(run.error).isEmpty();
    }

    private void fails(String error, String... words) {
        assertThat(run.plakar(words)).isEqualTo(1);
        assertThat(run.error.lines().findFirst().orElse("")).isEqualTo(error);
    }

    private Path installed(String name) {
        return directory.resolve("home/.local/share/plakar/plugins/v1.1.0").resolve(name);
    }

    @Test
    void rcloneIsAddedWithoutANetworkAndOffersWhatTheInstalledRcloneHas() throws Exception {
        succeeds("version");
        assertThat(run.out)
                .startsWith("plakar/v" + Version.NUMBER + "\n")
                .doesNotContain("dropbox")
                .doesNotContain("rclone");
        assertThat(run.plakar("at", "dropbox://x", "ls")).isEqualTo(66);
        assertThat(run.error).contains("backend 'dropbox' does not exist").endsWith("hint: plakar pkg add rclone\n");
        run.plakar("backup", "rclone://x:");
        succeeds("pkg", "list", "-available");
        assertThat(run.out).isEqualTo("rclone@v" + Version.NUMBER + "\n");

        succeeds("pkg", "add", "rclone");
        assertThat(run.out.replaceAll("(?m)^[0-9a-f]{8}:", "ID:")).isEqualTo("""
                ID: OK ✓ /
                ID: OK ✓ /builtin
                ID: OK ✓ /manifest.yaml
                info: rclone v1.68.2 offers 2 services; `plakar version` lists them
                """);
        assertThat(installed(RCLONE + ".ptar")).isRegularFile();
        assertThat(directory.resolve("home/.cache/plakar/plugins/v1.1.0/" + RCLONE + "/manifest.yaml"))
                .isRegularFile();
        assertThat(directory.resolve("home/.cache/plakar/tmp")).isEmptyDirectory();
        succeeds("pkg", "list");
        assertThat(run.out).isEqualTo("rclone@v" + Version.NUMBER + "\n");
        succeeds("pkg", "show", "-long");
        assertThat(run.out).isEqualTo(RCLONE + ".ptar\n");
        succeeds("version");
        assertThat(run.out.lines().toList()).satisfies(lines -> {
            assertThat(lines.getFirst()).isEqualTo("plakar/v" + Version.NUMBER);
            assertThat(lines.get(2)).startsWith("importers: dropbox, fs, rclone, ");
            assertThat(lines.get(3)).startsWith("exporters: dropbox, fs, rclone, ");
            assertThat(lines.get(4))
                    .startsWith("klosets: dropbox, fs, http, https, ptar, ")
                    .contains(", rclone");
        });
        succeeds("version");
        assertThat(directory.resolve("calls")).hasContent("called");

        fails("plakar: failed to install rclone: already installed", "pkg", "add", "rclone");
        succeeds("pkg", "add", "-u", "rclone");
        succeeds("pkg", "rm", "rclone");
        succeeds("pkg", "list");
        assertThat(run.out).isEmpty();
        succeeds("version");
        assertThat(run.out).doesNotContain("dropbox");
        fails("plakar: package \"rclone\" is not installed", "pkg", "rm", "rclone");
    }

    @Test
    void aMissingRcloneIsToldAndTheExitStatusIsZero() {
        run.variables.put("PATH", directory.toString());
        assertThat(run.plakar("pkg", "add", "rclone")).isZero();
        assertThat(run.error).startsWith("warn: there is no rclone on the PATH; ");
        succeeds("version");
        assertThat(run.out).contains("importers: fs, rclone, ");
    }

    @Test
    void aPackageIsAnOrdinaryArchiveThatCanBeListed() {
        succeeds("pkg", "fetch", "rclone");
        assertThat(directory.resolve(RCLONE + ".ptar")).isRegularFile();
        succeeds("at", RCLONE + ".ptar", "ls", "-recursive", "latest");
        assertThat(run.out).contains(" /manifest.yaml\n").contains(" /builtin\n");
        succeeds("pkg", "add", RCLONE + ".ptar");
        assertThat(installed(RCLONE + ".ptar")).isRegularFile();
    }

    @Test
    void packagesOfOtherProgramsAreMadeInstalledAndRemoved() throws Exception {
        Path parts = Files.createDirectory(directory.resolve("p"));
        Files.writeString(
                parts.resolve("manifest.yaml"),
                "name: demo\ndisplay_name: Demo\nconnectors:\n  - type: importer\n    executable: demo-importer\n"
                        + "    protocols: [demo]\n");
        Files.writeString(parts.resolve("demo-importer"), "#!/bin/sh\nexit 1\n");
        fails("plakar: bad version string: 1.0", "pkg", "create", "p/manifest.yaml", "1.0");
        fails("plakar: wrong usage", "pkg", "create", "p/manifest.yaml");
        fails("plakar: manifest's file name must be manifest.yaml", "pkg", "create", "p/other.yaml", "v1.0.0");
        fails(
                "plakar: Not executable: " + parts.resolve("demo-importer"),
                "pkg",
                "create",
                "p/manifest.yaml",
                "v1.0.0");
        program(parts.resolve("demo-importer"), "#!/bin/sh\nexit 1\n");
        String file = "demo_v1.0.0" + SUFFIX + ".ptar";
        succeeds("pkg", "create", "p/manifest.yaml", "v1.0.0");
        assertThat(run.out.replaceAll("(?m)^[0-9a-f]{8}:", "ID:"))
                .isEqualTo("ID: OK ✓ /\nID: OK ✓ /manifest.yaml\nID: OK ✓ /demo-importer\n"
                        + "Plugin created successfully: " + directory.resolve(file) + "\n");
        succeeds("pkg", "create", "-out", "foo.ptar", "p/manifest.yaml", "v1.0.0");
        fails(
                "plakar: failed to install foo.ptar: invalid package name \"foo.ptar\": is malformed",
                "pkg",
                "add",
                "./foo.ptar");
        assertThat(run.out).isEmpty();

        succeeds("pkg", "add", "./" + file);
        assertThat(run.out.replaceAll("(?m)^[0-9a-f]{8}:", "ID:"))
                .isEqualTo("ID: OK ✓ /\nID: OK ✓ /demo-importer\nID: OK ✓ /manifest.yaml\n");
        assertThat(directory.resolve("home/.cache/plakar/plugins/v1.1.0/demo_v1.0.0" + SUFFIX + "/demo-importer"))
                .isExecutable();
        fails("plakar: failed to install " + file + ": already installed", "pkg", "add", "./" + file);
        succeeds("pkg", "add", "-u", "./" + file);
        succeeds("pkg", "list");
        assertThat(run.out).isEqualTo("demo@v1.0.0\n");
        succeeds("at", "store", "create", "-plaintext");
        fails(
                "plakar: failed to create an importer for demo://x: unsupported importer protocol",
                "at",
                "store",
                "backup",
                "demo://x");
        assertThat(run.error).contains("the package demo@v1.0.0 offers it, but programs of packages cannot be run yet");

        Files.writeString(
                parts.resolve("manifest.yaml"),
                "name: second\nconnectors: [{type: storage, executable: demo-importer, protocols: [demo]}]\n");
        succeeds("pkg", "create", "p/manifest.yaml", "v1.0.0");
        fails(
                "plakar: failed to install second: protocol demo already provided by another installed package",
                "pkg",
                "add",
                "second");
        run.variables.put("GOOS", "plan9");
        succeeds("pkg", "create", "p/manifest.yaml", "v1.0.0");
        fails(
                "plakar: failed to install second_v1.0.0_plan9_" + PLATFORM.architecture()
                        + ".ptar: OS or architecture don't match the current one",
                "pkg",
                "add",
                "second_v1.0.0_plan9_" + PLATFORM.architecture() + ".ptar");
        succeeds("pkg", "rm", "demo");
        succeeds("pkg", "list");
        assertThat(run.out).isEmpty();
        assertThat(directory.resolve("home/.cache/plakar/plugins/v1.1.0")).isEmptyDirectory();
    }

    @Test
    void whatIsNoPackageIsRefused() throws Exception {
        fails("plakar: no action specified", "pkg");
        fails("plakar: invalid argument: nosuch", "pkg", "nosuch");
        fails("plakar: not enough arguments", "pkg", "add");
        fails("plakar: too many arguments", "pkg", "show", "extra");
        fails("plakar: file not found: ./nofile.ptar", "pkg", "add", "./nofile.ptar");
        fails("plakar: failed to install nothing: this program does not carry it", "pkg", "add", "nothing");
        String name = "x_v1.0.0" + SUFFIX + ".ptar";
        Files.writeString(directory.resolve(name), "no archive");
        assertThat(run.plakar("pkg", "add", name)).isNotZero();
        assertThat(run.error).startsWith("plakar: failed to install " + name + ": ");
        Files.createDirectory(directory.resolve("d"));
        run.plakar("ptar", "-plaintext", "-o", name, "-overwrite", "d");
        fails(
                "plakar: failed to install " + name + ": this is no package: it has no manifest.yaml",
                "pkg",
                "add",
                name);
        assertThat(run.plakar("pkg", "build", "x")).isEqualTo(1);
    }
}
