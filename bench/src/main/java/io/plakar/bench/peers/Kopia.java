package io.plakar.bench.peers;

import java.util.List;
import java.util.Map;

/** kopia; compresses as the others do, which it does not by default. */
record Kopia(String program) implements Tool {
    private static final String ROOT =
            "root=$(\"$0\" snapshot list --json -n 1 \"$1\" | sed -n 's/.*\"obj\":\"\\([^\"]*\\)\".*/\\1/p' | tail -n 1) && ";
    private static final String LIST = ROOT + "exec \"$0\" ls -r \"$root\"";
    private static final String SHOW = ROOT + "exec \"$0\" show \"$root/$2\"";

    @Override
    public String name() {
        return "kopia";
    }

    @Override
    public List<String> version() {
        return List.of(program, "--version");
    }

    @Override
    public Map<String, String> environment(Place place) {
        return Map.of(
                "KOPIA_PASSWORD", PASSPHRASE,
                "KOPIA_CHECK_FOR_UPDATES", "false",
                "KOPIA_CONFIG_PATH", place.work().resolve("kopia.config").toString(),
                "KOPIA_CACHE_DIRECTORY", place.cache().toString(),
                "KOPIA_LOG_DIR", place.work().resolve("logs").toString());
    }

    @Override
    public List<String> command(Step step, Place place, Step newest) {
        String target = place.restored().toString();
        String source = place.source().toString();
        return switch (step) {
            case INIT ->
                List.of(
                        program,
                        "repository",
                        "create",
                        "filesystem",
                        "--path",
                        place.store().toString());
            case OPEN -> List.of(program, "snapshot", "list");
            case FIRST, UNCHANGED, CHANGED -> List.of(program, "snapshot", "create", "--no-progress", source);
            // Kopia lists by object id only; a path resolves to the newest snapshot in these:
            case LS -> List.of("sh", "-c", LIST, program, source);
            case CAT ->
                List.of(
                        "sh",
                        "-c",
                        SHOW,
                        program,
                        source,
                        place.source().relativize(place.file()).toString());
            case RESTORE -> List.of(program, "restore", "--no-progress", "--snapshot-time=latest", source, target);
            case FOLDER ->
                List.of(
                        program,
                        "restore",
                        "--no-progress",
                        "--snapshot-time=latest",
                        place.folder().toString(),
                        target);
            case CHECK -> List.of(program, "snapshot", "verify", "--verify-files-percent=100");
        };
    }

    @Override
    public List<List<String>> afterwards(Step step, Place place) {
        return step == Step.INIT
                ? List.of(List.of(program, "policy", "set", "--global", "--compression=zstd-fastest"))
                : List.of();
    }
}
