package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whenever the program is killed, nothing that was there is lost and little has to be done again. */
@Tag("slow")
class CrashTest {
    private static final int KILLS = Integer.getInteger("plakar.test.kills", 20);
    private static final long SOURCE_BYTES = 500L << 20;
    /** What may be sent twice; and beside it the metadata of a small tree, which any snapshot has. */
    private static final long RESENT_BYTES = 64L << 20;

    private static final long METADATA_BYTES = 2L << 20;

    @TempDir
    Path scratch;

    @Test
    void a_backup_killed_at_any_moment_leaves_a_sound_store_and_resumes() throws Exception {
        long seed = Long.getLong("plakar.test.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        Path source = SourceTree.random(scratch.resolve("source"), SOURCE_BYTES, 25, 1);
        Path earlierSource = SourceTree.random(scratch.resolve("earlier"), 3 << 20, 3, 2);
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home"));

        // One undisturbed run tells how long and how large.
        Path store = scratch.resolve("store-undisturbed");
        String earlier = begin(plakar, store, earlierSource);
        long start = System.nanoTime();
        plakar.run("at", store.toString(), "backup", source.toString()).succeeded();
        long millis = (System.nanoTime() - start) / 1_000_000;
        long undisturbed = SourceTree.size(store);
        remove(store);

        List<String> complaints = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            long moment = random.nextLong(millis);
            String run = "run " + i + " killed after " + moment + " of " + millis + " ms, seed " + seed;
            store = scratch.resolve("store-" + i);
            earlier = begin(plakar, store, earlierSource);
            PlakarProcess.Running running = plakar.start("at", store.toString(), "backup", source.toString());
            boolean killed = running.killAfter(moment);

            assertThat(plakar.run("at", store.toString(), "ls").succeeded().text())
                    .as(run)
                    .contains(earlier);
            plakar.run("at", store.toString(), "check", earlier).succeeded();
            String id = plakar.run("at", store.toString(), "backup", source.toString())
                    .succeeded()
                    .snapshotId();
            long again = SourceTree.size(store) - undisturbed;
            if (killed && again > RESENT_BYTES + METADATA_BYTES) {
                complaints.add(run + ": sent again " + again + " bytes");
            }
            if (i % 5 == 0) {
                plakar.run("at", store.toString(), "check", id).succeeded();
            }
            remove(store);
        }
        assertThat(complaints).isEmpty();
    }

    private static String begin(PlakarProcess plakar, Path store, Path earlierSource) throws Exception {
        plakar.run("at", store.toString(), "create", "-plaintext").succeeded();
        return plakar.run("at", store.toString(), "backup", earlierSource.toString())
                .succeeded()
                .snapshotId();
    }

    private static void remove(Path directory) throws Exception {
        SourceTree.shell(Path.of("/"), "-c", "rm -rf \"$1\"", "sh", directory.toString());
    }
}
