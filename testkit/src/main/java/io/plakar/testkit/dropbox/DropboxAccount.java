package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.DropboxTree.Commit;
import io.plakar.testkit.dropbox.Node.File;
import io.plakar.testkit.dropbox.Node.Folder;
import io.plakar.testkit.dropbox.UploadSessions.Whole;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A person with a Dropbox, alone or as a member of a team, and direct access to the files without a call. Paths are absolute, start with
 * {@code /} and are below the person's own folder. Safe for use by several threads; lives as long as its emulator.
 */
public final class DropboxAccount {
    /** Where ids come from; no two accounts have the same. */
    private final long number;

    private final String name;
    private final String email;
    private final @Nullable String team;
    private final String rootNamespace;
    private final DropboxTree tree;
    private final Folder home;
    private final UploadSessions uploads;
    private final Tokens tokens;
    private final String refreshToken;
    private final Map<String, Folder> namespaces = new ConcurrentHashMap<>();

    /** A file as it is now; the time has whole seconds. */
    public record FileState(long size, Instant clientModified, String contentHash) {}

    DropboxAccount(
            long number,
            String name,
            String email,
            @Nullable String team,
            String rootNamespace,
            DropboxTree tree,
            Folder home,
            UploadSessions uploads,
            Tokens tokens) {
        this.number = number;
        this.name = name;
        this.email = email;
        this.team = team;
        this.rootNamespace = rootNamespace;
        this.tree = tree;
        this.home = home;
        this.uploads = uploads;
        this.tokens = tokens;
        this.refreshToken = tokens.newRefresh(this);
        namespaces.put(rootNamespace, tree.root());
        namespaces.put(homeNamespace(), home);
    }

    /** The person's name. */
    public String name() {
        return name;
    }

    /** The person's address. */
    public String email() {
        return email;
    }

    /** The team's name; null for a personal account. */
    public @Nullable String team() {
        return team;
    }

    /** The account's id, {@code dbid:…}. */
    public String id() {
        return "dbid:AAA" + String.format(Locale.ROOT, "%037d", number);
    }

    /** The person's id in the team, {@code dbmid:…}. */
    public String memberId() {
        return "dbmid:AAB" + String.format(Locale.ROOT, "%037d", number);
    }

    /** A token that gets new access tokens; the same for the account's whole life. */
    public String refreshToken() {
        return refreshToken;
    }

    /** A new access token. */
    public String accessToken() {
        return tokens.newAccess(this);
    }

    /** The namespace of the team's space; for a personal account the same as the home namespace. */
    public String rootNamespace() {
        return rootNamespace;
    }

    /** The namespace of the person's own folder. */
    public String homeNamespace() {
        return team == null ? rootNamespace : String.valueOf(1_000_000_000L + number);
    }

    /** The path of the person's own folder in the team's space; empty for a personal account. */
    public String homePath() {
        return team == null ? "" : "/" + home.name;
    }

    DropboxTree tree() {
        return tree;
    }

    Folder home() {
        return home;
    }

    /** The folder that is the root of a namespace; null when the person has no such namespace. */
    @Nullable
    Folder namespace(String id) {
        return namespaces.get(id);
    }

    void share(Folder folder, String id) {
        namespaces.put(id, folder);
    }

    /** Space for all files, of the whole team if it is one. */
    public void quotaBytes(long bytes) {
        tree.quotaBytes(bytes);
    }

    /** Space that all files take, of the whole team if it is one. */
    public long usedBytes() {
        return tree.usedBytes();
    }

    /** Makes or replaces a file, and the folders above it. */
    public void put(String path, byte[] content, Instant clientModified) throws IOException {
        put(path, new ByteArrayInputStream(content), clientModified);
    }

    /** Makes or replaces a file from a stream, which is read to its end and not closed. */
    public void put(String path, InputStream content, Instant clientModified) throws IOException {
        try {
            Whole whole = uploads.whole(content);
            Instant seconds = clientModified.truncatedTo(ChronoUnit.SECONDS);
            Commit commit = new Commit(path, new DropboxTree.Mode.Overwrite(), false, false, seconds);
            tree.write(home, commit, whole.content(), whole.contentHash());
        } catch (Refusal | ApiError e) {
            throw new IOException("cannot put " + path + ": " + e.getMessage(), e);
        }
    }

    /** Makes an empty folder, and the folders above it. */
    public void makeFolder(String path) throws IOException {
        try {
            tree.createFolder(home, path, false);
        } catch (Refusal e) {
            throw new IOException("cannot make " + path + ": " + e.getMessage(), e);
        }
    }

    /** Removes a file or a folder with all below it. */
    public void delete(String path) throws IOException {
        try {
            tree.remove(tree.findRemovable(home, path, null));
        } catch (Refusal e) {
            throw new FileNotFoundException("cannot delete " + path + ": " + e.getMessage());
        }
    }

    /** The bytes of a file; the caller closes the stream. */
    public InputStream open(String path) throws IOException {
        Revision revision;
        synchronized (tree) {
            try {
                revision = tree.findFile(home, path).revision;
            } catch (Refusal e) {
                throw new FileNotFoundException("cannot open " + path + ": " + e.getMessage());
            }
        }
        return revision.content().open(0);
    }

    /** All files by their paths with the names as they were given. */
    public SortedMap<String, FileState> files() {
        SortedMap<String, FileState> files = new TreeMap<>();
        synchronized (tree) {
            collect(home, "", files, null);
        }
        return files;
    }

    /** All folders, the person's own folder excepted, by their paths; the values are how many children they have. */
    public SortedMap<String, Integer> folders() {
        SortedMap<String, Integer> folders = new TreeMap<>();
        synchronized (tree) {
            collect(home, "", null, folders);
        }
        return folders;
    }

    private static void collect(
            Folder folder,
            String path,
            @Nullable SortedMap<String, FileState> files,
            @Nullable SortedMap<String, Integer> folders) {
        for (Node child : folder.children.values()) {
            String childPath = path + "/" + child.name;
            switch (child) {
                case File file -> {
                    if (files != null) {
                        Revision r = file.revision;
                        files.put(childPath, new FileState(r.size(), r.clientModified(), r.contentHash()));
                    }
                }
                case Folder below -> {
                    if (folders != null) {
                        folders.put(childPath, below.children.size());
                    }
                    collect(below, childPath, files, folders);
                }
            }
        }
    }
}
