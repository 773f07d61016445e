package io.plakar.cli.render;

/** Colours, or none. */
public enum Paint {
    PLAIN("", "", ""),
    COLOR("\u001b[38;5;46m", "\u001b[38;5;196m", "\u001b[0m");

    private final String green;
    private final String red;
    private final String reset;

    Paint(String green, String red, String reset) {
        this.green = green;
        this.red = red;
        this.reset = reset;
    }

    String good(String text) {
        return green + text + reset;
    }

    String bad(String text) {
        return red + text + reset;
    }
}
