package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code source}, {@code destination} and {@code store}; expected outputs are those of Plakar. */
class PlacesTest {
    private static final String REMOTES = """
            [mydropbox]
            type = dropbox
            client_id = abc
            client_secret = def
            token = {"access_token":"AT","token_type":"bearer","refresh_token":"RT","expiry":"2030-01-01T00:00:00Z"}

            [local]
            type = alias
            remote = /home/alice/remote

            """;
    private static final String SECTIONS = """
            [one]
            location = fs:/home/alice/src
            empty =

            [two]
            location = fs:/home/alice/src/docs
            k = v
            """;
    private static final String INFO =
            "info: sections with a type and no location are remotes of rclone: imported as with -rclone\n";

    @TempDir
    private Path directory;

    private Run run;

    @BeforeEach
    void begin() {
        run = new Run(directory);
    }

    private void succeeds(String... words) {
        assertThat(run.plakar(words)).as(run.error).isZero();
        assertThat(run.error).isEmpty();
    }

    private void fails(int status, String error, String... words) {
        assertThat(run.plakar(words)).isEqualTo(status);
        assertThat(run.error.lines().filter(line -> !line.startsWith("hint: ")).toList())
                .isEqualTo(error.lines().toList());
    }

    private String file(String name) throws Exception {
        return Files.readString(directory.resolve("home/.config/plakar").resolve(name));
    }

