package io.plakar.bench.peers;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** borgbackup 1.2 or newer of the first line; each backup step makes an archive of its own name. */
record Borg(String program) implements Tool {
    @Override
    public String name() {
        return "borg";
    }

    @Override
    public List<String> version() {
        return List.of(program, "--version");
    }

    @Override
    public Map<String, String> environment(Place place) {
        return Map.of(
                "BORG_PASSPHRASE",
                PASSPHRASE,
                "BORG_BASE_DIR",
                place.cache().toString(),
                "BORG_RELOCATED_REPO_ACCESS_IS_OK",
                "yes");
    }

    @Override
    public List<String> command(Step step, Place place, Step newest) {
        String store = place.store().toString();
        String archive = store + "::" + newest.word();
        return switch (step) {
            case INIT -> List.of(program, "init", "-e", "repokey-blake2", store);
            case OPEN -> List.of(program, "list", store);
            case FIRST, UNCHANGED, CHANGED ->
                List.of(
                        program,
                        "create",
                        store + "::" + step.word(),
                        place.source().toString());
            case LS -> List.of(program, "list", archive);
            case CAT -> List.of(program, "extract", "--stdout", archive, relative(place.file()));
            case RESTORE -> List.of(program, "extract", archive);
            case FOLDER -> List.of(program, "extract", archive, relative(place.folder()));
            case CHECK -> List.of(program, "check", "--verify-data", store);
        };
    }

    private static String relative(Path path) {
        return path.toString().substring(1);
    }
}
