package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** How a run of the program ended: exit status, standard output as bytes, standard error as text. */
record Outcome(List<String> arguments, int exit, byte[] out, String err) {
    String text() {
        return new String(out, StandardCharsets.UTF_8);
    }

    List<String> lines() {
        return text().lines().toList();
    }

    Outcome succeeded() {
        return exitedWith(0);
    }

    Outcome exitedWith(int expected) {
        assertThat(exit).as("exit status of %s", this).isEqualTo(expected);
        return speaksPlainly();
    }

    Outcome failed() {
        assertThat(exit).as("exit status of %s", this).isNotZero();
        assertThat(err).as("standard error of %s", this).isNotBlank();
        return speaksPlainly();
    }

    /** No stack trace and no talk of the JVM reaches the user. */
    Outcome speaksPlainly() {
        assertThat(err)
                .as("standard error of %s", this)
                .doesNotContain("Exception", "\tat ", "WARNING:", "OutOfMemory", "java.lang");
        return this;
    }

    /** The id of the snapshot which a backup made: the last line of its output begins with it. */
    String snapshotId() {
        List<String> lines = lines();
        assertThat(lines).as("output of %s", this).isNotEmpty();
        String last = lines.getLast();
        assertThat(last).as("last line of %s", this).matches("[0-9a-f]{8,64}: backup completed .*");
        return last.substring(0, last.indexOf(':'));
    }

    @Override
    public String toString() {
        String text = text();
        String shown = text.length() > 2000 ? "[...]" + text.substring(text.length() - 2000) : text;
        return "plakar " + String.join(" ", arguments) + "\nexit " + exit + "\nstdout: " + shown + "\nstderr: " + err;
    }
}
