package io.plakar.cli;

import io.plakar.cli.command.CachedCommand;
import io.plakar.cli.command.HelpCommand;
import io.plakar.cli.command.VersionCommand;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every command there is. Descriptions are made on demand, so that a start pays for one command only. */
public final class CommandTable {
    /** How help groups the commands. */
    enum Group {
        SNAPSHOTS("SNAPSHOTS"),
        STORES("STORES"),
        GENERAL("GENERAL");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /**
     * A command in the table.
     *
     * @param hidden works, but is not shown
     */
    record Entry(String name, Group group, String summary, boolean hidden, Supplier<CommandDescription> source) {
        CommandDescription description() {
            return source.get();
        }
    }

    private static final List<Entry> ENTRIES = List.of(
            new Entry("help", Group.GENERAL, "show help on a command", false, HelpCommand::describe),
            new Entry("version", Group.GENERAL, "show the version and the connectors", false, VersionCommand::describe),
            new Entry("cached", Group.GENERAL, "does nothing; kept for old scripts", true, CachedCommand::describe));

    private CommandTable() {}

    static List<Entry> entries() {
        return ENTRIES;
    }

    static @Nullable Entry find(String name) {
        for (Entry entry : ENTRIES) {
            if (entry.name().equals(name)) {
                return entry;
            }
        }
        return null;
    }

    /** The command somebody who wrote {@code word} probably meant, or null. */
    static @Nullable String nearest(String word) {
        return Suggestions.nearest(
                word,
                ENTRIES.stream()
                        .filter(entry -> !entry.hidden())
                        .map(Entry::name)
                        .toList());
    }
}
