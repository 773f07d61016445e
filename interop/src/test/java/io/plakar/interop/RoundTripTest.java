package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What goes in comes out, and the verifier has nothing to say about the store in between. */
class RoundTripTest {
    private static final String PASSPHRASE = "correct horse battery staple 42!";

    @TempDir
    Path scratch;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-plaintext",
                "-plaintext -hashing SHA256",
                "-plaintext -no-compression",
                "-hashing SHA256 -no-compression"
            })
    void a_restore_equals_its_source_in_every_kind_of_store(String options) throws Exception {
        Path source = SourceTree.withEverything(scratch.resolve("source"));
        Path store = scratch.resolve("store");
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home")).withPassphrase(PASSPHRASE);
        plakar.run(words("at " + store + " create " + options)).succeeded();
        String first = plakar.run("at", store.toString(), "backup", source.toString())
                .succeeded()
                .snapshotId();
        plakar.run("at", store.toString(), "check").succeeded();
        Path restored = scratch.resolve("restored");
        plakar.run("at", store.toString(), "restore", "-to", restored.toString(), first)
                .succeeded();
        SourceTree.assertEqual(source, restored);

        // Later snapshots share data with the first one; the store must be right with all of them.
        Files.writeString(source.resolve("docs/hello.txt"), "changed\n");
        Files.delete(source.resolve("docs/zero.bin"));
        String second = plakar.run("at", store.toString(), "backup", source.toString())
                .succeeded()
                .snapshotId();
        assertThat(second).isNotEqualTo(first);
        plakar.run("at", store.toString(), "backup", source.resolve("docs").toString())
                .succeeded();
        Path again = scratch.resolve("again");
        plakar.run("at", store.toString(), "restore", "-to", again.toString(), second)
                .succeeded();
        SourceTree.assertEqual(source, again);
        Shared.verify(store, "--passphrase", PASSPHRASE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-plaintext", "-plaintext -hashing SHA256 -no-compression"})
    void an_archive_file_is_a_store(String options) throws Exception {
        Path source = SourceTree.withEverything(scratch.resolve("source"));
        Path archive = scratch.resolve("archive.ptar");
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home")).withPassphrase(PASSPHRASE);
        plakar.run(words("ptar " + options + " -o " + archive + " " + source)).succeeded();
        List<String> listing =
                plakar.run("at", archive.toString(), "ls").succeeded().lines();
        assertThat(listing).hasSize(1);
        plakar.run("at", archive.toString(), "check").succeeded();
        Path restored = scratch.resolve("restored");
        plakar.run("at", archive.toString(), "restore", "-to", restored.toString())
                .succeeded();
        SourceTree.assertEqual(source, restored);
        Shared.verify(archive, "--passphrase", PASSPHRASE);
        plakar.run(words("ptar " + options + " -o " + archive + " " + source)).failed();
    }

    @Test
    void a_tar_of_a_snapshot_unpacks_to_its_source() throws Exception {
        Path source = SourceTree.withEverything(scratch.resolve("source"));
        Path store = scratch.resolve("store");
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home"));
        plakar.run("at", store.toString(), "create", "-plaintext").succeeded();
        String id = plakar.run("at", store.toString(), "backup", source.toString())
                .succeeded()
                .snapshotId();
        Path tar = scratch.resolve("out.tar");
        plakar.run("at", store.toString(), "archive", "-format", "tar", "-rebase", "-output", tar.toString(), id)
                .succeeded();
        Path unpacked = Files.createDirectories(scratch.resolve("unpacked"));
        SourceTree.shell(
                scratch,
                "-c",
                "tar --xattrs --xattrs-include='*' --numeric-owner -xpf \"$1\" -C \"$2\" && diff -r --no-dereference"
                        + " -x pipe \"$3\" \"$2\"",
                "sh",
                tar.toString(),
                unpacked.toString(),
                source.toString());
        assertThat(Files.getLastModifiedTime(unpacked.resolve("docs/data.json")))
                .isEqualTo(Files.getLastModifiedTime(source.resolve("docs/data.json")));

        // And the tar goes back in, through the tar connector.
        Path back = scratch.resolve("back");
        String fromTar = plakar.run("at", store.toString(), "backup", "tar:" + tar)
                .succeeded()
                .snapshotId();
        plakar.run("at", store.toString(), "restore", "-to", back.toString(), fromTar + ":/")
                .succeeded();
        SourceTree.shell(
                scratch,
                "-c",
                "diff -r --no-dereference -x pipe \"$1\" \"$2\"",
                "sh",
                source.toString(),
                back.toString());
        Shared.verify(store);
    }

    @Test
    void standard_input_becomes_a_file() throws Exception {
        Path store = scratch.resolve("store");
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home"));
        plakar.run("at", store.toString(), "create", "-plaintext").succeeded();
        byte[] data = "what a database dumped\n".repeat(1000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String id = plakar.runWithInput(data, "at", store.toString(), "backup", "stdin:dump.sql")
                .succeeded()
                .snapshotId();
        assertThat(plakar.run("at", store.toString(), "cat", id + ":/dump.sql")
                        .succeeded()
                        .out())
                .isEqualTo(data);
        Shared.verify(store);
    }

    @Test
    void an_unchanged_tree_is_neither_read_nor_stored_again() throws Exception {
        Path source = SourceTree.random(scratch.resolve("source"), 20 << 20, 20, 5);
        Path store = scratch.resolve("store");
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home"));
        plakar.run("at", store.toString(), "create", "-plaintext").succeeded();
        plakar.run("at", store.toString(), "backup", source.toString()).succeeded();
        long before = SourceTree.size(store);
        List<String> events = plakar.run("-json", "at", store.toString(), "backup", source.toString())
                .succeeded()
                .lines();
        JsonNode summary = new ObjectMapper().readTree(events.getLast());
        assertThat(summary.get("type").asString()).isEqualTo("summary");
        assertThat(summary.get("files_unmodified").asLong()).isEqualTo(20);
        assertThat(summary.get("files_read").asLong()).isZero();
        assertThat(summary.get("content_read").asLong()).isZero();
        // A packfile is padded with at least some random bytes; 2 MiB is far below the 20 MiB of content.
        assertThat(SourceTree.size(store) - before).isLessThan(2 << 20);
        Shared.verify(store);
    }

    private static String[] words(String line) {
        return line.trim().split(" +");
    }
}
