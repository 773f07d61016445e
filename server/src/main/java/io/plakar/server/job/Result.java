package io.plakar.server.job;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came of a job that was not broken off.
 *
 * @param clean whether nothing at all went wrong
 * @param numbers by name, in order; values are texts and numbers
 */
public record Result(boolean clean, Map<String, Object> numbers) {
    /** Collects the numbers; for one thread. */
    public static final class Builder {
        private final Map<String, Object> numbers = new LinkedHashMap<>();

        public Builder with(String name, long value) {
            numbers.put(name, value);
            return this;
        }

        public Builder with(String name, String value) {
            numbers.put(name, value);
            return this;
        }

        public Result build(boolean clean) {
            return new Result(clean, numbers);
        }
    }
}
