package io.plakar.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** This program, or another of the same command line. */
record Plakar(String name, String program) implements Tool {
    @Override
    public List<String> version() {
        return List.of(program, "version");
    }

    @Override
    public Map<String, String> environment(Place place) {
        return Map.of("PLAKAR_PASSPHRASE", PASSPHRASE);
    }

    @Override
    public List<String> command(Step step, Place place, Step newest) {
        List<String> words = new ArrayList<>(List.of(
                program,
                "-quiet",
                "-cachedir",
                place.cache().toString(),
                "at",
                place.store().toString()));
        words.addAll(
                switch (step) {
                    case INIT -> List.of("create");
                    case OPEN -> List.of("ls");
                    case FIRST, UNCHANGED, CHANGED ->
                        List.of("backup", place.source().toString());
                    case LS -> List.of("ls", "-recursive", "latest");
                    case CAT -> List.of("cat", "latest:" + place.file());
                    case RESTORE -> List.of("restore", "-to", place.restored().toString(), "latest");
                    case FOLDER -> List.of("restore", "-to", place.restored().toString(), "latest:" + place.folder());
                    case CHECK -> List.of("check");
                });
        return words;
    }
}
