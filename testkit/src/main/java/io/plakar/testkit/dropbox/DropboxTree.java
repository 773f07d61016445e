package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.ContentStore.Content;
import io.plakar.testkit.dropbox.Node.File;
import io.plakar.testkit.dropbox.Node.Folder;
import java.text.Normalizer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The files and folders of one person or one team, with every revision there was and a journal of changes. Names compare without case
 * and in NFC. All methods are atomic and safe for use by several threads; nodes handed out must only be looked at while holding the
 * tree's monitor.
 */
final class DropboxTree {
    private static final int MAX_NAME_CHARS = 255;
    private static final Set<String> DISALLOWED_NAMES =
            Set.of("desktop.ini", "thumbs.db", ".ds_store", "icon\r", ".dropbox", ".dropbox.attr");

    private final InstantSource clock;
    private final AtomicLong ids;
    private final Folder root;
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Revision> revisions = new HashMap<>();
    /** By path in lower case, oldest first. */
    private final Map<String, History> histories = new HashMap<>();
    /** The last change of each path, and the same by number. */
    private final Map<String, Change> changes = new HashMap<>();

    private final NavigableMap<Long, Change> journal = new TreeMap<>();
    private long changeNumber;
    private long usedBytes;
    private long quotaBytes = Long.MAX_VALUE;

    /**
     * A change of a path: at the place named there is now something else than before.
     *
     * @param path the names from the root of the tree
     */
    record Change(long number, List<String> path) {
        String key() {
            return DropboxTree.key(path);
        }
    }

    /** The revisions of a path, and when it was deleted. */
    record History(List<Revision> revisions, @Nullable Instant deleted) {}

    /** How a write treats what is there already. */
    sealed interface Mode {
        record Add() implements Mode {}

        record Overwrite() implements Mode {}

        record Update(String rev) implements Mode {}
    }

    /** Where and how a file is committed. */
    record Commit(
            String path,
            Mode mode,
            boolean autorename,
            boolean strictConflict,
            @Nullable Instant clientModified) {}

    /** @param ids where the numbers in ids and revisions come from; trees of one emulator share it */
    DropboxTree(InstantSource clock, AtomicLong ids) {
        this.clock = clock;
        this.ids = ids;
        this.root = new Folder(nextId(), "");
        nodes.put(root.id, root);
    }

    private String nextId() {
        return "id:" + String.format(Locale.ROOT, "AAAAAAAAAA%012d", ids.incrementAndGet());
    }

