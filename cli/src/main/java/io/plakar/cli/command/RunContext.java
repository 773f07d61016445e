package io.plakar.cli.command;

import io.plakar.app.configuration.Secrets;
import io.plakar.app.packages.Platform;
import io.plakar.cli.Surroundings;
import io.plakar.cli.Version;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The facts about a run which a snapshot's header keeps (format-snapshot §3.1), secrets left out. */
final class RunContext {
    private RunContext() {}

    static List<SnapshotHeader.Pair> of(Surroundings surroundings, List<String> words, int concurrency) {
        Platform platform = Platform.ofJava(surroundings.operatingSystem(), System.getProperty("os.arch", ""));
        int cores = Runtime.getRuntime().availableProcessors();
        return List.of(
                new SnapshotHeader.Pair("Hostname", surroundings.hostname()),
                new SnapshotHeader.Pair("Username", System.getProperty("user.name", "")),
                new SnapshotHeader.Pair("OperatingSystem", platform.system()),
                new SnapshotHeader.Pair("MachineID", machineId()),
                new SnapshotHeader.Pair("CommandLine", commandLine(words)),
                new SnapshotHeader.Pair(
                        "ProcessID", String.valueOf(ProcessHandle.current().pid())),
                new SnapshotHeader.Pair("Architecture", platform.architecture()),
                new SnapshotHeader.Pair("NumCPU", String.valueOf(cores)),
                new SnapshotHeader.Pair("MaxProcs", String.valueOf(concurrency)),
                new SnapshotHeader.Pair("Client", Version.CLIENT));
    }

    /** The command line with secrets masked. */
    static String commandLine(List<String> words) {
        StringBuilder line = new StringBuilder("plakar");
        for (String word : words) {
            line.append(' ').append(Secrets.word(word));
        }
        return line.toString();
    }

    private static String machineId() {
        try {
            return Files.readString(Path.of("/etc/machine-id"), StandardCharsets.US_ASCII)
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }
}
