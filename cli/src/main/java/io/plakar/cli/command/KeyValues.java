package io.plakar.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of {@code -o KEY[=VALUE]} options. */
final class KeyValues {
    private KeyValues() {}

    /** Split at the first {@code =}; a key without one is {@code true}. */
    static Map<String, String> of(List<String> words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            values.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "true" : word.substring(equals + 1));
        }
        return values;
    }
}
