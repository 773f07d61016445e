package io.plakar.app;

import java.io.Console;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks on the controlling terminal, {@code /dev/tty}, whatever the standard streams are, with echo switched off; on
 * systems without {@code /dev/tty} through the system console. Echo is restored on every path, a signal included.
 */
public final class TerminalPrompt implements SecretPrompt {
    private static final File TTY = new File("/dev/tty");
    private static final int MAX_BYTES = 4096;

    @Override
    public byte @Nullable [] ask(String label) throws Failure {
        if (!TTY.exists()) {
            return askConsole(label);
        }
        try (FileInputStream in = new FileInputStream(TTY);
                FileOutputStream out = new FileOutputStream(TTY)) {
            return askTty(label, in, out);
        } catch (IOException e) {
            // /dev/tty exists but cannot be opened without a controlling terminal.
            return null;
        }
    }

    private static byte @Nullable [] askTty(String label, FileInputStream in, FileOutputStream out)
            throws IOException, Failure {
        if (!echo(false)) {
            return askConsole(label);
        }
        Thread restore = new Thread(() -> echo(true));
        Runtime.getRuntime().addShutdownHook(restore);
        try {
            out.write(label.getBytes(StandardCharsets.UTF_8));
            byte[] line = new byte[MAX_BYTES];
            int length = 0;
            try {
                int b;
                for (b = in.read(); b >= 0 && b != '\n' && b != '\r'; b = in.read()) {
                    if (length == line.length) {
                        throw new Failure(ExitCode.FAILURE, "the passphrase is longer than " + MAX_BYTES + " bytes");
                    }
                    line[length++] = (byte) b;
                }
                out.write('\n');
                if (b < 0 && length == 0) {
                    throw new Failure(ExitCode.NO_PERMISSION, "no passphrase was typed");
                }
                return Arrays.copyOf(line, length);
            } finally {
                Arrays.fill(line, (byte) 0);
            }
        } finally {
            echo(true);
            try {
                Runtime.getRuntime().removeShutdownHook(restore);
            } catch (IllegalStateException e) {
                // The program is already ending; the hook does its work.
            }
        }
    }

    private static byte @Nullable [] askConsole(String label) {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return null;
        }
        char[] typed = console.readPassword("%s", label);
        if (typed == null) {
            return null;
        }
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
        Arrays.fill(typed, '\0');
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        Arrays.fill(encoded.array(), (byte) 0);
        return bytes;
    }

    private static boolean echo(boolean on) {
        try {
            Process stty = new ProcessBuilder("stty", on ? "echo" : "-echo")
                    .redirectInput(TTY)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return stty.waitFor(5, TimeUnit.SECONDS) && stty.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
