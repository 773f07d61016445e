package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damage is found, named file by file under each snapshot that it affects, and never restored as if it were data; what
 * is whole comes back. All four stores are copies of one, in which one packfile was damaged; {@code damaged-files.txt}
 * says which files that costs.
 */
class DamagedStoresTest {
    private static final String ORIGINAL = "plain-1.2.0-devel";

    @TempDir
    Path scratch;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "damaged-flipped-bit-in-data",
                "damaged-flipped-bit-in-footer",
                "damaged-truncated-packfile",
                "damaged-missing-packfile"
            })
    void check_fails_and_names_each_damaged_file_under_each_snapshot(String name) throws Exception {
        String store = Shared.unpack(name, scratch).toString();
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home"));
        Outcome all = plakar.run("at", store, "check").exitedWith(65);
        for (String snapshot : List.of("479f1245", "f88f611f")) {
            Outcome one = plakar.run("at", store, "check", snapshot).exitedWith(65);
            Set<String> unnamed = new TreeSet<>();
            for (String path : damagedFiles(name, snapshot)) {
                String line = snapshot + ": KO ✘ /golden/src" + path + ": ";
                for (Outcome outcome : List.of(all, one)) {
                    if (!outcome.err().contains(line) && !outcome.err().contains(line.replace('\n', '?'))) {
                        unnamed.add(path);
                    }
                }
            }
            assertThat(unnamed)
                    .as("damaged files of %s that %s does not name", snapshot, all)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "damaged-flipped-bit-in-data, 479f1245, first",
        "damaged-flipped-bit-in-data, f88f611f, second",
        "damaged-truncated-packfile, 479f1245, first",
        "damaged-truncated-packfile, f88f611f, second",
        "damaged-missing-packfile, 479f1245, first",
        "damaged-missing-packfile, f88f611f, second"
    })
    void restore_fails_leaves_out_what_is_damaged_and_gives_back_the_rest(String name, String snapshot, String manifest)
            throws Exception {
        String store = Shared.unpack(name, scratch).toString();
        Path target = scratch.resolve("restored");
        PlakarProcess.in(scratch.resolve("home"))
                .run("at", store, "restore", "-to", target.toString(), snapshot)
                .failed();
        assertGivesBackTheRest(name, snapshot, manifest, target);
    }

    @ParameterizedTest
    @CsvSource({"479f1245, first", "f88f611f, second"})
    void a_damaged_footer_costs_no_file(String snapshot, String manifest) throws Exception {
        String store = Shared.unpack("damaged-flipped-bit-in-footer", scratch).toString();
        Path target = scratch.resolve("restored");
        PlakarProcess.in(scratch.resolve("home"))
                .run("at", store, "restore", "-to", target.toString(), snapshot)
                .speaksPlainly();
        assertGivesBackTheRest("damaged-flipped-bit-in-footer", snapshot, manifest, target);
    }

    private void assertGivesBackTheRest(String name, String snapshot, String manifest, Path target) throws Exception {
        Set<String> damaged = damagedFiles(name, snapshot);
        TreeManifest wanted =
                TreeManifest.of(Shared.expected().get(ORIGINAL).get("manifests").get(manifest));
        TreeManifest got = TreeManifest.read(target);
        Set<String> wrong = new TreeSet<>();
        wanted.entries().forEach((path, entry) -> {
            TreeManifest.Entry restored = got.entries().get(path);
            if (!entry.isRegular()) {
                if (restored == null) {
                    wrong.add("missing: " + path);
                }
            } else if (damaged.contains(path)) {
                if (restored != null && !restored.sha256().equals(entry.sha256())) {
                    wrong.add("wrong bytes: " + path);
                }
            } else if (restored == null) {
                wrong.add("whole but missing: " + path);
            } else if (!restored.sha256().equals(entry.sha256()) || restored.mtimeNanos() != entry.mtimeNanos()) {
                wrong.add("not as it was: " + path);
            }
        });
        got.entries().keySet().stream()
                .filter(path -> !wanted.entries().containsKey(path))
                .forEach(path -> wrong.add("left behind: " + path));
        assertThat(wrong).isEmpty();
    }

    /** The files without whose content {@code snapshot} must do; escaped newlines are given back. */
    private static Set<String> damagedFiles(String store, String snapshot) throws Exception {
        Set<String> paths = new TreeSet<>();
        Path list = Path.of(
                DamagedStoresTest.class.getResource("/damaged-files.txt").toURI());
        for (String line : Files.readAllLines(list, StandardCharsets.UTF_8)) {
            String[] columns = line.split("\t");
            if (columns.length == 3 && columns[0].equals(store) && columns[1].equals(snapshot)) {
                paths.add(columns[2].replace("\\n", "\n"));
            }
        }
        return paths;
    }
}
