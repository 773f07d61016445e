package io.plakar.cli;

import io.plakar.app.SecretPrompt;
import io.plakar.app.TerminalPrompt;
import io.plakar.app.Variables;
import io.plakar.cli.terminal.TerminalState;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;

/**
 * Everything a run takes from outside; a test makes its own.
 *
 * @param home the home directory of the password database
 * @param interruptible whether signals end the run in an orderly way; false inside other programs
 */
public record Surroundings(
        Variables variables,
        Path workingDirectory,
        Path home,
        String operatingSystem,
        String hostname,
        InputStream standardInput,
        OutputStream standardOutput,
        OutputStream standardError,
        TerminalState terminal,
        SecretPrompt prompt,
        InstantSource clock,
        ZoneId zone,
        boolean interruptible) {

    static Surroundings ofProcess() {
        Variables variables = Variables.ofProcess();
        String system = System.getProperty("os.name", "");
        return new Surroundings(
                variables,
                Path.of("").toAbsolutePath(),
                Path.of(System.getProperty("user.home", "/")),
                system,
                hostname(variables),
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                TerminalState.ofProcess(variables),
                new TerminalPrompt(),
                InstantSource.system(),
                ZoneId.systemDefault(),
                true);
    }

    private static String hostname(Variables variables) {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException e) {
            String name = variables.get("COMPUTERNAME");
            if (name == null) {
                name = variables.get("HOSTNAME");
            }
            if (name != null) {
                return name;
            }
        }
        try {
            return java.net.InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
