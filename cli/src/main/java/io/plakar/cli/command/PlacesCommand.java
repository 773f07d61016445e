package io.plakar.cli.command;

import io.plakar.app.ConfiguredNames;
import io.plakar.app.Connectors;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.configuration.ImportedSections;
import io.plakar.app.configuration.PlaceKind;
import io.plakar.app.configuration.Secrets;
import io.plakar.app.configuration.YamlWriter;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.render.JsonLines;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.Importer;
import io.plakar.connector.StoreConnector;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code source}, {@code destination}, {@code store}: the configured places. */
public final class PlacesCommand {
    private static final String LOCATION = "location";
    private static final Map<String, Set<String>> ACTIONS = new TreeMap<>(Map.of(
            "add", Set.of(),
            "check", Set.of(),
            "import", Set.of("config", "overwrite", "rclone"),
            "ping", Set.of(),
            "rm", Set.of(),
            "set", Set.of(),
            "show", Set.of("ini", "yaml", "secrets"),
            "unset", Set.of()));

    private final PlaceKind kind;
    private final Invocation invocation;

    private PlacesCommand(PlaceKind kind, Invocation invocation) {
        this.kind = kind;
        this.invocation = invocation;
    }

    public static CommandDescription describeSource() {
        return describe(
                PlaceKind.SOURCE,
                "Sources are places to back up from: `plakar backup @NAME`.",
                "plakar source add photos fs:/home/alice/Pictures",
                "plakar at ./save backup @photos");
    }

    public static CommandDescription describeDestination() {
        return describe(
                PlaceKind.DESTINATION,
                "Destinations are places to restore to: `plakar restore -to @NAME`.",
                "plakar destination add out fs:/srv/restored",
                "plakar at ./save restore -to @out");
    }

    public static CommandDescription describeStore() {
        return describe(
                PlaceKind.STORE,
                "Stores are used with `plakar at @NAME ...`. Their passphrase may be configured too: `passphrase`, or "
                        + "better\n`passphrase_cmd`, a command that prints it.",
                "plakar store add disk /mnt/disk/save passphrase_cmd='pass show plakar'",
                "plakar at @disk ls");
    }

    private static CommandDescription describe(PlaceKind kind, String what, String... examples) {
        String word = kind.word();
        return new CommandDescription(
                List.of(
                        "plakar " + word + " add NAME LOCATION [KEY=VALUE]...",
                        "plakar " + word + " check NAME",
                        "plakar " + word + " import [-config FILE|URL] [-overwrite] [-rclone] [SECTION[:NEWNAME]]...",
                        "plakar " + word + " ping NAME",
                        "plakar " + word + " rm NAME",
                        "plakar " + word + " set NAME KEY=VALUE...",
                        "plakar " + word + " show [-json|-ini|-yaml] [-secrets] [NAME]...",
                        "plakar " + word + " unset NAME KEY..."),
                what + "\n\n" + """
                        check looks whether the entry can be used, ping contacts the place. show hides secrets. A value
                        of the form !cmd:COMMAND is replaced by the line COMMAND prints, whenever it is needed.

                        import reads INI, YAML or JSON from standard input; remotes of rclone are recognised. The exit
                        status is 1 when a section that was asked for is not there or was skipped because its name is
                        taken; all others are imported all the same.
                        """,
                List.of(
                        Flag.string("config", "import: read FILE or URL instead of standard input"),
                        Flag.bool("ini", "show: as INI"),
                        Flag.bool("overwrite", "import: replace entries of the same name"),
                        Flag.bool("rclone", "import: every section is a remote of rclone"),
                        Flag.bool("secrets", "show: do not hide secrets"),
                        Flag.bool("yaml", "show: as YAML (default)")),
                List.of(examples[0], examples[1], "rclone config show | plakar " + word + " import mydropbox"),
                invocation -> new PlacesCommand(kind, invocation).run());
    }

