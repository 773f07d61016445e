package io.plakar.bench.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The words of the command line.
 *
 * @param tools names of the programs to run; empty for all that are found
 */
record Options(
        Path base, List<Corpus> corpora, Set<Step> steps, List<String> tools, int rounds, boolean json, boolean keep) {
    static final String USAGE = """
            usage: bench/peers [-dir DIR] [-corpora A,B] [-steps A,B] [-tools A,B] [-rounds N] [-json] [-keep]
              -dir      where corpora and stores are kept (/tmp/plakar-bench); corpora are used again
              -corpora  %s (small,large)
              -steps    %s (all; init and first always run)
              -tools    ours,restic,rustic,borg,kopia,plakar (all that are found)
              -rounds   rounds; the medians count (3)
              -json     one JSON object a line for each corpus, step and program
              -keep     leave the stores of the last round there
            """.formatted(words(Corpus.values()), words(Step.values()));

    static Options of(List<String> words) {
        Path base = Path.of("/tmp/plakar-bench");
        List<Corpus> corpora = List.of(Corpus.SMALL, Corpus.LARGE);
        Set<Step> steps = EnumSet.allOf(Step.class);
        List<String> tools = List.of();
        int rounds = 3;
        boolean json = false;
        boolean keep = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            switch (word) {
                case "-json" -> json = true;
                case "-keep" -> keep = true;
                case "-dir" -> base = Path.of(value(words, ++i)).toAbsolutePath();
                case "-rounds" -> rounds = Integer.parseInt(value(words, ++i));
                case "-tools" -> tools = List.of(value(words, ++i).split(",", -1));
                case "-corpora" -> corpora = constants(Corpus.class, value(words, ++i));
                case "-steps" -> {
                    steps = EnumSet.of(Step.INIT, Step.FIRST);
                    steps.addAll(constants(Step.class, value(words, ++i)));
                }
                default -> throw new IllegalArgumentException("no such option: " + word);
            }
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("-rounds must be at least 1");
        }
        return new Options(base, corpora, steps, tools, rounds, json, keep);
    }

    private static String value(List<String> words, int at) {
        if (at >= words.size()) {
            throw new IllegalArgumentException(words.get(at - 1) + " needs a value");
        }
        return words.get(at);
    }

    private static <E extends Enum<E>> List<E> constants(Class<E> of, String words) {
        List<E> found = new ArrayList<>();
        for (String word : words.split(",", -1)) {
            found.add(Enum.valueOf(of, word.toUpperCase(Locale.ROOT)));
        }
        return found;
    }

    private static String words(Enum<?>[] constants) {
        return String.join(
                ",",
                Arrays.stream(constants)
                        .map(e -> e.name().toLowerCase(Locale.ROOT))
                        .toList());
    }
}
