package io.plakar.bench;

/** A program that does nothing: what the JVM itself costs. */
public final class Nothing {
    private Nothing() {}

    public static void main(String[] arguments) {}
}
