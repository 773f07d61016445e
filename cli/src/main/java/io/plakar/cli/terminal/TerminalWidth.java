package io.plakar.cli.terminal;

import io.plakar.app.Variables;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Columns of the controlling terminal, asked for on a thread of its own and again when the window changed. */
public final class TerminalWidth {
    private static final int FALLBACK = 80;
    private static final File TTY = new File("/dev/tty");

    private volatile int columns;

    public TerminalWidth(Variables variables) {
        columns = number(variables.get("COLUMNS"), FALLBACK);
        if (TTY.exists()) {
            refresh();
            Signals.handle("WINCH", this::refresh);
        }
    }

    /** Columns as far as known now; 80 when nothing is. */
    public int columns() {
        return columns;
    }

    private void refresh() {
        Thread.ofPlatform().daemon().name("terminal-width").start(this::ask);
    }

    private void ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(TTY)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader answer =
                    new BufferedReader(new InputStreamReader(stty.getInputStream(), StandardCharsets.US_ASCII))) {
                String line = answer.readLine();
                if (line != null && stty.waitFor(1, TimeUnit.SECONDS)) {
                    columns = number(line.substring(line.indexOf(' ') + 1), columns);
                }
            }
        } catch (IOException e) {
            // No such program: what is known stays.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int number(@org.jspecify.annotations.Nullable String text, int otherwise) {
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.strip());
            return value > 0 ? value : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
