package io.plakar.app.packages;

import java.util.Locale;

/**
 * An operating system and a processor in the words of Go, which package names and snapshot headers use.
 *
 * @param system {@code linux}, {@code darwin}, {@code windows}
 * @param architecture {@code amd64}, {@code arm64}
 */
public record Platform(String system, String architecture) {
    /** From the words of Java's {@code os.name} and {@code os.arch}. */
    public static Platform ofJava(String system, String architecture) {
        String lower = system.toLowerCase(Locale.ROOT);
        return new Platform(
                lower.startsWith("mac") ? "darwin" : lower.startsWith("windows") ? "windows" : lower,
                switch (architecture) {
                    case "x86_64", "amd64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> architecture;
                });
    }
}
