package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When something is wrong around the program it says so in one line, with the right exit status, and loses nothing. */
class FailuresTest {
    @TempDir
    Path scratch;

    @Test
    void a_missing_store_is_named() throws Exception {
        Outcome outcome =
                plakar().run("at", scratch.resolve("nowhere").toString(), "ls").exitedWith(66);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains(scratch.resolve("nowhere").toString());
    }

    @Test
    void a_truncated_configuration_is_named() throws Exception {
        Path store = storeWithOneSnapshot();
        byte[] config = Files.readAllBytes(store.resolve("CONFIG"));
        for (int length : new int[] {0, 1, 10, config.length / 2, config.length - 1}) {
            Files.write(store.resolve("CONFIG"), Arrays.copyOf(config, length));
            Outcome outcome = plakar().run("at", store.toString(), "ls").failed();
            assertThat(outcome.exit()).as("%s", outcome).isIn(65, 66);
            assertThat(outcome.err()).containsIgnoringCase("config");
        }
        Files.write(store.resolve("CONFIG"), config);
        plakar().run("at", store.toString(), "check").succeeded();
    }

    @Test
    void a_source_that_does_not_exist_makes_no_snapshot() throws Exception {
        Path store = storeWithOneSnapshot();
        Outcome outcome = plakar().run(
                        "at",
                        store.toString(),
                        "backup",
                        scratch.resolve("absent").toString())
                .failed();
        assertThat(outcome.err()).contains("absent");
        assertThat(plakar().run("at", store.toString(), "ls").succeeded().lines())
                .hasSize(1);
    }

    @Test
    void an_unreadable_file_is_reported_and_the_rest_is_kept() throws Exception {
        // Root reads everything; it runs the program as somebody else.
        PlakarProcess plakar = SourceTree.root() ? unprivileged() : plakar();
        Path source = SourceTree.random(plakar.home().resolve("source"), 4096, 4, 3);
        Files.setPosixFilePermissions(source.resolve("file-2"), Set.of());
        String store = plakar.home().resolve("store").toString();
        plakar.run("at", store, "create", "-plaintext").succeeded();
        Outcome outcome = plakar.run("at", store, "backup", source.toString()).succeeded();
        assertThat(outcome.err()).contains("file-2");
        assertThat(outcome.text()).contains("with 1 error");
        assertThat(plakar.run("at", store, "info", "-errors", outcome.snapshotId())
                        .succeeded()
                        .text())
                .contains("file-2");
        plakar.run("at", store, "backup", "-strict", source.toString()).exitedWith(3);
        Path target = plakar.home().resolve("restored");
        plakar.run("at", store, "restore", "-to", target.toString(), outcome.snapshotId())
                .speaksPlainly();
        assertThat(target.resolve("file-3")).hasSameBinaryContentAs(source.resolve("file-3"));
        Shared.verify(Path.of(store));
    }

    @Test
    void a_user_without_rights_gets_back_what_is_theirs() throws Exception {
        Assumptions.assumeTrue(SourceTree.root(), "RoundTripTest does this for any other user");
        PlakarProcess plakar = unprivileged();
        Path source = SourceTree.withEverything(plakar.home().resolve("source"), PlakarProcess.asUser());
        String store = plakar.home().resolve("store").toString();
        plakar.run("at", store, "create", "-plaintext").succeeded();
        plakar.run("at", store, "backup", source.toString()).succeeded();
        Path target = plakar.home().resolve("restored");
        plakar.run("at", store, "restore", "-to", target.toString()).succeeded();
        SourceTree.assertEqual(source, target);
        Shared.verify(Path.of(store));
    }

    @Test
    void nothing_on_standard_output_but_results() throws Exception {
        Path store = storeWithOneSnapshot();
        for (String[] arguments : new String[][] {
            {"cat", "latest:/nothing/here"},
            {"ls", "0123456789"},
            {"restore", "-to", scratch.resolve("r").toString(), "0123456789"},
            {"check", "01234567"},
            {"digest", "01234567"},
            {"nonsense"}
        }) {
            Outcome outcome = plakar().run(Stream.concat(Stream.of("at", store.toString()), Arrays.stream(arguments))
                            .toArray(String[]::new))
                    .failed();
            assertThat(outcome.out()).as("%s", outcome).isEmpty();
        }
    }

    @Test
    void a_wrong_option_is_a_usage_error() throws Exception {
        Outcome outcome = plakar().run("-nosuch", "version").exitedWith(2);
        assertThat(outcome.err()).contains("flag provided but not defined: -nosuch");
    }