    private ExitCode run() throws Failure, IOException {
        List<String> words = invocation.arguments();
        if (words.isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "no action specified", "there are " + actionList());
        }
        String action = words.getFirst();
        List<String> rest = words.subList(1, words.size());
        Set<String> own = ACTIONS.get(action);
        if (own == null && words.size() > 1 && ACTIONS.containsKey(words.get(1))) {
            // "source mydropbox ping" says the same as "source ping mydropbox".
            action = words.get(1);
            own = ACTIONS.get(action);
            rest = new java.util.ArrayList<>(words);
            rest.remove(1);
        }
        if (own == null) {
            throw new Failure(ExitCode.FAILURE, "usage: plakar " + kind.word() + " [" + actionList() + "]");
        }
        for (Set<String> flags : ACTIONS.values()) {
            for (String flag : flags) {
                if (!flag.equals("json")
                        && !own.contains(flag)
                        && invocation.options().isGiven(flag)) {
                    throw new Failure(
                            ExitCode.USAGE,
                            "flag provided but not defined: -" + flag,
                            "see `plakar help " + kind.word() + "`");
                }
            }
        }
        return switch (action) {
            case "add" -> add(rest);
            case "check" -> check(rest, "check", false);
            case "ping" -> check(rest, "ping", true);
            case "import" -> importSections(rest);
            case "rm" -> remove(rest);
            case "set" -> set(rest);
            case "unset" -> unset(rest);
            default -> show(rest);
        };
    }

    private static String actionList() {
        return String.join("|", ACTIONS.keySet());
    }

    private ExitCode add(List<String> words) throws Failure {
        String usage = "Usage: plakar " + kind.word() + " add <name> <location> [<key>=<value>...]";
        if (words.size() < 2) {
            throw new Failure(ExitCode.FAILURE, usage);
        }
        String name = bare(words.getFirst());
        String location =
                words.get(1).startsWith(LOCATION + "=") ? words.get(1).substring(LOCATION.length() + 1) : words.get(1);
        if (name.isEmpty() || location.isEmpty()) {
            throw new Failure(ExitCode.FAILURE, usage);
        }
        if (name.indexOf(':') >= 0) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "invalid name \"" + name + "\": @" + name + " would mean what lies below @"
                            + name.substring(0, name.indexOf(':')),
                    "choose a name without a colon");
        }
        SortedMap<String, String> options = pairs(words.subList(2, words.size()), usage);
        options.put(LOCATION, location);
        edit(entries -> {
            if (entries.putIfAbsent(name, options) != null) {
                throw new Failure(
                        ExitCode.FAILURE,
                        kind.word() + " \"" + name + "\" already exists",
                        "change it with `plakar " + kind.word() + " set " + name + " KEY=VALUE`");
            }
        });
        return ExitCode.SUCCESS;
    }

    private ExitCode set(List<String> words) throws Failure {
        String usage = "usage: plakar " + kind.word() + " set <name> [<key>=<value>, ...]";
        if (words.size() < 2) {
            throw new Failure(ExitCode.FAILURE, usage);
        }
        String name = bare(words.getFirst());
        SortedMap<String, String> options = pairs(words.subList(1, words.size()), usage);
        if ("".equals(options.get(LOCATION))) {
            throw new Failure(ExitCode.FAILURE, "cannot unset location");
        }
        edit(entries -> existing(entries, name).putAll(options));
        return ExitCode.SUCCESS;
    }

    private ExitCode unset(List<String> words) throws Failure {
        if (words.size() < 2) {
            throw new Failure(ExitCode.FAILURE, "Usage: plakar " + kind.word() + " unset <name> <key>...");
        }
        if (words.subList(1, words.size()).contains(LOCATION)) {
            throw new Failure(ExitCode.FAILURE, "cannot unset location");
        }
        edit(entries -> existing(entries, bare(words.getFirst()))
                .keySet()
                .removeAll(Set.copyOf(words.subList(1, words.size()))));
        return ExitCode.SUCCESS;
    }

    private ExitCode remove(List<String> words) throws Failure {
        String name = one(words, "rm");
        edit(entries -> {
            existing(entries, name);
            entries.remove(name);
        });
        return ExitCode.SUCCESS;
    }

    private ExitCode show(List<String> names) throws Failure {
        makeFiles();
        SortedMap<String, SortedMap<String, String>> entries =
                invocation.configuration().read(kind).entries();
        boolean missing = false;
        for (String name : names.isEmpty()
                ? List.copyOf(entries.keySet())
                : names.stream().map(PlacesCommand::bare).toList()) {
            SortedMap<String, String> entry = entries.get(name);
            if (entry == null) {
                missing = true;
                invocation.notices().line(kind.word() + " \"" + name + "\" does not exist");
            } else {
                show(name, invocation.options().flag("secrets") ? entry : Secrets.shown(entry));
            }
        }
        if (missing) {
            throw new Failure(ExitCode.FAILURE, "one or more " + kind.plural() + " do not exist");
        }
        return ExitCode.SUCCESS;
    }

    private void show(String name, SortedMap<String, String> entry) {
        if (invocation.json()) {
            invocation.out().line(JsonLines.object(Map.of(name, entry)));
        } else if (invocation.options().flag("ini")) {
            invocation.out().text(ImportedSections.iniSection(name, entry));
        } else {
            invocation.out().text(YamlWriter.document(Map.of(name, entry)));
        }
    }

    private ExitCode check(List<String> words, String action, boolean contact) throws Failure, IOException {
        String name = one(words, action);
        makeFiles();
        existing(new TreeMap<>(invocation.configuration().read(kind).entries()), name);
        Connectors connectors = invocation.connectors();
        ConfiguredNames names = invocation.names();
        ConnectorContext context = invocation.connectorContext(true);
        String place = "@" + name;
        switch (kind) {
            case SOURCE -> {
                try (Importer importer = connectors.importer(place, Map.of(), names, context)) {
                    if (contact) {
                        importer.ping();
                    }
                }
            }
            case DESTINATION -> {
                try (Exporter exporter = connectors.exporter(place, Map.of(), ExportOptions.DEFAULT, names, context)) {
                    if (contact) {
                        exporter.ping();
                    }
                }
            }
            case STORE -> {
                try (StoreConnector store = connectors.store(place, Map.of(), names, context)) {
                    if (contact) {
                        store.ping();
                    }
                }
            }
        }
        if (contact) {
            invocation.out().line("configuration OK");
        }
        return ExitCode.SUCCESS;
    }

    private ExitCode importSections(List<String> words) throws Failure, IOException {
        makeFiles();
        boolean all = invocation.options().flag("rclone");
        ImportedSections input = ImportedSections.parse(ImportInput.read(invocation));
        if (!all && input.hasRemotes()) {
            invocation
                    .notices()
                    .info("sections with a type and no location are remotes of rclone: imported as with -rclone");
        }
        input = input.withRemotes(all);
        if (!input.hasLocation()) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "failed to load config: missing 'location' key in config data, `-rclone` import option missing ?",
                    input.sections().isEmpty()
                            ? "there is no section in the input; remotes of rclone are made with `rclone config`"
                            : "every section needs a location, or the type of an rclone remote");
        }
        boolean complete = true;
        Map<String, SortedMap<String, String>> wanted = new LinkedHashMap<>();
        for (String word : words.isEmpty() ? List.copyOf(input.sections().keySet()) : words) {
            complete &= choose(word, words.isEmpty(), input.sections(), wanted);
        }
        boolean overwrite = invocation.options().flag("overwrite");
        Set<String> taken = new java.util.TreeSet<>();
        edit(entries -> {
            taken.clear();
            wanted.forEach((name, options) -> {
                if (overwrite) {
                    entries.put(name, options);
                } else if (entries.putIfAbsent(name, options) != null) {
                    taken.add(name);
                }
            });
        });
        for (String name : wanted.keySet()) {
            if (taken.contains(name)) {
                invocation.notices().line(kind.word() + " \"" + name + "\" already exists, skipping");
            }
        }
        wanted.keySet().removeAll(taken);
        RemoteTrial.run(invocation, kind, wanted);
        return complete && taken.isEmpty() ? ExitCode.SUCCESS : ExitCode.FAILURE;
    }

    /** Adds the section {@code word} asks for to {@code wanted}; false when there is none. */
    private boolean choose(
            String word,
            boolean exact,
            Map<String, SortedMap<String, String>> sections,
            Map<String, SortedMap<String, String>> wanted) {
        int colon = exact ? -1 : word.indexOf(':');
        String section = exact ? word : bare(colon < 0 ? word : word.substring(0, colon));
        String name = bare(colon < 0 ? section : word.substring(colon + 1));
        if (section.isEmpty() || name.isEmpty()) {
            invocation.notices().line(kind.word() + " empty section name in \"" + word + "\", skipping");
            return false;
        }
        SortedMap<String, String> options = sections.get(section);
        if (options == null) {
            invocation.notices().line(kind.word() + " \"" + section + "\" does not exist in config");
            return false;
        }
        if (name.indexOf(':') >= 0) {
            invocation
                    .notices()
                    .line(kind.word() + " \"" + name
                            + "\" has a colon in its name, skipping; rename it with SECTION:NEWNAME");
            return false;
        }
        if (!options.containsKey(LOCATION)) {
            invocation.notices().line(kind.word() + " \"" + section + "\" has no location in config, skipping");
            return false;
        }
        wanted.put(name, options);
        return true;
    }

    private void edit(io.plakar.app.configuration.Configuration.Edit edit) throws Failure {
        makeFiles();
        invocation.configuration().edit(kind, edit);
    }

    /** Makes missing files. When that cannot be, the command which writes one will say so. */
    private void makeFiles() {
        try {
            invocation.configuration().make();
        } catch (Failure e) {
            // What is only read needs no files.
        }
    }

    private String one(List<String> words, String action) throws Failure {
        if (words.size() != 1) {
            throw new Failure(ExitCode.FAILURE, "Usage: plakar " + kind.word() + " " + action + " <name>");
        }
        return bare(words.getFirst());
    }

    private SortedMap<String, String> existing(SortedMap<String, SortedMap<String, String>> entries, String name)
            throws Failure {
        SortedMap<String, String> entry = entries.get(name);
        if (entry == null) {
            throw new Failure(ExitCode.FAILURE, kind.word() + " \"" + name + "\" does not exist");
        }
        return entry;
    }

    private static SortedMap<String, String> pairs(List<String> words, String usage) throws Failure {
        SortedMap<String, String> pairs = new TreeMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw new Failure(ExitCode.FAILURE, usage);
            }
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }

    private static String bare(String name) {
        return name.startsWith("@") ? name.substring(1) : name;
    }
}
