package io.plakar.cli;

import io.plakar.cli.command.ArchiveCommand;
import io.plakar.cli.command.BackupCommand;
import io.plakar.cli.command.CachedCommand;
import io.plakar.cli.command.CatCommand;
import io.plakar.cli.command.CheckCommand;
import io.plakar.cli.command.CreateCommand;
import io.plakar.cli.command.DemoCommand;
import io.plakar.cli.command.DiffCommand;
import io.plakar.cli.command.DigestCommand;
import io.plakar.cli.command.HelpCommand;
import io.plakar.cli.command.InfoCommand;
import io.plakar.cli.command.LocateCommand;
import io.plakar.cli.command.LockCommand;
import io.plakar.cli.command.LsCommand;
import io.plakar.cli.command.MountCommand;
import io.plakar.cli.command.PkgCommand;
import io.plakar.cli.command.PlacesCommand;
import io.plakar.cli.command.PtarCommand;
import io.plakar.cli.command.RestoreCommand;
import io.plakar.cli.command.RmCommand;
import io.plakar.cli.command.ServerCommand;
import io.plakar.cli.command.UiCommand;
import io.plakar.cli.command.UnlockCommand;
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
        CONFIGURATION("CONFIGURATION"),
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
            new Entry("backup", Group.SNAPSHOTS, "make a snapshot of files", false, BackupCommand::describe),
            new Entry("ls", Group.SNAPSHOTS, "list snapshots, or the files of one", false, LsCommand::describe),
            new Entry("restore", Group.SNAPSHOTS, "bring files back from a snapshot", false, RestoreCommand::describe),
            new Entry("check", Group.SNAPSHOTS, "prove that snapshots are whole", false, CheckCommand::describe),
            new Entry("cat", Group.SNAPSHOTS, "write the contents of files", false, CatCommand::describe),
            new Entry(
                    "diff",
                    Group.SNAPSHOTS,
                    "compare two snapshots, or one with the files as they are",
                    false,
                    DiffCommand::describe),
            new Entry("locate", Group.SNAPSHOTS, "find files by name", false, LocateCommand::describe),
            new Entry("digest", Group.SNAPSHOTS, "print digests of files", false, DigestCommand::describe),
            new Entry("info", Group.SNAPSHOTS, "show all about a store or a snapshot", false, InfoCommand::describe),
            new Entry(
                    "archive",
                    Group.SNAPSHOTS,
                    "write a snapshot as a tar or zip file",
                    false,
                    ArchiveCommand::describe),
            new Entry("rm", Group.SNAPSHOTS, "remove snapshots", false, RmCommand::describe),
            new Entry("ui", Group.SNAPSHOTS, "look at snapshots in the browser", false, UiCommand::describe),
            new Entry("mount", Group.SNAPSHOTS, "look at snapshots as files", false, MountCommand::describe),
            new Entry("create", Group.STORES, "make a new store", false, CreateCommand::describe),
            new Entry(
                    "unlock",
                    Group.STORES,
                    "open a store without its passphrase for a while",
                    false,
                    UnlockCommand::describe),
            new Entry("lock", Group.STORES, "forget the key that unlock kept", false, LockCommand::describe),
            new Entry("ptar", Group.STORES, "make a store in one file", false, PtarCommand::describe),
            new Entry("server", Group.STORES, "let other machines use a store", false, ServerCommand::describe),
            new Entry(
                    "source", Group.CONFIGURATION, "name places to back up from", false, PlacesCommand::describeSource),
            new Entry(
                    "destination",
                    Group.CONFIGURATION,
                    "name places to restore to",
                    false,
                    PlacesCommand::describeDestination),
            new Entry("store", Group.CONFIGURATION, "name stores", false, PlacesCommand::describeStore),
            new Entry("pkg", Group.CONFIGURATION, "add and remove connectors", false, PkgCommand::describe),
            new Entry("demo", Group.GENERAL, "see it all on a Dropbox of this machine", false, DemoCommand::describe),
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