    @Test
    void help_and_version_need_no_store() throws Exception {
        for (String[] arguments : new String[][] {
            {"version"}, {"help"}, {"-h"}, {"help", "backup"}, {"at", "/nonexistent", "backup", "-h"}
        }) {
            Outcome outcome = plakar().run(arguments).succeeded();
            assertThat(outcome.out()).as("%s", outcome).isNotEmpty();
            assertThat(outcome.err()).as("%s", outcome).isEmpty();
        }
        assertThat(plakar().run("version").text()).startsWith("plakar/v");
    }

    @Test
    void a_full_disk_under_the_store_costs_only_the_run() throws Exception {
        Path disk = mountTmpfs("size=40m");
        try {
            Path store = disk.resolve("store");
            plakar().run("at", store.toString(), "create", "-plaintext").succeeded();
            Path small = SourceTree.random(scratch.resolve("small"), 2 << 20, 2, 1);
            String id = plakar().run("at", store.toString(), "backup", small.toString())
                    .succeeded()
                    .snapshotId();
            Path large = SourceTree.random(scratch.resolve("large"), 100 << 20, 10, 2);
            Outcome outcome = plakar().run("at", store.toString(), "backup", large.toString())
                    .failed();
            assertThat(outcome.err()).containsPattern("(?i)space|full");
            assertThat(plakar().run("at", store.toString(), "ls").succeeded().lines())
                    .hasSize(1);
            plakar().run("at", store.toString(), "check", id).succeeded();
        } finally {
            unmount(disk);
        }
    }

