package io.plakar.cli;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/** A recording of what the program does, in the format of JDK Flight Recorder, written when it is closed. */
final class Profile implements AutoCloseable {
    private final Recording recording;
    private final Path file;

    private Profile(Recording recording, Path file) {
        this.recording = recording;
        this.file = file;
    }

    static Profile begin(Path file) throws Failure {
        try {
            Recording recording = new Recording(Configuration.getConfiguration("profile"));
            recording.start();
            return new Profile(recording, file);
        } catch (IOException | ParseException e) {
            throw new Failure(ExitCode.FAILURE, "this Java runtime cannot record a profile: " + e.getMessage(), "", e);
        }
    }

    @Override
    public void close() throws IOException {
        try (recording) {
            recording.stop();
            recording.dump(file);
        }
    }
}
