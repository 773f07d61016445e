package io.plakar.cli;

import io.plakar.app.ConfiguredNames;
import io.plakar.app.Connectors;
import io.plakar.app.Directories;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.Passphrases;
import io.plakar.app.StoreLocation;
import io.plakar.cli.terminal.Output;
import io.plakar.connector.ConnectorContext;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of one command: its options and arguments, and the way to everything it may need. Used by the thread that
 * runs the command; {@link #out} and {@link #notices} by any.
 */
public final class Invocation {
    private final Surroundings surroundings;
    private final @Nullable String location;
    private final Options options;
    private final List<String> words;
    private final Output out;
    private final Output error;
    private final Notices notices;
    private @Nullable Connectors connectors;

    Invocation(
            Surroundings surroundings,
            @Nullable String location,
            Options options,
            List<String> words,
            Output out,
            Output error) {
        this.surroundings = surroundings;
        this.location = location;
        this.options = options;
        this.words = words;
        this.out = out;
        this.error = error;
        this.notices = new Notices(out, error, options.flag("quiet") || options.flag("silent"));
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    public Options options() {
        return options;
    }

    public List<String> arguments() {
        return options.arguments();
    }

    /** The whole command line, without the program's name. */
    public List<String> words() {
        return words;
    }

    /** Standard output: results. */
    public Output out() {
        return out;
    }

    /** Standard error, for what draws on it. */
    public Output error() {
        return error;
    }

    public Notices notices() {
        return notices;
    }

    public boolean json() {
        return options.flag("json");
    }

    public Connectors connectors() {
        Connectors known = connectors;
        if (known == null) {
            known = Connectors.discover();
            connectors = known;
        }
        return known;
    }

    /** What {@code @name} means. */
    public ConfiguredNames names() {
        return ConfiguredNames.NONE;
    }

    /** Fails when the command line has arguments. */
    public void noArguments() throws Failure {
        atMost(0);
    }

    /** Fails when the command line has more than {@code count} arguments. */
    public void atMost(int count) throws Failure {
        if (arguments().size() > count) {
            throw new Failure(ExitCode.FAILURE, "too many arguments");
        }
    }

    /** Where the program keeps its files; nothing is made yet. */
    public Directories directories() {
        String home = surroundings.variables().get("HOME");
        String config = options.value("configdir");
        String deprecated = options.value("config");
        if (deprecated != null) {
            notices.line("Option -config is deprecated, please use -configdir instead");
        }
        return Directories.of(
                surroundings.variables(),
                home == null ? surroundings.home() : Path.of(home),
                surroundings.operatingSystem(),
                surroundings.workingDirectory(),
                config == null ? deprecated : config,
                options.value("cachedir"),
                options.value("datadir"));
    }

    /** The store this run works on, as the user would write it. */
    public String storePlace() {
        return StoreLocation.choose(location, surroundings.variables(), names(), surroundings.home());
    }

    /** How many things may be done at once. */
    public int concurrency() throws Failure {
        int available = Runtime.getRuntime().availableProcessors();
        int cores = available;
        if (options.isGiven("cpu")) {
            cores = options.integer("cpu", available);
            if (cores <= 0) {
                throw new Failure(ExitCode.FAILURE, "invalid -cpu value " + cores);
            }
            if (cores > available) {
                notices.warn("-cpu " + cores + " is more than this machine has; using " + available);
                cores = available;
            }
        }
        if (!options.isGiven("concurrency")) {
            return cores;
        }
        int wanted = options.integer("concurrency", -1);
        if (wanted == 0 || wanted < -1) {
            throw new Failure(ExitCode.FAILURE, "invalid -concurrency value " + wanted);
        }
        return wanted == -1 ? cores : wanted;
    }

    public Passphrases passphrases() throws Failure {
        String keyFile = options.value("keyfile");
        if (keyFile == null) {
            keyFile = surroundings.variables().get("PLAKAR_KEYFILE");
        }
        return new Passphrases(
                surroundings.variables(),
                keyFile == null
                        ? null
                        : Passphrases.readKeyFile(
                                surroundings.workingDirectory().resolve(keyFile), keyFile, notices::warn),
                options.flag("passphrase-stdin") ? surroundings.standardInput() : null,
                surroundings.prompt(),
                notices::line);
    }

    /** What connectors may know of this run. */
    public ConnectorContext connectorContext(boolean readXattrs) throws Failure {
        return new ConnectorContext(
                surroundings.hostname(),
                surroundings.workingDirectory(),
                directories().cache().resolve("tmp"),
                concurrency(),
                readXattrs,
                Version.CLIENT,
                surroundings.standardInput(),
                out.stream(),
                error.stream());
    }

    public void printVersion() {
        Version.print(out, connectors());
    }

    public void printHelp() throws Failure {
        if (arguments().isEmpty()) {
            out.text(HelpText.overview());
            return;
        }
        String topic = arguments().getFirst();
        CommandTable.Entry entry = CommandTable.find(topic);
        if (entry != null) {
            out.text(HelpText.command(entry));
        } else if (topic.equals("exit-codes")) {
            out.text(HelpText.exitCodes());
        } else {
            throw Program.unknownCommand(topic);
        }
    }
}
