package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    private static final Pattern COMPLETED = Pattern.compile(
            "([0-9a-f]{8}): backup completed without errors in [0-9.µmsh]+ \\(in: [^,]+, out: [^)]+\\)\n");

    @TempDir
    Path directory;

    private Run run;

    @BeforeEach
    void start() throws Exception {
        run = new Run(directory);
        Path docs = Files.createDirectories(directory.resolve("src/docs"));
        write(docs.resolve("notes.txt"), "first line\nsecond line\n");
        write(directory.resolve("src/README.md"), "# Demo\n");
        Files.createSymbolicLink(directory.resolve("src/link"), Path.of("docs/notes.txt"));
    }

    private static void write(Path file, String text) throws Exception {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2025-01-02T03:04:05Z")));
    }

    private void created() {
        assertThat(run.plakar("at", "store", "create", "-plaintext"))
                .as(run.error)
                .isZero();
        assertThat(run.out + run.error).isEmpty();
    }

    private String backup(String... more) {
        List<String> words = new ArrayList<>(List.of("at", "store", "backup", "src"));
        words.addAll(List.of(more));
        assertThat(run.plakar(words.toArray(new String[0]))).as(run.error).isZero();
        Matcher line = COMPLETED.matcher(run.out);
        assertThat(line.matches()).as(run.out).isTrue();
        return line.group(1);
    }

    @Test
    void aBackupIsListedReadCheckedAndRestored() throws Exception {
        created();
        String id = backup("-tag", "daily,home");
        assertThat(run.error).isEmpty();

        assertThat(run.plakar("at", "store", "ls", "-tags")).isZero();
        assertThat(run.out)
                .isEqualTo("2026-11-24T10:20:30Z   " + id + "      30 B        0s " + directory
                        + "/src tags=daily,home\n");
        assertThat(run.plakar("at", "store", "ls", id + ":docs")).isZero();
        assertThat(run.out).matches("2025-01-02T03:04:05Z -rw-r--r-- +\\S+ +\\S+ +23 B notes.txt\n");
        assertThat(run.plakar("at", "store", "ls", "-recursive", id)).isZero();
        assertThat(run.out.lines().map(line -> line.replaceAll(".* B | -> .*|.*iB ", "")))
                .containsExactly(
                        directory + "/src/README.md",
                        directory + "/src/docs",
                        directory + "/src/docs/notes.txt",
                        directory + "/src/link");

        assertThat(run.plakar("at", "store", "cat", id + ":link", "latest:README.md"))
                .isZero();
        assertThat(run.out).isEqualTo("first line\nsecond line\n# Demo\n");

        assertThat(run.plakar("at", "store", "digest", "-hashing", "sha256", id + ":README.md"))
                .isZero();
        assertThat(run.out).isEqualTo("SHA256 (" + directory + "/src/README.md) = " + sha256("# Demo\n") + "\n");

        assertThat(run.plakar("at", "store", "locate", "*.txt")).isZero();
        assertThat(run.out).isEqualTo(id + ":" + directory + "/src/docs/notes.txt\n");

        assertThat(run.plakar("at", "store", "check")).as(run.error).isZero();
        assertThat(run.out).matches(id + ": check completed without errors in .*\n");
        assertThat(run.plakar("-v", "at", "store", "check", id + ":docs"))
                .as(run.error)
                .isZero();
        assertThat(run.out).contains(id + ": OK ✓ " + directory + "/src/docs/notes.txt\n");

        assertThat(run.plakar("-quiet", "at", "store", "restore", "-to", "back/there", id))
                .as(run.error)
                .isZero();
        assertThat(run.out).matches(id + ": restore completed without errors in .*\n");
        assertThat(directory.resolve("back/there/docs/notes.txt")).hasContent("first line\nsecond line\n");
        assertThat(Files.readSymbolicLink(directory.resolve("back/there/link"))).hasToString("docs/notes.txt");
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void anUnchangedTreeIsNotReadAgain() {
        created();
        backup();
        assertThat(run.plakar("-json", "at", "store", "backup", "src")).isZero();
        assertThat(run.error).isEmpty();
        List<String> lines = run.out.lines().toList();
        assertThat(lines).allSatisfy(line -> assertThat(line).startsWith("{\"version\":1,\"type\":\""));
        assertThat(lines.getLast())
                .startsWith("{\"version\":1,\"type\":\"summary\"")
                .contains("\"files_new\":0,\"files_changed\":0,\"files_unmodified\":2")
                .contains("\"content_read\":0,\"files_read\":0")
                .containsPattern("\"snapshot_id\":\"[0-9a-f]{64}\"")
                .contains("\"errors\":0,\"duration_ms\":");
    }

    @Test
    void pathsThatWentWellAreShownOnRequest() {
        created();
        assertThat(run.plakar("-stdio", "at", "store", "backup", "src")).isZero();
        assertThat(run.out).contains(": OK ✓ " + directory + "/src/docs/notes.txt\n");
        assertThat(run.plakar("-stdio", "-quiet", "at", "store", "backup", "src"))
                .isZero();
        assertThat(run.out).doesNotContain("OK");
        assertThat(run.plakar("-silent", "at", "store", "backup", "src")).isZero();
        assertThat(run.out + run.error).isEmpty();
    }

    @Test
    void differencesAreToldLineByLineOrInShort() throws Exception {
        created();
        String first = backup();
        write(directory.resolve("src/README.md"), "# Demo\nmore\n");
        Files.delete(directory.resolve("src/docs/notes.txt"));
        assertThat(run.plakar("at", "store", "diff", "-recursive", "-exit-code", first))
                .isEqualTo(1);
        assertThat(run.out)
                .isEqualTo("--- " + first + ":" + directory + "/src/README.md\n+++ " + directory + "/src/README.md\n"
                        + "@@ -1 +1,2 @@\n # Demo\n+more\nCommon subdirectories: " + directory + "/src/docs and "
                        + directory + "/src/docs\nOnly in " + directory + "/src/docs: notes.txt\n");
        assertThat(run.plakar("at", "store", "diff", "-recursive", "-summary", first))
                .isZero();
        assertThat(run.out).isEqualTo("M " + directory + "/src/README.md\n- " + directory + "/src/docs/notes.txt\n");
    }

    @Test
    void removingShowsAPlanFirst() {
        created();
        String id = backup();
        assertThat(run.plakar("at", "store", "rm")).isEqualTo(1);
        assertThat(run.error).startsWith("plakar: no filter specified, not going to remove everything\n");
        assertThat(run.plakar("at", "store", "rm", id.substring(0, 3))).isEqualTo(1);
        assertThat(run.plakar("at", "store", "rm", id)).isZero();
        assertThat(run.out)
                .startsWith("rm: would remove these 1 snapshot(s), run with -apply to proceed\n2026-11-24T10:20:30Z   "
                        + id);
        assertThat(run.plakar("at", "store", "rm", "-apply", id)).isZero();
        assertThat(run.out).isEqualTo("info: rm: removal of " + id + " completed successfully\n");
        assertThat(run.plakar("at", "store", "ls")).isZero();
        assertThat(run.out).isEmpty();
    }

    @Test
    void whatFailsSaysWhyAndHasItsOwnStatus() {
        assertThat(run.plakar("at", "./nostore", "ls")).isEqualTo(66);
        assertThat(run.error)
                .startsWith("plakar: failed to open the repository at fs://" + directory + "/nostore: open " + directory
                        + "/nostore/CONFIG: no such file or directory\n"
                        + "To specify an alternative repository, please use \"plakar at <location> <command>\".\n");
        assertThat(run.plakar("at", "ftp://x/y", "ls")).isEqualTo(66);
        assertThat(run.plakar("at", "@nosuch", "ls")).isEqualTo(1);
        assertThat(run.error).startsWith("plakar: could not resolve repository: @nosuch\n");
        created();
        assertThat(run.plakar("at", "store", "create", "-plaintext")).isEqualTo(1);
        assertThat(run.error).startsWith("plakar: directory " + directory + "/store is not empty\n");
        backup();
        assertThat(run.plakar("at", "store", "ls", "0123456")).isEqualTo(1);
        assertThat(run.error).isEqualTo("plakar: no snapshot has prefix: 0123456\n");
        assertThat(run.plakar("at", "store", "check", "012")).isEqualTo(1);
        assertThat(run.plakar("at", "store", "check", "latest:nosuch")).isEqualTo(65);
        assertThat(run.error).contains(": KO ✘ " + directory + "/src/nosuch: file does not exist\n");
        assertThat(run.plakar("at", "store", "cat", "latest:nosuch", "latest:README.md"))
                .isEqualTo(1);
        assertThat(run.out).isEqualTo("# Demo\n");
        assertThat(run.error)
                .isEqualTo("error: cat: " + directory + "/src/nosuch: no such file\nplakar: errors occurred\n");
        assertThat(run.plakar("at", "store", "ls", "-since", "now-ish")).isEqualTo(2);
        assertThat(run.plakar("at", "store", "backup", "nosuchdir")).isEqualTo(1);
        assertThat(run.plakar("at", "store", "backup", "-force-timestamp", "2099-01-01", "src"))
                .isEqualTo(1);
        assertThat(run.plakar("-json", "at", "store", "ls", "01234")).isEqualTo(1);
        assertThat(run.out)
                .isEqualTo(
                        "{\"version\":1,\"type\":\"error\",\"level\":\"error\",\"code\":\"FAILURE\",\"exit_status\":1,"
                                + "\"message\":\"no snapshot has prefix: 01234\"}\n");
    }

    @Test
    void anEncryptedStoreAsksAndRefuses() {
        Deque<String> lines =
                new ArrayDeque<>(List.of("Correct horse battery, staple 9!", "Correct horse battery, staple 9!"));
        run.prompt = label -> lines.remove().getBytes(StandardCharsets.UTF_8);
        assertThat(run.plakar("at", "store", "create")).as(run.error).isZero();
        run.variables.put("PLAKAR_PASSPHRASE", "wrong");
        assertThat(run.plakar("at", "store", "ls")).isEqualTo(77);
        assertThat(run.error).startsWith("plakar: failed to unlock repository\n");
        run.variables.put("PLAKAR_PASSPHRASE", "Correct horse battery, staple 9!");
        assertThat(run.plakar("at", "store", "ls")).as(run.error).isZero();
    }

    @Test
    void aNewerFileIsNotOverwrittenWithoutBeingTold() throws Exception {
        created();
        String id = backup();
        Path target = Files.createDirectories(directory.resolve("target"));
        Files.writeString(target.resolve("README.md"), "newer");
        assertThat(run.plakar("-quiet", "at", "store", "restore", "-to", "target", id))
                .isEqualTo(1);
        assertThat(run.out).contains("restore completed with 1 error in ");
        assertThat(target.resolve("README.md")).hasContent("newer");
        assertThat(run.plakar("at", "store", "restore", "-overwrite", "always", "-to", "target", id))
                .isZero();
        assertThat(target.resolve("README.md")).hasContent("# Demo\n");
    }

    @Test
    void aPtarAndAnArchiveAreMade() throws Exception {
        assertThat(run.plakar("ptar", "-plaintext", "-o", "a.ptar", "src"))
                .as(run.error)
                .isZero();
        assertThat(run.plakar("at", "a.ptar", "cat", "latest:README.md"))
                .as(run.error)
                .isZero();
        assertThat(run.out).isEqualTo("# Demo\n");
        assertThat(run.plakar("ptar", "-plaintext", "-o", "a.ptar", "src")).isEqualTo(1);
        assertThat(run.error).contains("use -overwrite to overwrite it");
        assertThat(run.plakar("ptar", "-plaintext", "-k", "a.ptar", "-o", "b.ptar", "src", "src/docs"))
                .as(run.error)
                .isZero();
        assertThat(run.plakar("at", "b.ptar", "ls")).as(run.error).isZero();
        assertThat(run.out.lines()).hasSize(3);
        assertThat(run.plakar("at", "b.ptar", "check")).as(run.error).isZero();
        for (String format : List.of("tar", "tarball", "zip")) {
            assertThat(run.plakar("at", "a.ptar", "archive", "-format", format, "-output", "out." + format, "latest"))
                    .as(run.error)
                    .isZero();
            assertThat(directory.resolve("out." + format)).isNotEmptyFile();
        }
        assertThat(run.plakar("at", "a.ptar", "archive", "-format", "rar", "latest"))
                .isEqualTo(1);
        assertThat(run.error).startsWith("plakar: unsupported format rar\n");
    }

    @Test
    void aDryRunWritesNothing() {
        assertThat(run.plakar("backup", "-dry-run", "-ignore", "*.md", "src"))
                .as(run.error)
                .isZero();
        assertThat(run.out)
                .contains("00000000: OK ✓ " + directory + "/src/docs/notes.txt\n")
                .doesNotContain("README");
    }

    @Test
    void aTruncatedConfigurationIsNamedAndNothingIsOverwritten() throws Exception {
        created();
        Path config = directory.resolve("store/CONFIG");
        Files.write(config, Arrays.copyOf(Files.readAllBytes(config), 100));
        assertThat(run.plakar("at", "store", "ls")).isEqualTo(66);
        assertThat(run.error).contains("CONFIG", "hint: there is a store, but not all of it");
        assertThat(run.plakar("at", "store", "create", "-plaintext")).isEqualTo(1);
        assertThat(config).hasSize(100);
    }

    @Test
    void damagedDataIsNamedAndNotRestored() throws Exception {
        created();
        byte[] noise = new byte[1 << 20];
        new Random(7).nextBytes(noise);
        Files.write(directory.resolve("src/noise"), noise);
        String id = backup();
        try (Stream<Path> files = Files.walk(directory.resolve("store/packfiles"))) {
            for (Path packfile : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(packfile);
                if (bytes.length > noise.length) {
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(packfile, bytes);
                }
            }
        }
        assertThat(run.plakar("at", "store", "check")).isEqualTo(65);
        assertThat(run.error)
                .contains(id + ": KO ✘ " + directory + "/src/noise: chunk ")
                .contains("plakar: check failed for 1 snapshot\n");
        assertThat(run.plakar("at", "store", "restore", "-to", "back", id)).isEqualTo(65);
        assertThat(run.out).contains("restore completed with 1 error in ");
        assertThat(directory.resolve("back/noise")).doesNotExist();
        assertThat(directory.resolve("back/README.md")).hasContent("# Demo\n");
        assertThat(run.plakar("at", "store", "cat", id + ":noise")).isEqualTo(65);
    }

    @Test
    void secretsAreNotRecorded() {
        created();
        backup("-o", "password=hunter2");
        assertThat(run.plakar("at", "store", "info", "latest")).isZero();
        assertThat(run.out)
                .contains(" - CommandLine: plakar at store backup src -o password=********\n")
                .doesNotContain("hunter2");
    }
}
