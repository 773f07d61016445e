package io.plakar.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The environment variables of a run. Immutable. */
public final class Variables {
    private final Map<String, String> values;
    private final boolean ofThisProcess;

    private Variables(Map<String, String> values, boolean ofThisProcess) {
        this.values = values;
        this.ofThisProcess = ofThisProcess;
    }

    /** Those of this process. */
    public static Variables ofProcess() {
        return new Variables(System.getenv(), true);
    }

    public static Variables of(Map<String, String> values) {
        return new Variables(Map.copyOf(values), false);
    }

    /** The value, or null when unset or empty. */
    public @Nullable String get(String name) {
        String value = values.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /**
     * The value's bytes as the process was given them, or null when unset or empty. Unlike {@link #get} this does not
     * depend on the locale: in the C locale a JVM cannot tell the letters of a passphrase apart.
     */
    public byte @Nullable [] bytes(String name) {
        String value = get(name);
        if (value == null) {
            return null;
        }
        if (!ofThisProcess || value.chars().allMatch(c -> c < 0x80)) {
            return value.getBytes(StandardCharsets.UTF_8);
        }
        byte[] raw = rawValue(name);
        return raw != null ? raw : value.getBytes(StandardCharsets.UTF_8);
    }

    /** A boolean as Go reads it; anything else is false. */
    public boolean isTrue(String name) {
        String value = get(name);
        return value != null && Boolean.TRUE.equals(GoBoolean.parse(value));
    }

    private static byte @Nullable [] rawValue(String name) {
        byte[] all;
        try {
            all = Files.readAllBytes(Path.of("/proc/self/environ"));
        } catch (IOException e) {
            return null;
        }
        byte[] key = (name + "=").getBytes(StandardCharsets.US_ASCII);
        int start = 0;
        for (int i = 0; i <= all.length; i++) {
            if (i == all.length || all[i] == 0) {
                if (startsWith(all, start, i, key)) {
                    return java.util.Arrays.copyOfRange(all, start + key.length, i);
                }
                start = i + 1;
            }
        }
        return null;
    }

    private static boolean startsWith(byte[] all, int from, int to, byte[] key) {
        return to - from >= key.length && java.util.Arrays.equals(all, from, from + key.length, key, 0, key.length);
    }
}
