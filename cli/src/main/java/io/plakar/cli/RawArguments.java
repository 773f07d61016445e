package io.plakar.cli;

import io.plakar.app.RawText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Gets the words of the command line back as the bytes they were. The JVM decodes them with the locale's character set
 * and loses what that does not have; Linux shows them again in {@code /proc/self/cmdline}.
 */
final class RawArguments {
    private RawArguments() {}

    /** {@code words} as {@link RawText}. */
    static List<String> of(String[] words) {
        for (String word : words) {
            if (!isAscii(word)) {
                return fromSystem(words);
            }
        }
        return List.of(words);
    }

    private static List<String> fromSystem(String[] words) {
        byte[] all;
        try {
            all = Files.readAllBytes(Path.of("/proc/self/cmdline"));
        } catch (IOException e) {
            return List.of(words);
        }
        List<String> system = split(all);
        int first = system.size() - words.length;
        for (int i = 0; i < words.length; i++) {
            // The JVM's own words come first; should the rest not be ours after all, what the JVM gave is used.
            if (first < 0 || (isAscii(words[i]) && !words[i].equals(system.get(first + i)))) {
                return List.of(words);
            }
        }
        return system.subList(first, system.size());
    }

    static List<String> split(byte[] commandLine) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                words.add(RawText.decode(java.util.Arrays.copyOfRange(commandLine, start, i)));
                start = i + 1;
            }
        }
        return words;
    }

    private static boolean isAscii(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
