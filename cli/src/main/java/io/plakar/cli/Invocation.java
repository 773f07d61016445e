package io.plakar.cli;

import io.plakar.app.ConfiguredNames;
import io.plakar.app.Connectors;
import io.plakar.app.Directories;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.KeyRing;
import io.plakar.app.Passphrases;
import io.plakar.app.StoreLocation;
import io.plakar.app.Stores;
import io.plakar.app.configuration.Configuration;
import io.plakar.app.configuration.ConfigurationNames;
import io.plakar.app.packages.InstalledPackages;
import io.plakar.app.packages.Platform;
import io.plakar.app.packages.RcloneServices;
import io.plakar.app.packages.UserPackages;
import io.plakar.cli.render.JsonDisplay;
import io.plakar.cli.render.JsonLines;
import io.plakar.cli.render.LineDisplay;
import io.plakar.cli.render.ProgressDisplay;
import io.plakar.cli.render.RunDisplay;
import io.plakar.cli.terminal.Output;
import io.plakar.cli.terminal.Signals;
import io.plakar.cli.terminal.TerminalState;
import io.plakar.cli.terminal.TerminalWidth;
import io.plakar.connector.ConnectorContext;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.repository.Repository;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of one command: its options and arguments, and the way to everything it may need. Used by the thread that
 * runs the command; {@link #out} and {@link #notices} by any.
 */
public final class Invocation {
    private static final long HEAP_PER_WORKER = 24L << 20;

    /** Sorting, indexes and what else does not depend on the number of workers. */
    private static final long REST_OF_HEAP = 112L << 20;

    private final Surroundings surroundings;
    private final @Nullable String location;
    private final Options options;
    private final List<String> words;
    private final Output out;
    private final Output error;
    private final Notices notices;
    private final ConfiguredNames names;
    private @Nullable Connectors connectors;
    private @Nullable Directories directories;

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
        this.names = new ConfigurationNames(this::configuration, surroundings.workingDirectory(), notices::warn);
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

    /** The packages of this user; nothing is read yet. */
    public InstalledPackages packages() {
        return packages(surroundings, directories());
    }

    private static InstalledPackages packages(Surroundings surroundings, Directories directories) {
        return new InstalledPackages(
                directories, Platform.ofJava(surroundings.operatingSystem(), System.getProperty("os.arch", "")));
    }

    /** The connectors for a run without options. */
    static Connectors connectors(Surroundings surroundings) throws Failure {
        String home = surroundings.variables().get("HOME");
        Directories directories = Directories.of(
                surroundings.variables(),
                home == null ? surroundings.home() : Path.of(home),
                surroundings.operatingSystem(),
                surroundings.workingDirectory(),
                null,
                null,
                null);
        return Connectors.discover(new UserPackages(
                packages(surroundings, directories),
                new RcloneServices(surroundings.variables(), directories.cache())));
    }

    /** The services of the rclone on this machine. */
    public RcloneServices rcloneServices() {
        return new RcloneServices(surroundings.variables(), directories().cache());
    }

    public Connectors connectors() throws Failure {
        Connectors known = connectors;
        if (known == null) {
            known = Connectors.discover(new UserPackages(packages(), rcloneServices()));
            connectors = known;
        }
        return known;
    }

    /** The configured sources, destinations and stores; nothing is read yet. */
    public Configuration configuration() {
        return new Configuration(directories().config());
    }

    /** What {@code @name} means. */
    public ConfiguredNames names() {
        return names;
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
        Directories known = directories;
        if (known == null) {
            known = findDirectories();
            directories = known;
        }
        return known;
    }

    private Directories findDirectories() {
        String home = surroundings.variables().get("HOME");
        String config = options.value("configdir");
        String deprecated = options.value(GlobalOptions.OLD_CONFIGDIR);
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
    public String storePlace() throws Failure {
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
        cores = Math.min(cores, workersWithin(Runtime.getRuntime().maxMemory()));
        if (!options.isGiven("concurrency")) {
            return cores;
        }
        int wanted = options.integer("concurrency", -1);
        if (wanted == 0 || wanted < -1) {
            throw new Failure(ExitCode.FAILURE, "invalid -concurrency value " + wanted);
        }
        return wanted == -1 ? cores : wanted;
    }

    /** How many workers a heap has room for: each may hold a buffer of two of the largest chunks, and a chunk. */
    static int workersWithin(long heap) {
        return Math.clamp((heap - REST_OF_HEAP) / HEAP_PER_WORKER, 1, 1 << 16);
    }

    public Passphrases passphrases() throws Failure {
        String keyFile = options.value("keyfile");
        if (keyFile == null) {
            keyFile = surroundings.variables().get("PLAKAR_KEYFILE");
        }
        Map<String, String> entry = new HashMap<>();
        String place = storePlace();
        if (place.startsWith("@")) {
            Connectors.resolveStore(place, names(), entry);
        }
        return new Passphrases(
                surroundings.variables(),
                entry,
                surroundings.workingDirectory(),
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

    /** What the engine takes from this run. */
    public EngineContext engineContext() throws Failure {
        return engineContext(null);
    }

    /**
     * What the engine takes from this run.
     *
     * @param scratch where temporary files go, or null for below the cache directory
     */
    public EngineContext engineContext(@Nullable Path scratch) throws Failure {
        Path cache = directories().cache();
        return new EngineContext(
                surroundings.clock(),
                new SecureRandom(),
                Directories.make(cache.resolve("stores")),
                scratch == null ? Directories.make(cache.resolve("tmp")) : scratch,
                concurrency(),
                surroundings.hostname(),
                !surroundings.variables().isTrue("PLAKAR_LOCKLESS"));
    }

    /** Makes and opens stores. */
    public Stores stores() throws Failure {
        return stores(engineContext());
    }

    public Stores stores(EngineContext context) throws Failure {
        KeyRing keyRing =
                KeyRing.of(surroundings.operatingSystem(), directories().data());
        return new Stores(connectors(), names(), connectorContext(true), context, keyRing);
    }

    /** The store this run works on, opened and unlocked; the caller closes it. */
    public Repository openStore() throws Failure {
        return openStore(engineContext());
    }

    public Repository openStore(EngineContext context) throws Failure {
        Repository repository = stores(context).open(storePlace(), passphrases());
        for (String damaged : repository.damagedStates()) {
            notices.warn("a part of the store is not visible: " + damaged);
        }
        return repository;
    }

    /** Whether the user wants to see paths that went well too. */
    public boolean showsEveryPath() {
        return options.flag("stdio") || options.flag("v") || options.isGiven("trace");
    }

    /** Objects on standard output. */
    public JsonLines jsonLines() {
        return new JsonLines(out);
    }

    /** Shows every path of a run that only lists what it would do. */
    public RunDisplay listing(String workflow) {
        return json()
                ? new JsonDisplay(jsonLines(), error, surroundings.clock(), "", workflow, true)
                : new LineDisplay(out, error, surroundings.terminal(), true, options.flag("silent"));
    }

    /** How the run is to be shown. */
    public RunDisplay display(Repository repository, String workflow) {
        boolean everyPath = showsEveryPath();
        boolean quiet = options.flag("quiet");
        boolean silent = options.flag("silent");
        TerminalState terminal = surroundings.terminal();
        if (json()) {
            return new JsonDisplay(
                    jsonLines(),
                    error,
                    surroundings.clock(),
                    repository.configuration().repositoryId().toString(),
                    workflow,
                    everyPath && !quiet && !silent);
        }
        boolean moving = terminal.error() && !terminal.dumb() && !options.flag("no-progress");
        if (moving && !everyPath && !quiet && !silent) {
            TerminalWidth width = new TerminalWidth(surroundings.variables());
            return new ProgressDisplay(out, error, terminal, System::nanoTime, width::columns, true);
        }
        return new LineDisplay(out, error, terminal, everyPath && !quiet, silent);
    }

    /**
     * Lets the first signal interrupt this thread, so that the run ends in an orderly way. Called after passphrases were
     * asked for: a prompt ends at once.
     */
    public void stopOnSignals() {
        if (surroundings.interruptible()) {
            Thread run = Thread.currentThread();
            Signals.onStop(() -> {
                notices.line("plakar: received interrupt signal, stopping gracefully...");
                run.interrupt();
            });
        }
    }

    public void printVersion() throws Failure {
        Connectors all = connectors();
        if (json()) {
            jsonLines()
                    .line(
                            "version",
                            fields -> fields.text("client", Version.CLIENT)
                                    .text("number", Version.NUMBER)
                                    .texts("importers", List.copyOf(all.importerSchemes()))
                                    .texts("exporters", List.copyOf(all.exporterSchemes()))
                                    .texts("klosets", List.copyOf(all.storeSchemes())));
            return;
        }
        Version.print(out, all);
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
        } else if (topic.equals("json")) {
            out.text(HelpText.json());
        } else {
            throw Program.unknownCommand(topic);
        }
    }
}