    /** A name as it is compared. */
    static String lower(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    private static String key(List<String> names) {
        StringBuilder key = new StringBuilder();
        for (String name : names) {
            key.append('/').append(lower(name));
        }
        return key.toString();
    }

    Folder root() {
        return root;
    }

    synchronized long usedBytes() {
        return usedBytes;
    }

    synchronized long quotaBytes() {
        return quotaBytes;
    }

    synchronized void quotaBytes(long bytes) {
        quotaBytes = bytes;
    }

    /** The names from below a folder to a node; null when it is not below that folder. Empty for the folder itself. */
    synchronized @Nullable List<String> names(Folder base, Node node) {
        List<String> names = new ArrayList<>();
        for (Node at = node; at != base; at = Objects.requireNonNull(at.parent)) {
            if (at.parent == null) {
                return null;
            }
            names.addFirst(at.name);
        }
        return names;
    }

    private List<String> names(Node node) {
        return Objects.requireNonNull(names(root, node));
    }

    /** What a path (below a folder, or {@code id:…}) names; {@code ""} is the folder itself. */
    synchronized Node find(Folder base, String path) throws Refusal {
        Node at = base;
        String rest = path;
        if (path.startsWith("id:")) {
            int slash = path.indexOf('/');
            String id = slash < 0 ? path : path.substring(0, slash);
            Node named = nodes.get(id);
            if (named == null || names(base, named) == null) {
                throw Refusal.lookup("not_found");
            }
            at = named;
            rest = slash < 0 ? "" : path.substring(slash);
        }
        for (String name : segments(rest)) {
            Node child = at instanceof Folder folder ? folder.children.get(lower(name)) : null;
            if (child == null) {
                throw Refusal.lookup("not_found");
            }
            at = child;
        }
        return at;
    }

    synchronized File findFile(Folder base, String path) throws Refusal {
        if (find(base, path) instanceof File file) {
            return file;
        }
        throw Refusal.lookup("not_file");
    }

    synchronized Folder findFolder(Folder base, String path) throws Refusal {
        if (find(base, path) instanceof Folder folder) {
            return folder;
        }
        throw Refusal.lookup("not_folder");
    }

    synchronized @Nullable Node byId(String id) {
        return nodes.get(id);
    }

    synchronized Revision revision(String rev) throws Refusal {
        Revision revision = revisions.get(rev);
        if (revision == null) {
            throw Refusal.lookup("not_found");
        }
        return revision;
    }

    /** The names of a path; repeated slashes count once, as clients send them. */
    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                segments.add(Normalizer.normalize(segment, Normalizer.Form.NFC));
            }
        }
        return segments;
    }

    private static void checkName(String name) throws Refusal {
        if (name.length() > MAX_NAME_CHARS || name.equals(".") || name.equals("..")) {
            throw Refusal.write("malformed_path");
        }
        for (int i = 0; i < name.length(); ) {
            int point = name.codePointAt(i);
            boolean unpaired = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            if (point == '\\' || point == 0 || unpaired || (point & 0xFFFE) == 0xFFFE) {
                throw Refusal.write("malformed_path");
            }
            i += Character.charCount(point);
        }
        if (DISALLOWED_NAMES.contains(lower(name))) {
            throw Refusal.write("disallowed_name");
        }
    }

    /** Where a new node goes: the folder, made with its ancestors as needed, and the name. */
    private record Place(Folder folder, String name) {}

    private Place place(Folder base, String path) throws Refusal {
        List<String> segments = segments(path);
        if (segments.isEmpty()) {
            throw Refusal.write("malformed_path");
        }
        for (String segment : segments) {
            checkName(segment);
        }
        Folder folder = base;
        for (String segment : segments.subList(0, segments.size() - 1)) {
            Node child = folder.children.get(lower(segment));
            if (child instanceof File) {
                throw Refusal.write("conflict", "file_ancestor");
            }
            folder = child instanceof Folder existing ? existing : attach(folder, new Folder(nextId(), segment));
        }
        return new Place(folder, segments.getLast());
    }

    private <N extends Node> N attach(Folder folder, N node) {
        node.parent = folder;
        folder.children.put(lower(node.name), node);
        nodes.put(node.id, node);
        changed(names(node));
        return node;
    }

    private void changed(List<String> path) {
        Change change = new Change(++changeNumber, path);
        Change last = changes.put(change.key(), change);
        if (last != null) {
            journal.remove(last.number());
        }
        journal.put(change.number(), change);
        notifyAll();
    }

    /** Waits until there is a change after this number, or the time is over. */
    synchronized void awaitChange(long number, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; changeNumber <= number && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /** A name that is free in the folder: {@code a (1).txt} for {@code a.txt}. */
    private static String freeName(Folder folder, String name) {
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        String ending = dot > 0 ? name.substring(dot) : "";
        for (int i = 1; ; i++) {
            String candidate = stem + " (" + i + ")" + ending;
            if (!folder.children.containsKey(lower(candidate))) {
                return candidate;
            }
        }
    }

    /**
     * Makes these bytes a file. A file that has the same bytes already stays as it is, its times too, unless the mode asks for a
     * conflict.
     */
    synchronized File write(Folder base, Commit commit, Content content, String contentHash) throws Refusal {
        Place place = checkedPlace(base, commit.path());
        Node existing = place.folder().children.get(lower(place.name()));
        String name = place.name();
        if (existing instanceof Folder) {
            if (!commit.autorename()) {
                throw Refusal.write("conflict", "folder");
            }
            name = freeName(place.folder(), name);
            existing = null;
        } else if (existing instanceof File file) {
            boolean same = file.revision.contentHash().equals(contentHash);
            boolean replace = switch (commit.mode()) {
                case Mode.Add add -> false;
                case Mode.Overwrite overwrite -> true;
                case Mode.Update update -> update.rev().equals(file.revision.rev());
            };
            if (same && (replace || !commit.strictConflict())) {
                return file;
            }
            if (!replace) {
                if (!commit.autorename()) {
                    throw Refusal.write("conflict", "file");
                }
                name = freeName(place.folder(), name);
                existing = null;
            }
        } else if (commit.mode() instanceof Mode.Update && commit.strictConflict()) {
            throw Refusal.write("conflict", "file");
        }
        long replaced = existing instanceof File file ? file.revision.size() : 0;
        if (content.size() - replaced > quotaBytes - usedBytes) {
            throw Refusal.write("insufficient_space");
        }
        // Folders come into being only with what is put into them.
        Folder folder = place(base, commit.path()).folder();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant clientModified = commit.clientModified() == null ? now : commit.clientModified();
        String id = existing == null ? nextId() : existing.id;
        String keptName = existing == null ? name : existing.name;
        Revision revision = new Revision(nextRev(), id, keptName, content, contentHash, clientModified, now);
        usedBytes += content.size() - replaced;
        if (existing instanceof File file) {
            file.revision = revision;
            remember(names(file), revision);
            changed(names(file));
            return file;
        }
        File file = attach(folder, new File(id, revision));
        remember(names(file), revision);
        return file;
    }

    /** Like {@link #place} without making folders; the folder is a stand-in when it does not exist. */
    private Place checkedPlace(Folder base, String path) throws Refusal {
        List<String> segments = segments(path);
        if (segments.isEmpty()) {
            throw Refusal.write("malformed_path");
        }
        Folder folder = base;
        for (String segment : segments) {
            checkName(segment);
        }
        for (String segment : segments.subList(0, segments.size() - 1)) {
            Node child = folder.children.get(lower(segment));
            if (child instanceof File) {
                throw Refusal.write("conflict", "file_ancestor");
            }
            if (child == null) {
                return new Place(new Folder("", ""), segments.getLast());
            }
            folder = (Folder) child;
        }
        return new Place(folder, segments.getLast());
    }

    private String nextRev() {
        return String.format(Locale.ROOT, "015f%011x", ids.incrementAndGet());
    }

    private void remember(List<String> path, Revision revision) {
        revisions.put(revision.rev(), revision);
        List<Revision> all = new ArrayList<>();
        History before = histories.get(key(path));
        if (before != null) {
            all.addAll(before.revisions());
        }
        all.add(revision);
        histories.put(key(path), new History(all, null));
    }

    synchronized Folder createFolder(Folder base, String path, boolean autorename) throws Refusal {
        Place place = checkedPlace(base, path);
        Node existing = place.folder().children.get(lower(place.name()));
        String name = place.name();
        if (existing != null) {
            if (!autorename) {
                throw Refusal.write("conflict", existing instanceof File ? "file" : "folder");
            }
            name = freeName(place.folder(), name);
        }
        return attach(place(base, path).folder(), new Folder(nextId(), name));
    }

    /**
     * What the path names, if it may be removed.
     *
     * @param parentRev when not null, only the file with this revision may be
     */
    synchronized Node findRemovable(Folder base, String path, @Nullable String parentRev) throws Refusal {
        Node node = find(base, path);
        if (node == root || node == base) {
            throw Refusal.write("no_write_permission");
        }
        if (parentRev != null
                && !(node instanceof File file && file.revision.rev().equals(parentRev))) {
            throw Refusal.write("conflict", node instanceof File ? "file" : "folder");
        }
        return node;
    }

    /** Removes a node that is in this tree, with all below it. */
    synchronized void remove(Node node) {
        List<String> path = names(node);
        forget(node, path, clock.instant().truncatedTo(ChronoUnit.SECONDS));
        Objects.requireNonNull(node.parent).children.remove(lower(node.name));
        node.parent = null;
    }

    private void forget(Node node, List<String> path, Instant now) {
        nodes.remove(node.id);
        // The journal tells of the children too: a folder made anew at the place must not bring them back.
        changed(path);
        switch (node) {
            case File file -> {
                usedBytes -= file.revision.size();
                History before = histories.get(key(path));
                if (before != null) {
                    histories.put(key(path), new History(before.revisions(), now));
                }
            }
            case Folder folder -> {
                for (Node child : folder.children.values()) {
                    List<String> childPath = new ArrayList<>(path);
                    childPath.add(child.name);
                    forget(child, childPath, now);
                }
            }
        }
    }

    /** Why a copy or move was not done, where no path is to blame. */
    static final class Relocation extends Exception {
        private static final long serialVersionUID = 1L;

        private final String tag;

        Relocation(String tag) {
            super(tag, null, false, false);
            this.tag = tag;
        }

        String tag() {
            return tag;
        }
    }

    /** Where a copy or move goes, checked. */
    private Place target(Folder base, Node from, String to, boolean autorename) throws Refusal, Relocation {
        Place place = checkedPlace(base, to);
        Node existing = place.folder().children.get(lower(place.name()));
        String name = place.name();
        if (existing != null) {
            if (!autorename) {
                throw Refusal.write("conflict", existing instanceof File ? "file" : "folder");
            }
            name = freeName(place.folder(), name);
        }
        for (Node at = place.folder(); at != null; at = at.parent) {
            if (at == from) {
                throw new Relocation("cant_move_folder_into_itself");
            }
        }
        return new Place(place(base, to).folder(), name);
    }

    synchronized Node move(Folder base, Node from, String to, boolean autorename) throws Refusal, Relocation {
        Place place = target(base, from, to, autorename);
        List<String> oldPath = names(from);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        long used = usedBytes;
        forget(from, oldPath, now);
        usedBytes = used;
        Objects.requireNonNull(from.parent).children.remove(lower(from.name));
        from.name = place.name();
        settle(place.folder(), from);
        return from;
    }

    private void settle(Folder folder, Node node) {
        attach(folder, node);
        switch (node) {
            case File file -> {
                Revision r = file.revision;
                file.revision = new Revision(
                        nextRev(),
                        r.fileId(),
                        file.name,
                        r.content(),
                        r.contentHash(),
                        r.clientModified(),
                        r.serverModified());
                remember(names(file), file.revision);
            }
            case Folder moved -> {
                for (Node child : List.copyOf(moved.children.values())) {
                    settle(moved, child);
                }
            }
        }
    }

    synchronized Node copy(Folder base, Node from, String to, boolean autorename) throws Refusal, Relocation {
        if (sizeOf(from) > quotaBytes - usedBytes) {
            throw new Relocation("insufficient_quota");
        }
        Place place = target(base, from, to, autorename);
        return copyInto(place.folder(), from, place.name());
    }

    private long sizeOf(Node node) {
        return switch (node) {
            case File file -> file.revision.size();
            case Folder folder ->
                folder.children.values().stream().mapToLong(this::sizeOf).sum();
        };
    }

    private Node copyInto(Folder folder, Node from, String name) {
        return switch (from) {
            case File file -> {
                String id = nextId();
                Revision r = file.revision;
                Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
                Revision copy =
                        new Revision(nextRev(), id, name, r.content(), r.contentHash(), r.clientModified(), now);
                usedBytes += r.size();
                File made = attach(folder, new File(id, copy));
                remember(names(made), copy);
                yield made;
            }
            case Folder source -> {
                Folder made = attach(folder, new Folder(nextId(), name));
                for (Node child : List.copyOf(source.children.values())) {
                    copyInto(made, child, child.name);
                }
                yield made;
            }
        };
    }

    /** The history of a path below a folder; null when no file was ever there. */
    synchronized @Nullable History history(Folder base, String path) {
        List<String> names = new ArrayList<>(names(base));
        names.addAll(segments(path));
        return histories.get(key(names));
    }

    /** Brings back a revision at a path, as a new one. */
    synchronized File restore(Folder base, String path, String rev) throws Refusal {
        Revision revision = revision(rev);
        Node existing;
        try {
            existing = find(base, path);
        } catch (Refusal absent) {
            existing = null;
        }
        if (existing instanceof Folder) {
            throw Refusal.write("conflict", "folder");
        }
        if (existing instanceof File file && file.revision.rev().equals(rev)) {
            return file;
        }
        if (existing != null) {
            remove(existing);
        }
        Commit commit = new Commit(path, new Mode.Overwrite(), false, false, revision.clientModified());
        return write(base, commit, revision.content(), revision.contentHash());
    }

    /** The number of the last change. */
    synchronized long lastChange() {
        return changeNumber;
    }

    /** The changes after a number, in order; at most so many. */
    synchronized List<Change> changesAfter(long number, int limit) {
        return journal.tailMap(number, false).values().stream().limit(limit).toList();
    }

    /** What lies at the names from the root; null when nothing does. */
    synchronized @Nullable Node at(List<String> path) {
        Node at = root;
        for (String name : path) {
            Node child = at instanceof Folder folder ? folder.children.get(lower(name)) : null;
            if (child == null) {
                return null;
            }
            at = child;
        }
        return at;
    }
}
