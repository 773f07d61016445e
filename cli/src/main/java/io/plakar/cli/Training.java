package io.plakar.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs several command lines in one JVM, one after the other, whatever becomes of each. The launcher starts it when the
 * JVM records what an ahead-of-time cache should hold. Words are those of the program; a lone {@code ;} ends a line.
 */
final class Training {
    private Training() {}

    public static void main(String[] words) {
        List<String> line = new ArrayList<>();
        for (String word : words) {
            if (word.equals(";")) {
                run(line);
                line.clear();
            } else {
                line.add(word);
            }
        }
        run(line);
        System.exit(0);
    }

    private static void run(List<String> line) {
        if (!line.isEmpty()) {
            new Program(Surroundings.ofProcess()).run(List.copyOf(line));
        }
    }
}
