package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes use one store at once. */
@Tag("slow")
class ParallelBackupsTest {
    @TempDir
    Path scratch;

    @Test
    void six_backups_with_listings_and_checks_beside_them_all_arrive() throws Exception {
        String store = scratch.resolve("store").toString();
        PlakarProcess owner = PlakarProcess.in(scratch.resolve("home"));
        owner.run("at", store, "create", "-plaintext").succeeded();
        Path common = SourceTree.random(scratch.resolve("common"), 8 << 20, 4, 0);
        String first =
                owner.run("at", store, "backup", common.toString()).succeeded().snapshotId();

        List<PlakarProcess.Running> backups = new ArrayList<>();
        List<Path> sources = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            // Half of each source is its own and half is everybody's: they race for the same chunks.
            Path source = SourceTree.random(scratch.resolve("source-" + i), 8 << 20, 8, i);
            SourceTree.random(source.resolve("common"), 8 << 20, 4, 99);
            sources.add(source);
            // Some share a home, and with it the local index; some do not.
            PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home-" + i / 2));
            backups.add(plakar.start("at", store, "backup", source.toString()));
        }
        List<PlakarProcess.Running> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(owner.start("at", store, "ls"));
            readers.add(owner.start("at", store, "check", first));
        }
        for (PlakarProcess.Running reader : readers) {
            reader.await().succeeded();
        }
        List<String> ids = new ArrayList<>();
        for (PlakarProcess.Running backup : backups) {
            ids.add(backup.await().succeeded().snapshotId());
        }

        String listing = owner.run("at", store, "ls").succeeded().text();
        assertThat(ids)
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(listing).contains(id));
        assertThat(listing.lines()).hasSize(7);
        owner.run("at", store, "check").succeeded();
        for (int i = 0; i < 6; i++) {
            Path restored = scratch.resolve("restored-" + i);
            owner.run("at", store, "restore", "-to", restored.toString(), ids.get(i))
                    .succeeded();
            SourceTree.assertEqual(sources.get(i), restored);
        }
        Shared.verify(Path.of(store));
    }
}
