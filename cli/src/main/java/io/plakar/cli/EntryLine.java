package io.plakar.cli;

import io.plakar.cli.render.JsonDisplay;
import io.plakar.cli.render.JsonLines;
import io.plakar.cli.text.Sizes;
import io.plakar.cli.text.Times;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.kloset.vfs.Entry;

/** How one file looks in a list (cli §10.3). For one thread. */
public final class EntryLine {
    private final LocalAccounts accounts = new LocalAccounts();

    /** {@code 2025-01-01T00:00:00Z Lrwxrwxrwx    alice    users     14 B link -> docs/notes.txt}. */
    public String of(Entry entry, boolean fullPath) {
        FileInfo info = entry.info();
        return String.format(
                "%s %s %8s %8s %8s %s%s",
                Times.listing(info.modTime()),
                GoMode.text(info.mode()),
                accounts.user(info.username(), info.uid()),
                accounts.group(info.groupname(), info.gid()),
                Sizes.format(info.size()),
                fullPath ? Names.shown(entry.path()) : Names.shown(entry.name()),
                entry.isSymlink() ? " -> " + Names.shown(entry.symlinkTarget()) : "");
    }

    /** The fields of an {@code entry} object. */
    public static void write(JsonLines.Fields fields, Entry entry) {
        fields.name("path", entry.path().bytes());
        if (entry.isSymlink()) {
            fields.name("target", entry.symlinkTarget());
        }
        if (entry.hasObject()) {
            fields.text("content_type", entry.contentType()).number("chunks", entry.chunks());
        }
        fields.object("fileinfo", info -> JsonDisplay.writeFileInfo(info, entry.info()));
    }
}
