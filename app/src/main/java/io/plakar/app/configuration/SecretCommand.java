package io.plakar.app.configuration;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Gets a value from a command of the user's own: {@code passphrase_cmd}, and every option whose value begins with
 * {@code !cmd:}. The command may ask on the terminal; what it prints must be exactly one line. Immutable.
 */
public final class SecretCommand {
    /** Marks a value that is a command. */
    static final String MARK = "!cmd:";

    private static final int MAX_BYTES = 1 << 20;

    private final Path workingDirectory;

    public SecretCommand(Path workingDirectory) {
        this.workingDirectory = workingDirectory;
    }

    /** The value of an option: itself, or what the command it names prints. */
    String resolve(String entry, String key, String value) throws Failure {
        return value.startsWith(MARK)
                ? new String(
                        run(value.substring(MARK.length()), "the command of " + key + " in @" + entry),
                        StandardCharsets.UTF_8)
                : value;
    }

    /**
     * Runs {@code command} in the shell.
     *
     * @param what names it in messages
     * @return the one line it printed, without line end, which the caller wipes
     */
    public byte[] run(String command, String what) throws Failure {
        boolean windows = java.io.File.separatorChar == '\\';
        Process process;
        try {
            process = new ProcessBuilder(windows ? List.of("cmd", "/C", command) : List.of("/bin/sh", "-c", command))
                    .directory(workingDirectory.toFile())
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILURE, what + " could not be started: " + SystemMessages.of(e), "", e);
        }
        try {
            byte[] printed = process.getInputStream().readNBytes(MAX_BYTES);
            process.getInputStream().close();
            int status = process.waitFor();
            if (status != 0) {
                throw new Failure(ExitCode.FAILURE, what + " failed: exit status " + status);
            }
            return oneLine(printed, what);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILURE, what + " failed: " + SystemMessages.of(e), "", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(ExitCode.FAILURE, what + " was interrupted", "", e);
        } finally {
            process.destroy();
        }
    }

    private static byte[] oneLine(byte[] printed, String what) throws Failure {
        int length = printed.length;
        if (length > 0 && printed[length - 1] == '\n') {
            length--;
        }
        if (length > 0 && printed[length - 1] == '\r') {
            length--;
        }
        boolean several = false;
        for (int i = 0; i < length; i++) {
            several |= printed[i] == '\n';
        }
        byte[] line = java.util.Arrays.copyOf(printed, length);
        java.util.Arrays.fill(printed, (byte) 0);
        if (printed.length == 0) {
            throw new Failure(ExitCode.FAILURE, what + " returned no line", "it must print exactly one line");
        }
        if (several) {
            java.util.Arrays.fill(line, (byte) 0);
            throw new Failure(ExitCode.FAILURE, what + " returned too many lines", "it must print exactly one line");
        }
        return line;
    }
}
