package io.plakar.app.configuration;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The content of one configuration file. Immutable.
 *
 * @param standard the name used when none is given; only stores have one
 * @param entries name to options, both sorted
 */
public record Places(@Nullable String standard, SortedMap<String, SortedMap<String, String>> entries) {
    static final Places EMPTY = new Places(null, Collections.emptySortedMap());

    public Places {
        SortedMap<String, SortedMap<String, String>> copy = new TreeMap<>();
        entries.forEach((name, options) -> copy.put(name, Collections.unmodifiableSortedMap(new TreeMap<>(options))));
        entries = Collections.unmodifiableSortedMap(copy);
    }

    /** The same with other entries. */
    public Places with(SortedMap<String, SortedMap<String, String>> other) {
        return new Places(standard, other);
    }
}
