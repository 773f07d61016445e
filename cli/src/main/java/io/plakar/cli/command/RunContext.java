package io.plakar.cli.command;

import io.plakar.cli.Surroundings;
import io.plakar.cli.Version;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The facts about a run which a snapshot's header keeps (format-snapshot §3.1), secrets left out. */
final class RunContext {
    private static final String MASK = "********";
    /** Keys of options whose value is a secret, alone or behind an underscore. */
    private static final Pattern SECRET_KEY = Pattern.compile(
            "(?:.*_)?(?:access_key|secret_access_key|passphrase|password|pass|private_key|token|client_id|client_secret"
                    + "|auth_token|apikey|api_key|secret)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern URL_PASSWORD = Pattern.compile("(://[^/@\\s:]*:)[^/@\\s]+@");
    private static final Pattern TOKEN_VALUE = Pattern.compile("access_token|refresh_token");

    private RunContext() {}

    static List<SnapshotHeader.Pair> of(Surroundings surroundings, List<String> words, int concurrency) {
        int cores = Runtime.getRuntime().availableProcessors();
        return List.of(
                new SnapshotHeader.Pair("Hostname", surroundings.hostname()),
                new SnapshotHeader.Pair("Username", System.getProperty("user.name", "")),
                new SnapshotHeader.Pair("OperatingSystem", goSystem(surroundings.operatingSystem())),
                new SnapshotHeader.Pair("MachineID", machineId()),
                new SnapshotHeader.Pair("CommandLine", commandLine(words)),
                new SnapshotHeader.Pair(
                        "ProcessID", String.valueOf(ProcessHandle.current().pid())),
                new SnapshotHeader.Pair("Architecture", goArchitecture(System.getProperty("os.arch", ""))),
                new SnapshotHeader.Pair("NumCPU", String.valueOf(cores)),
                new SnapshotHeader.Pair("MaxProcs", String.valueOf(concurrency)),
                new SnapshotHeader.Pair("Client", Version.CLIENT));
    }

    /** The command line with secrets masked. */
    static String commandLine(List<String> words) {
        StringBuilder line = new StringBuilder("plakar");
        for (String word : words) {
            line.append(' ').append(masked(word));
        }
        return line.toString();
    }

    private static String masked(String word) {
        int equals = word.indexOf('=');
        // "-o=password=x" has its key between the two.
        int second = word.startsWith("-") && equals >= 0 ? word.indexOf('=', equals + 1) : -1;
        if (second > 0 && SECRET_KEY.matcher(word.substring(equals + 1, second)).matches()) {
            return word.substring(0, second + 1) + MASK;
        }
        if (equals > 0
                && SECRET_KEY
                        .matcher(word.substring(0, equals).replaceFirst("^--?", ""))
                        .matches()) {
            return word.substring(0, equals + 1) + MASK;
        }
        if (TOKEN_VALUE.matcher(word).find()) {
            return equals > 0 ? word.substring(0, equals + 1) + MASK : MASK;
        }
        return URL_PASSWORD.matcher(word).replaceAll("$1" + MASK + "@");
    }

    private static String goSystem(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("mac") ? "darwin" : lower.startsWith("windows") ? "windows" : lower;
    }

    private static String goArchitecture(String name) {
        return switch (name) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> name;
        };
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
