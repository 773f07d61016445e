package io.plakar.bench.peers;

import java.util.List;
import java.util.Map;

/** restic, 0.14 or newer. */
record Restic(String program) implements Tool {
    @Override
    public String name() {
        return "restic";
    }

    @Override
    public List<String> version() {
        return List.of(program, "version");
    }

    @Override
    public Map<String, String> environment(Place place) {
        return Map.of(
                "RESTIC_REPOSITORY", place.store().toString(),
                "RESTIC_PASSWORD", PASSPHRASE,
                "RESTIC_CACHE_DIR", place.cache().toString());
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
            case CAT -> List.of(program, "dump", "latest", place.file().toString());
            case RESTORE -> List.of(program, "restore", "latest", "--target", target);
            case FOLDER ->
                List.of(
                        program,
                        "restore",
                        "latest",
                        "--target",
                        target,
                        "--include",
                        place.folder().toString());
            case CHECK -> List.of(program, "check", "--read-data");
        };
    }
}
