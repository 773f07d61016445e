package io.plakar.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names for the numbers of users and groups: the recorded one, else what this machine calls the number, else the number.
 * The machine's files are read on first need. For one thread.
 */
final class LocalAccounts {
    private @Nullable Map<Long, String> users;
    private @Nullable Map<Long, String> groups;

    String user(String recorded, long number) {
        if (!recorded.isEmpty()) {
            return recorded;
        }
        Map<Long, String> known = users;
        if (known == null) {
            known = read(Path.of("/etc/passwd"));
            users = known;
        }
        return known.getOrDefault(number, Long.toUnsignedString(number));
    }

    String group(String recorded, long number) {
        if (!recorded.isEmpty()) {
            return recorded;
        }
        Map<Long, String> known = groups;
        if (known == null) {
            known = read(Path.of("/etc/group"));
            groups = known;
        }
        return known.getOrDefault(number, Long.toUnsignedString(number));
    }

    private static Map<Long, String> read(Path file) {
        Map<Long, String> names = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(":", 4);
                if (fields.length > 2 && fields[2].matches("\\d{1,10}")) {
                    names.putIfAbsent(Long.parseLong(fields[2]), fields[0]);
                }
            }
        } catch (IOException e) {
            // Not a system with these files: numbers are shown.
        }
        return names;
    }
}
