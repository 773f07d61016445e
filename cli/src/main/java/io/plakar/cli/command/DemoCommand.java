package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Invocation;
import io.plakar.kloset.sort.PrivateDirectory;
import io.plakar.testkit.dropbox.DropboxAccount;
import io.plakar.testkit.dropbox.DropboxEmulator;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code demo}: the whole Dropbox page on a Dropbox of this machine, without an account. Every line shown is run word for
 * word by a shell.
 */
public final class DemoCommand {
    private static final String PASSPHRASE = "only for this demonstration";
    private static final Instant SPRING = Instant.parse("2026-03-20T09:30:00Z");

    private final Invocation invocation;
    private final Path home;
    private final Map<String, String> environment = new HashMap<>();

    private DemoCommand(Invocation invocation, Path home) {
        this.invocation = invocation;
        this.home = home;
    }

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar demo"),
                """
                Shows backups of a Dropbox, into a directory and into a Dropbox, on a Dropbox that lives on this machine for
                as long as the demonstration runs: no account, nothing leaves the machine, nothing stays behind. Needs rclone.
                """,
                List.of(),
                List.of("plakar demo", "plakar demo | less", "PLAKAR_RCLONE=/opt/rclone/rclone plakar demo"),
                DemoCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, IOException, InterruptedException {
        invocation.noArguments();
        Path home = Files.createTempDirectory("plakar-demo-");
        try (DropboxEmulator dropbox = new DropboxEmulator(home).start()) {
            return new DemoCommand(invocation, home).show(dropbox);
        } finally {
            PrivateDirectory.delete(home);
        }
    }

    private ExitCode show(DropboxEmulator dropbox) throws Failure, IOException, InterruptedException {
        prepare(dropbox);
        say("A Dropbox with a few files, and an empty one for a store, run on this machine now.");
        step("rclone config show | plakar source import mydropbox");
        step("rclone config show | plakar destination import mydropbox");
        step("rclone config show | plakar store import mystore");
        say("The passphrase of both stores comes from PLAKAR_PASSPHRASE here; without it you are asked.");
        step("plakar at ./save create");
        String snapshot = lastWord(step("plakar at ./save backup @mydropbox"));
        step("plakar at ./save ls");
        step("plakar at ./save ls " + snapshot + ":/documents");
        step("plakar at ./save restore -to @mydropbox:restored " + snapshot);
        say("And with the store itself in a Dropbox:");
        step("plakar at @mystore create");
        String second = lastWord(step("plakar at @mystore backup @mydropbox"));
        step("plakar at @mystore ls");
        step("plakar at @mystore cat " + second + ":/documents/plan.txt");
        step("plakar at @mystore check");
        say("That was all of it. Calls made to the Dropbox: " + dropbox.calls().total() + ".");
        return ExitCode.SUCCESS;
    }

    private void prepare(DropboxEmulator dropbox) throws Failure, IOException, InterruptedException {
        DropboxAccount ada = dropbox.addPersonal("Ada Example", "ada@example.org");
        ada.put("/documents/plan.txt", text("Back up first, then be brave.\n"), SPRING);
        ada.put(
                "/documents/a name with spaces, quotes ' and #.txt",
                text("Any name will do.\n"),
                SPRING.plusSeconds(60));
        ada.put("/photos/sea.jpg", new byte[300_000], SPRING.plusSeconds(120));
        ada.put("/photos/ünïcödé.txt", text("Gr\u00fc\u00dfe\n"), SPRING.plusSeconds(180));
        ada.put("/empty", new byte[0], SPRING.plusSeconds(240));
        ada.makeFolder("/an empty folder");
        DropboxAccount store = dropbox.addPersonal("A Store", "store@example.org");
        Path config = home.resolve("rclone.conf");
        Files.writeString(
                config, dropbox.rcloneSection("mydropbox", ada) + "\n" + dropbox.rcloneSection("mystore", store));

        String program = program();
        Path bin = Files.createDirectory(home.resolve("bin"));
        if (windows()) {
            Files.writeString(bin.resolve("plakar.cmd"), "@call \"" + program + "\" %*\r\n");
        } else {
            Path shim = Files.writeString(
                    bin.resolve("plakar"), "#!/bin/sh\nexec '" + program.replace("'", "'\\''") + "' \"$@\"\n");
            if (!shim.toFile().setExecutable(true)) {
                throw new IOException("cannot make " + shim + " executable");
            }
        }
        environment.putAll(dropbox.environment());
        environment.put("RCLONE_CONFIG", config.toString());
        environment.put("HOME", home.toString());
        environment.put("XDG_CONFIG_HOME", home.resolve("config").toString());
        environment.put("XDG_DATA_HOME", home.resolve("data").toString());
        environment.put("PLAKAR_PASSPHRASE", PASSPHRASE);
        environment.put(
                "PATH",
                bin + File.pathSeparator + invocation.surroundings().variables().get("PATH"));
        if (run("rclone version", new StringBuilder()) != 0) {
            throw new Failure(
                    ExitCode.UNAVAILABLE,
                    "demo: rclone is not there",
                    "install it: https://rclone.org/install, or your system's package");
        }
        step("plakar pkg add rclone");
        step("plakar version");
    }

    /** The absolute path of what the user started. */
    private String program() throws Failure {
        String started = System.getProperty("plakar.program", "");
        if (started.contains("/") || started.contains("\\")) {
            return invocation
                    .surroundings()
                    .workingDirectory()
                    .resolve(started)
                    .normalize()
                    .toString();
        }
        String path = invocation.surroundings().variables().get("PATH");
        for (String directory : (path == null ? "" : path).split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory).resolve(started);
            if (!started.isEmpty() && Files.isExecutable(candidate)) {
                return candidate.toAbsolutePath().toString();
            }
        }
        throw new Failure(
                ExitCode.FAILURE, "demo: the program does not know how it was started", "start it as ./plakar demo");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void say(String text) {
        invocation.out().line("");
        invocation.out().line(text);
        invocation.out().flush();
    }

    /** Shows a line, runs it, shows what it printed. */
    private String step(String line) throws Failure, IOException, InterruptedException {
        invocation.out().line("");
        invocation.out().line("$ " + line);
        invocation.out().flush();
        StringBuilder shown = new StringBuilder();
        int status = run(line, shown);
        invocation.out().line(shown.toString().stripTrailing());
        invocation.out().flush();
        if (status != 0) {
            throw new Failure(ExitCode.FAILURE, "demo: that line ended with status " + status, "please report this");
        }
        return shown.toString();
    }

    private int run(String line, StringBuilder shown) throws IOException, InterruptedException {
        ProcessBuilder builder =
                windows() ? new ProcessBuilder("cmd", "/C", line) : new ProcessBuilder("/bin/sh", "-c", line);
        builder.directory(home.toFile()).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File(windows() ? "NUL" : "/dev/null")));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                shown.append(text).append('\n');
            }
            return process.waitFor();
        } finally {
            process.destroy();
        }
    }

    /** The snapshot id that begins the last line of a backup. */
    private static String lastWord(String output) {
        String[] lines = output.strip().split("\n", -1);
        String last = lines[lines.length - 1];
        int colon = last.indexOf(':');
        return colon < 0 ? last : last.substring(0, colon);
    }

    private static boolean windows() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    }
}
