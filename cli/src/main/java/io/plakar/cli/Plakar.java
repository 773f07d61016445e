package io.plakar.cli;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import io.plakar.cli.terminal.Output;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The program's entry. */
public final class Plakar {
    private Plakar() {}

    public static void main(String[] words) {
        int status;
        if (words.length == 1 && words[0].equals("version")) {
            // The shortest way: no option model, no store.
            try (Output out = new Output(new FileOutputStream(FileDescriptor.out), false)) {
                Version.print(out, Invocation.connectors(Surroundings.ofProcess()));
                status = 0;
            } catch (Failure e) {
                System.err.println("plakar: " + e.getMessage());
                status = e.exitCode().number();
            } catch (Output.ClosedByReader e) {
                status = Output.ClosedByReader.STATUS;
            } catch (UncheckedIOException e) {
                System.err.println("plakar: writing the output failed: "
                        + SystemMessages.of(Objects.requireNonNull(e.getCause())));
                status = ExitCode.FAILURE.number();
            }
        } else {
            status = new Program(Surroundings.ofProcess()).run(RawArguments.of(words));
        }
        System.exit(status);
    }
}
