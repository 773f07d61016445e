package io.plakar.cli;

import io.plakar.app.SecretPrompt;
import io.plakar.app.Variables;
import io.plakar.cli.terminal.TerminalState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs command lines in this process, in a directory of their own, and keeps what they print. */
final class Run {
    final Path directory;
    final Map<String, String> variables = new HashMap<>();
    SecretPrompt prompt = SecretPrompt.NOBODY;
    String input = "";
    String out = "";
    String error = "";

    Run(Path directory) {
        this.directory = directory;
        variables.put("HOME", directory.resolve("home").toString());
    }

    /** The exit status of {@code plakar words...}. */
    int plakar(String... words) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errorBytes = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                Variables.of(variables),
                directory,
                directory.resolve("passwd-home"),
                "Linux",
                "host",
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                outBytes,
                errorBytes,
                TerminalState.NONE,
                prompt,
                InstantSource.fixed(Instant.parse("2026-11-24T10:20:30.5Z")),
                ZoneOffset.UTC,
                false);
        int status = new Program(surroundings).run(List.of(words));
        out = outBytes.toString(StandardCharsets.UTF_8);
        error = errorBytes.toString(StandardCharsets.UTF_8);
        return status;
    }
}