    @Test
    void a_full_disk_under_a_restore_leaves_no_wrong_bytes() throws Exception {
        Path source = SourceTree.random(scratch.resolve("source"), 20 << 20, 10, 4);
        Path store = scratch.resolve("store");
        plakar().run("at", store.toString(), "create", "-plaintext").succeeded();
        plakar().run("at", store.toString(), "backup", source.toString()).succeeded();
        Path disk = mountTmpfs("size=9m");
        try {
            Path target = disk.resolve("restored");
            Outcome outcome = plakar().run("at", store.toString(), "restore", "-to", target.toString())
                    .failed();
            assertThat(outcome.err()).containsPattern("(?i)space|full");
            try (Stream<Path> files = Files.walk(target)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(file).hasSameBinaryContentAs(source.resolve(target.relativize(file)));
                }
            }
        } finally {
            unmount(disk);
        }
    }

    @Test
    void a_read_only_target_is_named() throws Exception {
        Path store = storeWithOneSnapshot();
        Path disk = mountTmpfs("size=1m,ro");
        try {
            Outcome restore = plakar().run(
                            "at",
                            store.toString(),
                            "restore",
                            "-to",
                            disk.resolve("x").toString())
                    .failed();
            assertThat(restore.err()).contains(disk.toString());
            Outcome create = plakar().run("at", disk.resolve("s").toString(), "create", "-plaintext")
                    .failed();
            assertThat(create.err()).contains(disk.toString());
        } finally {
            unmount(disk);
        }
    }

    @Test
    void hostile_names_in_a_tar_stay_inside_the_target() throws Exception {
        Path tar = scratch.resolve("hostile.tar");
        Path outside = scratch.resolve("outside");
        Files.createDirectories(outside);
        Files.write(
                tar,
                TarBytes.of(
                        TarBytes.file("good.txt", "good"),
                        TarBytes.file("../evil-up.txt", "evil"),
                        TarBytes.file("a/../../evil-mid.txt", "evil"),
                        TarBytes.file(outside + "/evil-abs.txt", "evil"),
                        TarBytes.symlink("hop", outside.toString()),
                        TarBytes.file("hop/evil-hop.txt", "evil"),
                        TarBytes.file("x".repeat(99), "long")));
        Path store = scratch.resolve("store");
        plakar().run("at", store.toString(), "create", "-plaintext").succeeded();
        Outcome backup =
                plakar().run("at", store.toString(), "backup", "tar:" + tar).speaksPlainly();
        Path target = scratch.resolve("deep/er/restored");
        if (backup.exit() == 0) {
            plakar().run("at", store.toString(), "restore", "-to", target.toString(), backup.snapshotId() + ":/")
                    .speaksPlainly();
            assertThat(target.resolve("good.txt")).hasContent("good");
        }
        assertThat(outside).isEmptyDirectory();
        try (Stream<Path> all = Files.walk(scratch)) {
            assertThat(all.filter(p -> p.getFileName().toString().startsWith("evil"))
                            .filter(p -> !p.startsWith(target))
                            .toList())
                    .isEmpty();
        }
        Shared.verify(store);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "/evil-absolute", "../../evil-up", "a/../../../evil-mid", "x\0evil"})
    void hostile_names_in_an_archive_stay_inside_the_target(String hostile) throws Exception {
        // The stand-in sorts where the forged name does, between "!good.txt" and nothing.
        String standIn = "-".repeat(hostile.length() - 1) + "@";
        for (boolean directory : new boolean[] {false, true}) {
            Path at = Files.createDirectories(scratch.resolve("deep/er/" + directory));
            Path source = Files.createDirectories(at.resolve("source"));
            Files.writeString(source.resolve("!good.txt"), "good");
            Path named = source.resolve(standIn);
            if (directory) {
                Files.createDirectories(named);
                Files.writeString(named.resolve("evil.txt"), "evil");
            } else {
                Files.writeString(named, "evil");
            }
            Path honest = at.resolve("honest.ptar");
            Path forged = at.resolve("forged.ptar");
            plakar().run("ptar", "-plaintext", "-o", honest.toString(), source.toString())
                    .succeeded();
            ForgedArchive.make(at, Map.of("/" + standIn, "/" + hostile, asText(standIn), asText(hostile)));
            Path outside = Files.createDirectories(at.resolve("outside"));
            Path target = outside.resolve("in/to/target");

            Outcome restore = plakar().run("at", forged.toString(), "restore", "-to", target.toString())
                    .exitedWith(65);
            restore.speaksPlainly();
            assertThat(target.resolve("!good.txt")).hasContent("good");
            assertThat(restore.err().lines().filter(line -> line.contains("refused")))
                    .as("%s", restore)
                    .hasSize(1);
            for (String reading :
                    directory ? new String[] {"check"} : new String[] {"ls -recursive latest", "archive latest"}) {
                Outcome outcome = plakar().run(
                                Stream.concat(Stream.of("at", forged.toString()), Stream.of(reading.split(" ")))
                                        .toArray(String[]::new))
                        .failed();
                assertThat(outcome.speaksPlainly().exit()).as("%s", outcome).isIn(1, 65);
            }
            try (Stream<Path> all = Files.walk(scratch)) {
                assertThat(all.filter(p -> p.getFileName().toString().contains("evil"))
                                .filter(p -> !p.startsWith(source) && !p.startsWith(target)))
                        .isEmpty();
            }
        }
    }

    /** A short text as records have it: its length before it. */
    private static String asText(String text) {
        return (char) (0xa0 + text.length()) + text;
    }

    @Test
    void an_archive_with_any_byte_changed_gives_a_typed_error() throws Exception {
        long seed = Long.getLong("plakar.test.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        byte[] original = Files.readAllBytes(Shared.unpack("plain-1.2.0-devel.ptar", scratch));
        Path archive = scratch.resolve("mutant.ptar");
        for (int i = 0; i < 24; i++) {
            byte[] mutant = original.clone();
            // Half of the damage goes where the structure is: the beginning and the end.
            int at = i % 2 == 0 ? random.nextInt(mutant.length) : mutant.length - 1 - random.nextInt(60_000);
            if (i % 8 == 7) {
                at = random.nextInt(400);
            }
            mutant[at] ^= (byte) (1 << random.nextInt(8));
            if (i % 6 == 5) {
                mutant = Arrays.copyOf(mutant, random.nextInt(mutant.length));
            }
            Files.write(archive, mutant);
            Outcome outcome = plakar().run("at", archive.toString(), "check");
            assertThat(outcome.exit())
                    .as("mutant %d, byte %d, seed %d: %s", i, at, seed, outcome)
                    .isIn(0, 1, 65, 66, 78);
            outcome.speaksPlainly();
        }
    }

    private PlakarProcess plakar() throws Exception {
        return PlakarProcess.in(scratch.resolve("home"));
    }

    private PlakarProcess unprivileged() throws Exception {
        // Others must be able to pass through the temporary directory.
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwx--x--x"));
        return PlakarProcess.ofUser(Files.createDirectories(scratch.resolve("somebody")));
    }

    private Path storeWithOneSnapshot() throws Exception {
        Path store = scratch.resolve("store");
        Path source = Files.createDirectories(scratch.resolve("tiny"));
        Files.writeString(source.resolve("a.txt"), "a", StandardCharsets.UTF_8);
        plakar().run("at", store.toString(), "create", "-plaintext").succeeded();
        plakar().run("at", store.toString(), "backup", source.toString()).succeeded();
        return store;
    }

    private Path mountTmpfs(String options) throws Exception {
        if (!SourceTree.root()) {
            System.err.println("SKIPPED: mounting a small file system needs root");
            Assumptions.abort("needs root");
        }
        Path disk = Files.createDirectories(scratch.resolve("disk"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (mount.waitFor() != 0) {
            System.err.println("SKIPPED: this machine does not let us mount a small file system");
            Assumptions.abort("cannot mount");
        }
        return disk;
    }

    private static void unmount(Path disk) throws Exception {
        SourceTree.shell(Path.of("/"), "-c", "umount \"$1\"", "sh", disk.toString());
    }
}
