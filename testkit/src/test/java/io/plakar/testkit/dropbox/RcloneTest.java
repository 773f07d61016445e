package io.plakar.testkit.dropbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plakar.testkit.dropbox.DropboxAccount.FileState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the machine's own rclone makes of the emulator: one for all tests, a new account for each. Another rclone can be named in the
 * variable {@code PLAKAR_TEST_RCLONE}; without any, these tests are skipped.
 */
class RcloneTest {
    private static final Instant TIME = Instant.parse("2021-03-04T05:06:07Z");
    private static final String PROGRAM = System.getenv().getOrDefault("PLAKAR_TEST_RCLONE", "rclone");

    @TempDir
    static Path contents;

    private static DropboxEmulator dropbox;

    @TempDir
    Path directory;

    private DropboxAccount ada;
    private Path config;

    @BeforeAll
    static void start() throws Exception {
        boolean runs = rcloneRuns();
        if (!runs) {
            System.err.println("SKIPPED: there is no " + PROGRAM + " on this machine");
        }
        assumeTrue(runs, "SKIPPED: there is no rclone on this machine");
        dropbox = new DropboxEmulator(contents).start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (dropbox != null) {
            assertThat(dropbox.refusedHosts()).isEmpty();
            dropbox.close();
        }
    }

    private static boolean rcloneRuns() throws InterruptedException {
        try {
            Process process = new ProcessBuilder(PROGRAM, "version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @BeforeEach
    void account() throws IOException {
        ada = dropbox.addPersonal("Ada Example", "ada@example.org");
        config = Files.writeString(directory.resolve("rclone.conf"), dropbox.rcloneSection("my", ada));
        dropbox.calls().reset();
    }

    @AfterEach
    void nothingGoesWrongAnyMore() {
        dropbox.faults().clear();
    }

    private record Outcome(int status, String output, String errors) {}

    private Outcome run(byte[] input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(PROGRAM, "--config", config.toString()));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        Path in = Files.write(Files.createTempFile(directory, "input", ""), input);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(errors.toFile()).redirectInput(in.toFile());
        builder.environment().putAll(dropbox.environment());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output, Files.readString(errors));
    }

    private String rclone(String... arguments) throws Exception {
        Outcome outcome = run(new byte[0], arguments);
        assertThat(outcome.status())
                .as("%s: %s%n%s", String.join(" ", arguments), outcome.errors(), dropbox.calls())
                .isZero();
        return outcome.output();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static SortedMap<String, FileState> local(Path root) throws IOException {
        SortedMap<String, FileState> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        "/" + root.relativize(file),
                        new FileState(
                                Files.size(file),
                                Files.getLastModifiedTime(file).toInstant(),
                                ContentHash.of(Files.readAllBytes(file))));
            }
        }
        return files;
    }

    private static void write(Path file, int size, Random random) throws IOException {
        byte[] content = new byte[size];
        random.nextBytes(content);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(TIME.plusSeconds(random.nextInt(1_000_000))));
    }

    private static SortedMap<String, FileState> below(String folder, SortedMap<String, FileState> files) {
        SortedMap<String, FileState> moved = new TreeMap<>();
        files.forEach((path, state) -> moved.put(folder + path, state));
        return moved;
    }

    @Test
    void filesAreListedWithTheirSizesTimesAndHashes() throws Exception {
        ada.put("/docs/a b #1.txt", bytes("hello\n"), TIME);
        ada.put("/Ünïcode 😀.bin", bytes(""), TIME);
        ada.makeFolder("/empty");

        assertThat(rclone("lsf", "-R", "my:").lines())
                .containsExactlyInAnyOrder("docs/", "docs/a b #1.txt", "empty/", "Ünïcode 😀.bin");
        assertThat(rclone("lsjson", "--hash", "my:docs"))
                .contains("\"Size\":6", "2021-03-04T05:06:07", ContentHash.of(bytes("hello\n")));
    }

    @Test
    void aTreeOfAThousandFilesIsCopiedBothWaysUnchanged() throws Exception {
        Path from = directory.resolve("from");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            write(from.resolve("folder " + i % 50).resolve("file " + i + ".bin"), random.nextInt(2_000), random);
        }

        rclone("copy", "--transfers", "16", "--dropbox-batch-mode", "off", from.toString(), "my:backup");
        assertThat(ada.files()).as("seed %d", seed).isEqualTo(below("/backup", local(from)));
        assertThat(dropbox.calls().of("files/upload")).as("%s", dropbox.calls()).isEqualTo(1_000);

        dropbox.calls().reset();
        Path to = directory.resolve("to");
        rclone("copy", "--transfers", "16", "my:backup", to.toString());
        assertThat(local(to)).as("seed %d", seed).isEqualTo(local(from));
        assertThat(dropbox.calls().downloads()).isEqualTo(1_000);
        assertThat(dropbox.calls().others()).as("%s", dropbox.calls()).isLessThanOrEqualTo(60);
    }

    @Test
    void namesThatOthersStumbleOverAreCopiedBothWays() throws Exception {
        Path from = directory.resolve("from");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (String name : List.of(
                ".hidden",
                "..twodots",
                "spaces in  the middle",
                "#hash?%41&=+;,",
                "quote\"'`",
                "back\\slash",
                "é-ü-日本-😀",
                "[brackets]{braces}",
                "last.",
                "n".repeat(200),
                "trailing ")) {
            write(from.resolve(name), random.nextInt(3), random);
            write(from.resolve("in " + name + " x").resolve(name), random.nextInt(100), random);
        }
        Files.createDirectories(from.resolve("empty").resolve("emptier"));

        rclone("copy", "--create-empty-src-dirs", from.toString(), "my:");
        assertThat(ada.folders()).containsKey("/empty/emptier");
        Path to = directory.resolve("to");
        rclone("copy", "--create-empty-src-dirs", "my:", to.toString());
        assertThat(local(to)).as("seed %d", seed).isEqualTo(local(from));
        assertThat(to.resolve("empty").resolve("emptier")).isEmptyDirectory();
    }

    @Test
    void foldersAreMadeMovedCopiedAndPurged() throws Exception {
        rclone("mkdir", "my:a/b/c");
        assertThat(ada.folders()).containsOnlyKeys("/a", "/a/b", "/a/b/c");
        ada.put("/a/b/x.txt", bytes("x"), TIME);
        rclone("moveto", "my:a/b", "my:z");
        assertThat(ada.files()).containsOnlyKeys("/z/x.txt");
        rclone("copyto", "my:z/x.txt", "my:z/y.txt");
        assertThat(ada.files().get("/z/y.txt")).isEqualTo(ada.files().get("/z/x.txt"));
        rclone("purge", "my:z");
        assertThat(ada.files()).isEmpty();
        assertThat(ada.folders()).containsOnlyKeys("/a");
        rclone("rmdir", "my:a");
        assertThat(ada.folders()).isEmpty();
    }

    @Test
    void standardInputBecomesAFileAndRangesOfItAreRead() throws Exception {
        assertThat(run(bytes("0123456789"), "rcat", "my:in.txt").status()).isZero();
        assertThat(rclone("cat", "my:in.txt")).isEqualTo("0123456789");
        dropbox.calls().reset();
        assertThat(rclone("cat", "--offset", "3", "--count", "4", "my:in.txt")).isEqualTo("3456");
        assertThat(dropbox.calls().bytesDownloaded()).isEqualTo(4);
        assertThat(rclone("about", "my:")).contains("Total:");
        assertThat(rclone("link", "my:in.txt")).startsWith("https://www.dropbox.com/");
    }

    @Test
    void aLargeFileComesInPieces() throws Exception {
        Path from = directory.resolve("from");
        write(from.resolve("large.bin"), 20 << 20, new Random(7));
        rclone("copy", "--dropbox-chunk-size", "8M", from.toString(), "my:");
        assertThat(ada.files()).isEqualTo(local(from));
        assertThat(dropbox.calls().of("files/upload_session/append_v2")).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aNameInOtherCaseIsTheSameName() throws Exception {
        ada.put("/Docs/Read Me.TXT", bytes("x"), TIME);
        assertThat(rclone("lsf", "my:dOCS")).isEqualTo("Read Me.TXT\n");
        assertThat(run(bytes("y"), "rcat", "my:docs/READ ME.txt").status()).isZero();
        assertThat(ada.files()).containsOnlyKeys("/Docs/Read Me.TXT");
    }

    @Test
    void anExpiredTokenIsRefreshedAndKept() throws Exception {
        String past = "\"expiry\":\"2020-01-01T00:00:00Z\"";
        String before = dropbox.rcloneSection("my", ada).replaceFirst("\"expiry\":\"[^\"]*\"", past);
        Files.writeString(config, before);
        dropbox.expireAccessTokens();
        ada.put("/a.txt", bytes("a"), TIME);

        assertThat(rclone("cat", "my:a.txt")).isEqualTo("a");

        assertThat(dropbox.calls().of("oauth2/token")).isOne();
        assertThat(Files.readString(config)).isNotEqualTo(before).contains(ada.refreshToken());
    }

    @Test
    void rcloneEndsWithoutErrorsWhenCallsFailNowAndThen() throws Exception {
        for (int i = 0; i < 30; i++) {
            ada.put("/f/" + i + ".txt", bytes("content " + i), TIME);
        }
        dropbox.faults().every(10, new Fault.TooManyRequests(Duration.ofSeconds(1)), "files/download"::equals);
        dropbox.faults().every(13, new Fault.ServerError(503));
        dropbox.faults().every(17, new Fault.DroppedConnection());
        dropbox.faults().every(19, new Fault.TruncatedBody());
        long before = dropbox.faults().injected();
        Path to = directory.resolve("to");

        rclone("copy", "my:f", to.toString());

        assertThat(local(to)).hasSize(30);
        assertThat(below("/f", local(to))).isEqualTo(ada.files());
        assertThat(dropbox.faults().injected()).isGreaterThan(before);
    }

    @Test
    void aFullDropboxIsToldAsSuch() throws Exception {
        ada.quotaBytes(10);
        Outcome outcome = run(new byte[100], "rcat", "--retries", "1", "my:big.bin");
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.errors()).contains("insufficient_space");
        assertThat(ada.files()).isEmpty();
    }

    @Test
    void aMembersFilesAreInTheHomeFolderOfTheTeam() throws Exception {
        DropboxAccount bob = dropbox.addBusiness("Bob Member", "bob@example.org", "Example");
        Files.writeString(config, dropbox.rcloneSection("team", bob));
        bob.put("/mine.txt", bytes("mine"), TIME);
        assertThat(rclone("lsf", "team:")).isEqualTo("mine.txt\n");
        assertThat(rclone("lsf", "-R", "team:/").lines())
                .containsExactlyInAnyOrder("Bob Member/", "Bob Member/mine.txt");
    }
}
