package io.plakar.cli;

import java.util.List;

/** The options every command takes, before it or after it. */
public final class GlobalOptions {
    /** Stands for {@code -config} before the command; behind it some commands have an option of that name. */
    static final String OLD_CONFIGDIR = "config-before-command";

    /** In the order of help. */
    public static final List<Flag> FLAGS = List.of(
            Flag.string("cachedir", "cache directory"),
            Flag.integer("concurrency", "limit the number of concurrent operations (default: one per usable core)"),
            Flag.string(OLD_CONFIGDIR, "configuration directory (deprecated, use -configdir instead)")
                    .concealed(),
            Flag.string("configdir", "configuration directory"),
            Flag.integer("cpu", "limit the number of usable cores (default: all)"),
            Flag.string("datadir", "data directory"),
            Flag.bool("disable-security-check", "disable update check (there is none)")
                    .concealed(),
            Flag.bool("enable-security-check", "enable update check (there is none)")
                    .concealed(),
            Flag.bool("json", "output results and events as JSON, one object per line"),
            Flag.string("keyfile", "use passphrase from key file when prompted"),
            Flag.bool("no-agent", "accepted for old scripts").concealed(),
            Flag.bool("passphrase-stdin", "read the passphrase from the first line of standard input"),
            Flag.string("profile-cpu", "record what the program does into FILE, in the format of JDK Flight Recorder"),
            Flag.string("profile-mem", "the same as -profile-cpu").concealed(),
            Flag.bool("quiet", "no output except results, errors and the last line"),
            Flag.bool("silent", "no output but the results of listing commands, and errors"),
            Flag.bool("stdio", "one line per path instead of a progress line"),
            Flag.bool("time", "display command execution time"),
            Flag.string("trace", "show where an error comes from; comma-separated subsystems or `all`"),
            Flag.bool("v", "show details"));

    private GlobalOptions() {}

    /** Whether the global option {@code name} takes a value in the next word. */
    static boolean takesValue(String name) {
        for (Flag flag : FLAGS) {
            if (flag.name().equals(name)) {
                return flag.kind() != Flag.Kind.BOOLEAN;
            }
        }
        return false;
    }
}