    @Test
    void entriesAreAddedChangedShownAndRemoved() throws Exception {
        fails(1, "plakar: no action specified", "source");
        fails(1, "plakar: usage: plakar source [add|check|import|ping|rm|set|show|unset]", "source", "frobnicate");
        succeeds("source", "show");
        assertThat(run.out).isEmpty();
        assertThat(file("stores.yml")).isEqualTo("version: v1.0.0\nstores: {}\n");
        succeeds("source", "add", "mysrc", "./src");
        succeeds("source", "add", "@other", "location=fs:/home/alice/src", "opt1=a", "opt2=b=c");
        fails(1, "plakar: source \"mysrc\" already exists", "source", "add", "mysrc", "./src");
        String usage = "plakar: Usage: plakar source add <name> <location> [<key>=<value>...]";
        fails(1, usage, "source", "add", "bad");
        fails(1, usage, "source", "add", "bad", "./src", "novalue");
        succeeds("source", "show");
        assertThat(run.out)
                .isEqualTo("mysrc:\n    location: ./src\n"
                        + "other:\n    location: fs:/home/alice/src\n    opt1: a\n    opt2: b=c\n");
        fails(1, "source \"bad\" does not exist\nplakar: one or more sources do not exist", "source", "show", "bad");

        succeeds("source", "set", "mysrc", "passphrase=secret", "my_token=tok", "Password=x");
        succeeds("source", "show", "mysrc");
        assertThat(run.out).isEqualTo("""
                mysrc:
                    Password: '********'
                    location: ./src
                    my_token: '********'
                    passphrase: '********'
                """);
        succeeds("source", "show", "-secrets", "@mysrc");
        assertThat(run.out)
                .isEqualTo("mysrc:\n    Password: x\n    location: ./src\n    my_token: tok\n    passphrase: secret\n");
        succeeds("source", "show", "mysrc", "-json");
        assertThat(run.out)
                .isEqualTo("{\"mysrc\":{\"Password\":\"********\",\"location\":\"./src\",\"my_token\":\"********\","
                        + "\"passphrase\":\"********\"}}\n");
        succeeds("source", "show", "-ini", "-secrets", "mysrc", "other");
        assertThat(run.out).isEqualTo("""
                [mysrc]
                Password   = x
                location   = ./src
                my_token   = tok
                passphrase = secret
                [other]
                location = fs:/home/alice/src
                opt1     = a
                opt2     = b=c
                """);

        succeeds("source", "unset", "mysrc", "my_token", "nokey");
        fails(1, "plakar: cannot unset location", "source", "unset", "mysrc", "location");
        fails(1, "plakar: Usage: plakar source unset <name> <key>...", "source", "unset", "mysrc");
        fails(1, "plakar: usage: plakar source set <name> [<key>=<value>, ...]", "source", "set", "mysrc", "noequal");
        fails(1, "plakar: source \"nosuch\" does not exist", "source", "set", "nosuch", "a=b");
        fails(2, "plakar: flag provided but not defined: -overwrite", "source", "rm", "mysrc", "-overwrite");
        succeeds("source", "rm", "mysrc");
        fails(1, "plakar: source \"mysrc\" does not exist", "source", "rm", "mysrc");
        assertThat(file("sources.yml")).isEqualTo("""
                version: v1.0.0
                sources:
                    other:
                        location: fs:/home/alice/src
                        opt1: a
                        opt2: b=c
                """);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("home/.config/plakar/sources.yml"))))
                .isEqualTo("rw-------");
    }

    @Test
    void wordsMayStandInEitherOrder() throws Exception {
        Files.createDirectory(directory.resolve("src"));
        succeeds("add", "source", "x", "./src");
        succeeds("source", "x", "ping");
        assertThat(run.out).isEqualTo("configuration OK\n");
        succeeds("show", "source");
        assertThat(run.out).isEqualTo("x:\n    location: ./src\n");
        succeeds("check", "source", "x");
        assertThat(run.out).isEmpty();
        fails(1, "plakar: source \"nosuch\" does not exist", "source", "check", "nosuch");
        succeeds("rm", "source", "x");
    }

    @Test
    void sectionsAreImported() {
        run.input = SECTIONS;
        succeeds("source", "import");
        assertThat(run.out).isEmpty();
        succeeds("source", "show", "one", "two");
        assertThat(run.out)
                .isEqualTo("one:\n    location: fs:/home/alice/src\n"
                        + "two:\n    k: v\n    location: fs:/home/alice/src/docs\n");
        fails(
                1,
                "source \"one\" already exists, skipping\nsource \"two\" already exists, skipping",
                "source",
                "import");
        fails(
                1,
                "source \"nosuch\" does not exist in config\n"
                        + "source empty section name in \":x\", skipping\n"
                        + "source empty section name in \"y:\", skipping",
                "source",
                "import",
                "-overwrite",
                "one:uno",
                "two",
                "nosuch",
                ":x",
                "y:");
        succeeds("source", "show", "-ini", "uno");
        assertThat(run.out).isEqualTo("[uno]\nlocation = fs:/home/alice/src\n");

        String missing =
                "plakar: failed to load config: missing 'location' key in config data, `-rclone` import option missing ?";
        run.input = "";
        fails(1, missing, "source", "import");
        run.input = "[nolocation]\nkey = value\n";
        fails(1, missing, "source", "import");
        run.input = "not a config";
        fails(
                1,
                "plakar: failed to load config: failed to parse config data: key-value delimiter not found: not a config",
                "source",
                "import");
    }

    @Test
    void filesAreImported() throws Exception {
        Files.writeString(directory.resolve("c.ini"), "[five]\nlocation=fs:/srv\n");
        succeeds("source", "import", "-config", "c.ini");
        fails(
                1,
                "plakar: failed to open file \"nofile.ini\": open nofile.ini: no such file or directory",
                "source",
                "import",
                "-config",
                "nofile.ini");
        succeeds("source", "show", "five");
        assertThat(run.out).isEqualTo("five:\n    location: fs:/srv\n");
    }

    @Test
    void remotesOfRcloneAreRecognised() throws Exception {
        run.input = REMOTES;
        succeeds("source", "import", "mydropbox");
        assertThat(run.out).isEqualTo(INFO);
        String entry = """
                    mydropbox:
                        location: rclone://
                        rclone_client_id: abc
                        rclone_client_secret: def
                        rclone_token: '{"access_token":"AT","token_type":"bearer","refresh_token":"RT","expiry":"2030-01-01T00:00:00Z"}'
                        rclone_type: dropbox
                """;
        assertThat(file("sources.yml")).isEqualTo("version: v1.0.0\nsources:\n" + entry);
        succeeds("source", "show", "mydropbox");
        assertThat(run.out).isEqualTo("""
                mydropbox:
                    location: rclone://
                    rclone_client_id: '********'
                    rclone_client_secret: '********'
                    rclone_token: '********'
                    rclone_type: dropbox
                """);
        fails(1, "source \"mydropbox\" already exists, skipping", "source", "import", "-rclone", "mydropbox");
        succeeds("source", "import", "-rclone", "-overwrite", "mydropbox");
        assertThat(run.out).isEmpty();
        succeeds("store", "import", "mydropbox", "-rclone");
        assertThat(run.out).isEmpty();
        succeeds("store", "import", "-rclone", "mydropbox:@at");
        assertThat(file("stores.yml")).contains("    at:\n        location: rclone://\n");
        succeeds("destination", "import", "-rclone");
        succeeds("destination", "import", "-rclone", "@mydropbox:dbx", "local:loc");
        succeeds("destination", "show", "-ini");
        assertThat(run.out).isEqualTo("""
                [dbx]
                location             = rclone://
                rclone_client_id     = ********
                rclone_client_secret = ********
                rclone_token         = ********
                rclone_type          = dropbox
                [loc]
                location      = rclone://
                rclone_remote = /home/alice/remote
                rclone_type   = alias
                [local]
                location      = rclone://
                rclone_remote = /home/alice/remote
                rclone_type   = alias
                [mydropbox]
                location             = rclone://
                rclone_client_id     = ********
                rclone_client_secret = ********
                rclone_token         = ********
                rclone_type          = dropbox
                """);
    }

    @Test
    void namesLeadToPlaces() throws Exception {
        Files.createDirectories(directory.resolve("src/docs"));
        Files.writeString(directory.resolve("src/docs/f"), "text");
        succeeds("source", "add", "other", "fs:" + directory.resolve("src"));
        succeeds("store", "add", "mystore", "./store", "passphrase_cmd=echo wmaKdFRmrYs1ckkmrcFe");
        succeeds("destination", "add", "out", "./out");
        succeeds("at", "@mystore", "create");
        succeeds("at", "@mystore", "backup", "@other:docs");
        succeeds("at", "@mystore", "ls");
        assertThat(run.out).endsWith(directory.resolve("src/docs") + "\n").contains("     4 B ");
        assertThat(run.plakar("at", "@mystore", "restore", "-to", "@out:sub")).isZero();
        assertThat(directory.resolve("out/sub/f")).hasContent("text");
        fails(1, "plakar: could not resolve repository: @nosuch", "at", "@nosuch", "ls");
        fails(1, "plakar: could not resolve importer: @nosuch", "at", "@mystore", "backup", "@nosuch");
        run.variables.put("PLAKAR_REPOSITORY", "@mystore");
        succeeds("ls");
        run.variables.remove("PLAKAR_REPOSITORY");
        Path stores = directory.resolve("home/.config/plakar/stores.yml");
        Files.writeString(
                stores, Files.readString(stores).replace("version: v1.0.0\n", "version: v1.0.0\ndefault: mystore\n"));
        succeeds("ls");
        run.variables.put("PLAKAR_PASSPHRASE", "wrong");
        succeeds("ls");
        assertThat(run.plakar("at", "@mystore:nothere", "ls")).isEqualTo(66);
        assertThat(run.error)
                .startsWith("plakar: failed to open the repository at fs://" + directory.resolve("store/nothere"));
    }

    @Test
    void aDamagedFileStopsOnlyWhatNeedsIt() throws Exception {
        Files.createDirectories(directory.resolve("c1"));
        Files.writeString(directory.resolve("c1/sources.yml"), "foo: [\n");
        succeeds("-configdir", "./c1", "version");
        succeeds("-configdir", "./c1", "store", "show");
        assertThat(run.plakar("-configdir", "./c1", "source", "show")).isEqualTo(1);
        assertThat(run.error)
                .startsWith("plakar: could not load configuration: failed to parse config file: ")
                .contains("c1/sources.yml: yaml: line ");
        assertThat(run.plakar("-config", "./c1", "source", "import", "-config", "x"))
                .isEqualTo(1);
        assertThat(run.error)
                .startsWith("Option -config is deprecated, please use -configdir instead\n"
                        + "plakar: failed to open file \"x\"");
    }

    @Test
    void processesDoNotLoseEachOthersNames() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.plakar.cli.Plakar",
                            "-configdir",
                            directory.resolve("shared").toString(),
                            "source",
                            "add",
                            "n" + i,
                            "/place")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(Files.readString(directory.resolve("shared/sources.yml"))).isEqualTo("""
                version: v1.0.0
                sources:
                    n0:
                        location: /place
                    n1:
                        location: /place
                    n2:
                        location: /place
                """);
    }
}
