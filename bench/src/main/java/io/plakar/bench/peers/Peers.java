package io.plakar.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs this program and each peer found on the machine over the same corpora, by turns within each step of each round, and
 * prints medians and ratios. What a program restored is compared with the source in the first round; a program that fails
 * is told, and left out from there on. The first argument is the launcher, the rest {@link Options#USAGE}.
 */
public final class Peers {
    private final Options options;
    private final List<Tool> tools;
    private final Measured measured;
    private final Path stores;

    private Peers(Options options, List<Tool> tools) {
        this.options = options;
        this.tools = tools;
        this.stores = options.base().resolve("run");
        this.measured = new Measured(options.base());
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Options options;
        try {
            options = Options.of(Arrays.asList(arguments).subList(1, arguments.length));
        } catch (IllegalArgumentException e) {
            System.err.println("bench/peers: " + e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        Files.createDirectories(options.base());
        List<Tool> tools = tools(Path.of(arguments[0]).toAbsolutePath(), options);
        Peers peers = new Peers(options, tools);
        Report report = new Report(options.json());
        report.machine(tools.stream().map(peers::describe).toList());
        for (Corpus corpus : options.corpora()) {
            peers.run(corpus, report);
        }
    }

    private static List<Tool> tools(Path launcher, Options options) throws IOException {
        List<Tool> all = new ArrayList<>(List.of(new Plakar("ours", launcher.toString())));
        add(all, find("restic"), Restic::new);
        add(all, find("rustic"), Rustic::new);
        add(all, find("borg"), Borg::new);
        add(all, find("kopia"), Kopia::new);
        String other = find("plakar");
        if (other != null && !Files.isSameFile(Path.of(other), launcher)) {
            all.add(new Plakar("plakar", other));
        }
        if (!options.tools().isEmpty()) {
            all.removeIf(tool -> !options.tools().contains(tool.name()));
        }
        return all;
    }

    private static void add(List<Tool> all, @Nullable String program, java.util.function.Function<String, Tool> make) {
        if (program != null) {
            all.add(make.apply(program));
        }
    }

    private static @Nullable String find(String program) {
        for (String directory : String.valueOf(System.getenv("PATH")).split(":", -1)) {
            Path candidate = Path.of(directory.isEmpty() ? "." : directory, program);
            if (Files.isExecutable(candidate)) {
                return candidate.toAbsolutePath().toString();
            }
        }
        return null;
    }

    private String describe(Tool tool) {
        try {
            measured.run(tool.version(), Map.of(), options.base());
            return tool.name() + ": " + Files.readAllLines(measured.output()).getFirst();
        } catch (IOException e) {
            return tool.name() + ": " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return tool.name();
        }
    }

    private void run(Corpus corpus, Report report) throws IOException, InterruptedException {
        Path tree = corpus.make(options.base().resolve("corpora"));
        List<Path> files = Corpus.files(tree);
        Path file = files.get(files.size() / 2);
        Path folder = Corpus.folder(tree, files);
        report.begin(corpus, files.size(), Corpus.bytes(tree));
        Map<Step, Map<Tool, List<Usage>>> figures = new EnumMap<>(Step.class);
        List<Tool> running = new ArrayList<>(tools);
        for (int round = 0; round < options.rounds(); round++) {
            Corpus.delete(stores);
            Step newest = Step.FIRST;
            boolean changed = false;
            try {
                for (Step step : Step.values()) {
                    if (!options.steps().contains(step)) {
                        continue;
                    }
                    if (step == Step.CHANGED) {
                        changed = true;
                        Corpus.change(files);
                    }
                    newest = step.isBackup() ? step : newest;
                    for (int i = 0; i < running.size(); i++) {
                        // A different program first in each round: none always meets the warmer or the busier machine.
                        Tool tool = running.get((i + round) % running.size());
                        Place place = new Place(tree, stores.resolve(tool.name()), file, folder);
                        report.progress(corpus, round, step, tool);
                        Usage usage = run(step, tool, place, newest, round == 0, report);
                        if (usage == null) {
                            running.remove(tool);
                            i--;
                            continue;
                        }
                        figures.computeIfAbsent(step, key -> new HashMap<>())
                                .computeIfAbsent(tool, key -> new ArrayList<>())
                                .add(usage);
                    }
                }
            } finally {
                if (changed) {
                    Corpus.change(files);
                }
            }
        }
        Map<Step, Map<Tool, Usage>> medians = new EnumMap<>(Step.class);
        figures.forEach((step, of) -> {
            Map<Tool, Usage> row = new HashMap<>();
            of.forEach((tool, usages) -> row.put(tool, Usage.median(usages)));
            medians.put(step, row);
        });
        report.end(corpus, options.rounds(), tools, medians);
        if (!options.keep()) {
            Corpus.delete(stores);
        }
    }

    private @Nullable Usage run(Step step, Tool tool, Place place, Step newest, boolean verify, Report report)
            throws IOException, InterruptedException {
        Corpus.delete(place.restored());
        Files.createDirectories(place.restored());
        Files.createDirectories(place.cache());
        try {
            Map<String, String> environment = tool.environment(place);
            Usage usage = measured.run(tool.command(step, place, newest), environment, place.restored());
            if (verify) {
                verify(step, place);
            }
            for (List<String> command : tool.afterwards(step, place)) {
                measured.run(command, environment, place.restored());
            }
            Corpus.delete(place.restored());
            return new Usage(usage.wall(), usage.cpu(), usage.peak(), size(place.store()));
        } catch (Measured.Failed e) {
            report.failed(tool, step, e);
            return null;
        }
    }

    /** Files of a running program's store may come and go. */
    private static long size(Path store) throws IOException {
        return Files.exists(store) ? Corpus.bytes(store) : 0;
    }

    private void verify(Step step, Place place) throws IOException {
        switch (step) {
            case CAT -> {
                if (Files.mismatch(measured.output(), place.file()) >= 0) {
                    throw new Measured.Failed("printed something other than " + place.file());
                }
            }
            case RESTORE -> compare(place.source(), place.restored());
            case FOLDER -> compare(place.folder(), place.restored());
            default -> {}
        }
    }

    /** Programs differ in how much of the path they make again: the source's own name is looked for below the target. */
    private static void compare(Path source, Path restored) throws IOException {
        List<Path> wanted = Corpus.files(source);
        List<Path> found = Corpus.files(restored);
        if (found.size() != wanted.size()) {
            throw new Measured.Failed("restored " + found.size() + " of " + wanted.size() + " files");
        }
        Path[] top = new Path[1];
        String first = source.relativize(wanted.getFirst()).toString();
        for (Path path : found) {
            String text = path.toString();
            if (text.endsWith("/" + first)) {
                top[0] = Path.of(text.substring(0, text.length() - first.length()));
                break;
            }
        }
        if (top[0] == null) {
            throw new Measured.Failed("restored without " + first);
        }
        for (Path file : wanted) {
            Path copy = top[0].resolve(source.relativize(file));
            if (!Files.exists(copy) || Files.mismatch(copy, file) >= 0) {
                throw new Measured.Failed("restored something other than " + file);
            }
        }
    }
}
