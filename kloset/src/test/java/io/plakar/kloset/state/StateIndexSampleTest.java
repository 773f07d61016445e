package io.plakar.kloset.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.Mac;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The index over a store written by the original program. */
class StateIndexSampleTest {
    @TempDir
    private Path directory;

    @Test
    void tellsTheLiveAndRemovedSnapshotsAndEveryBlobOfThePlaintextSample() throws Exception {
        JsonNode store = StateFixtures.vectors("sample-store-plaintext.json");
        JsonNode expected = store.get("expected");
        List<Mac> states = new ArrayList<>();
        expected.get("states").forEach(state -> states.add(StateFixtures.mac(state.get("id"))));
        try (StateIndex index = StateIndex.open(directory.resolve("cache"), directory.resolve("temporary"))) {
            assertThat(index.unknown(states)).isEqualTo(states);
            for (Mac state : states) {
                String hex = state.toHex();
                byte[] file = StateFixtures.file(store, "states/" + hex.substring(0, 2) + "/" + hex);
                index.add(state, StateReader.VERSION_WITH_PARENT, new ByteArrayInputStream(StateFixtures.decode(file)));
            }
            assertThat(index.unknown(states)).isEmpty();
            index.refresh(states);

            List<Mac> live = new ArrayList<>();
            for (JsonNode packfile : expected.get("packfiles")) {
                for (JsonNode blob : packfile.get("blobs_type_mac_offset_length_declen_sha256prefix")) {
                    if (blob.get(0).asString().equals("snapshot")) {
                        live.add(StateFixtures.mac(blob.get(1)));
                    }
                }
            }
            List<Mac> removed = new ArrayList<>();
            expected.get("removed_snapshots").forEach(snapshot -> removed.add(StateFixtures.mac(snapshot)));
            assertThat(live).containsAll(removed);
            live.removeAll(removed);
            assertThat(live).isNotEmpty();
            assertThat(index.snapshots()).containsExactlyInAnyOrderElementsOf(live);
            assertThat(index.removedSnapshots()).containsExactlyElementsOf(removed);
            assertThat(index.colours()).hasSize(removed.size());
            assertThat(index.packfiles()).hasSize(3);
            for (JsonNode packfile : expected.get("packfiles")) {
                Mac id = StateFixtures.mac(packfile.get("id"));
                List<String> found = new ArrayList<>();
                index.forEachLocation(
                        id, (type, blob, in, offset, length) -> found.add(blob + " " + offset + " " + length));
                List<String> listed = new ArrayList<>();
                packfile.get("blobs_type_mac_offset_length_declen_sha256prefix")
                        .forEach(blob -> listed.add(blob.get(1).asString() + " "
                                + blob.get(2).asLong() + " " + blob.get(3).asLong()));
                assertThat(found).containsExactlyInAnyOrderElementsOf(listed);
            }
        }
    }
}
