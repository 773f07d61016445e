package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Stores that a real Plakar wrote are read as it reads them itself. */
class GoldenStoresTest {
    @TempDir
    Path scratch;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain-1.1.4",
                "encrypted-1.1.4",
                "sha256-nocompress-1.1.4",
                "plain-1.1.4.ptar",
                "encrypted-1.1.4.ptar",
                "plain-1.2.0-devel",
                "encrypted-1.2.0-devel",
                "plain-1.2.0-devel.ptar",
                "encrypted-1.2.0-devel.ptar"
            })
    void the_snapshots_of_a_store_are_listed_checked_and_restored(String name) throws Exception {
        JsonNode expected = Shared.expected().get(name);
        String store = Shared.unpack(name, scratch).toString();
        PlakarProcess plakar = unlocked(expected);

        assertThat(plakar.run("at", store, "ls").succeeded().text())
                .isEqualTo(expected.get("ls").asString());
        plakar.run("at", store, "check").succeeded();
        for (String line : expected.get("ls").asString().lines().toList()) {
            String id = line.strip().split(" +")[1];
            plakar.run(
                            "at",
                            store,
                            "restore",
                            "-to",
                            scratch.resolve("restored-" + id).toString(),
                            id)
                    .succeeded();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain-1.1.4", "plain-1.2.0-devel"})
    void every_attribute_of_every_file_is_restored(String name) throws Exception {
        JsonNode expected = Shared.expected().get(name);
        String store = Shared.unpack(name, scratch).toString();
        PlakarProcess plakar = unlocked(expected);
        List<String> newestFirst = snapshots(expected);
        for (Map.Entry<String, String> snapshot : Map.of("first", newestFirst.get(1), "second", newestFirst.get(0))
                .entrySet()) {
            Path target = scratch.resolve(snapshot.getKey());
            plakar.run("at", store, "restore", "-to", target.toString(), snapshot.getValue())
                    .succeeded();
            TreeManifest wanted = TreeManifest.of(expected.get("manifests").get(snapshot.getKey()));
            assertThat(wanted.differencesIn(TreeManifest.read(target))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain-1.1.4.ptar",
                "encrypted-1.1.4.ptar",
                "plain-1.2.0-devel.ptar",
                "encrypted-1.2.0-devel.ptar"
            })
    void every_attribute_of_every_file_in_an_archive_is_restored(String name) throws Exception {
        JsonNode expected = Shared.expected().get(name);
        String store = Shared.unpack(name, scratch).toString();
        PlakarProcess plakar = unlocked(expected);
        Path target = scratch.resolve("restored");
        plakar.run("at", store, "restore", "-to", target.toString()).succeeded();
        TreeManifest wanted = TreeManifest.of(expected.get("manifest"));
        assertThat(wanted.differencesIn(TreeManifest.read(target))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain-1.1.4",
                "encrypted-1.1.4",
                "sha256-nocompress-1.1.4",
                "plain-1.2.0-devel",
                "encrypted-1.2.0-devel"
            })
    void the_tree_is_listed_line_by_line_and_digests_are_equal(String name) throws Exception {
        JsonNode expected = Shared.expected().get(name);
        String store = Shared.unpack(name, scratch).toString();
        PlakarProcess plakar = unlocked(expected);
        String first = snapshots(expected).get(1);

        List<String> listing =
                plakar.run("at", store, "ls", "-recursive", first).succeeded().lines();
        List<String> wanted = strings(expected.get("ls_recursive_first_lines"));
        assertThat(listing.subList(0, wanted.size()).stream().map(GoldenStoresTest::withoutOwner))
                .containsExactlyElementsOf(
                        wanted.stream().map(GoldenStoresTest::withoutOwner).toList());

        assertThat(plakar.run("at", store, "digest", first).succeeded().lines())
                .containsAll(strings(expected.get("digest")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain-1.1.4", "plain-1.2.0-devel"})
    void the_digest_of_every_file_is_equal(String name) throws Exception {
        JsonNode expected = Shared.expected().get(name);
        String store = Shared.unpack(name, scratch).toString();
        Map<String, String> wanted = new TreeMap<>();
        TreeManifest.of(expected.get("manifests").get("first")).entries().forEach((path, entry) -> {
            if (entry.isRegular()) {
                wanted.put("/golden/src" + path.replace('\n', '?'), entry.sha256());
            }
        });
        Map<String, String> got = new TreeMap<>();
        for (String line : unlocked(expected)
                .run("at", store, "digest", snapshots(expected).get(1))
                .succeeded()
                .lines()) {
            assertThat(line).matches("SHA256 \\(.*\\) = [0-9a-f]{64}");
            got.put(
                    line.substring("SHA256 (".length(), line.lastIndexOf(") = ")),
                    line.substring(line.lastIndexOf(' ') + 1));
        }
        assertThat(got).containsAllEntriesOf(wanted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"encrypted-1.1.4", "encrypted-1.2.0-devel", "encrypted-1.1.4.ptar"})
    void a_wrong_passphrase_is_told_from_every_other_failure(String name) throws Exception {
        String store = Shared.unpack(name, scratch).toString();
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home"));
        Outcome wrong = plakar.withPassphrase("not it").run("at", store, "ls").exitedWith(77);
        assertThat(wrong.out()).isEmpty();
        assertThat(wrong.err()).isNotBlank();
        plakar.run("at", store, "ls").exitedWith(77);
    }

    @Test
    void a_removed_snapshot_stays_removed() throws Exception {
        JsonNode expected = Shared.expected().get("plain-1.1.4");
        String store = Shared.unpack("plain-1.1.4", scratch).toString();
        Outcome outcome = unlocked(expected)
                .run("at", store, "ls", expected.get("removed").asString())
                .failed();
        assertThat(outcome.err()).contains(expected.get("removed").asString());
    }

    private PlakarProcess unlocked(JsonNode expected) throws IOException {
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home"));
        JsonNode passphrase = expected.get("passphrase");
        return passphrase.isNull() ? plakar : plakar.withPassphrase(passphrase.asString());
    }

    private static List<String> snapshots(JsonNode expected) {
        return strings(expected.get("snapshots_newest_first"));
    }

    private static List<String> strings(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    /** A line of a listing without the names of user and group, which depend on the machine. */
    private static String withoutOwner(String line) {
        return line.replaceFirst("^(\\S+ +\\S+) +\\S+ +\\S+", "$1");
    }
}
