package io.plakar.bench.peers;

import java.util.List;
import java.util.Map;

/** rustic. */
record Rustic(String program) implements Tool {
    @Override
    public String name() {
        return "rustic";
    }

    @Override
    public List<String> version() {
        return List.of(program, "--version");
    }

    @Override
    public Map<String, String> environment(Place place) {
        return Map.of(
                "RUSTIC_REPOSITORY",
                place.store().toString(),
                "RUSTIC_PASSWORD",
                PASSPHRASE,
                "RUSTIC_NO_PROGRESS",
                "true",
                "RUSTIC_CACHE_DIR",
                place.cache().toString());
    }

    @Override
    public List<String> command(Step step, Place place, Step newest) {
        String target = place.restored().toString();
        return switch (step) {
            case INIT -> List.of(program, "init");
            case OPEN -> List.of(program, "snapshots");
            case FIRST, UNCHANGED, CHANGED ->
                List.of(program, "backup", place.source().toString());
            case LS -> List.of(program, "ls", "latest");
            case CAT -> List.of(program, "dump", "latest:" + place.file());
            case RESTORE -> List.of(program, "restore", "latest", target);
            case FOLDER -> List.of(program, "restore", "latest:" + place.folder(), target);
            case CHECK -> List.of(program, "check", "--read-data");
        };
    }
}
