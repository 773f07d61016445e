package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.btree.BTreeReader;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.vfs.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One search below a directory: through the listings or, for content types, through their index. Stops as soon as it
 * knows whether there is one more. For one thread.
 */
final class Search {
    /** Takes what was found. */
    @FunctionalInterface
    interface Found {
        void accept(EntryJson entry) throws IOException;
    }

    private final SnapshotFiles files;
    private final BytePath directory;
    private final boolean recursive;
    private final List<String> types;
    private final NamePattern pattern;

    private int skip;
    private int room;
    private boolean more;

    Search(SnapshotFiles files, BytePath directory, boolean recursive, List<String> types, NamePattern pattern) {
        this.files = files;
        this.directory = directory;
        this.recursive = recursive;
        this.types = types;
        this.pattern = pattern;
    }

    /** @return whether there is at least one more behind the page */
    boolean run(int offset, int limit, Found found) throws KlosetException, IOException {
        skip = offset;
        room = limit;
        more = false;
        if (recursive && !types.isEmpty()) {
            Optional<BTreeReader> index = files.tree().index(SnapshotHeader.Index.CONTENT_TYPE);
            if (index.isPresent()) {
                throughIndex(index.get(), found);
                return more;
            }
        }
        walk(directory, found);
        return more;
    }

    private void walk(BytePath place, Found found) throws KlosetException, IOException {
        try (DirectoryCursor cursor = files.tree().children(place)) {
            while (!more && cursor.next()) {
                Entry entry = cursor.entry();
                boolean wanted = !recursive || !entry.isDirectory();
                if (wanted && hasType(entry) && pattern.matches(entry.name())) {
                    take(entry, cursor.mac(), found);
                }
                if (recursive && entry.isDirectory()) {
                    walk(entry.path(), found);
                }
            }
        }
    }

    private boolean hasType(Entry entry) {
        if (types.isEmpty()) {
            return true;
        }
        String main = mainType(entry.contentType());
        for (String type : types) {
            boolean same = recursive
                    ? isBelow(bareType(entry.contentType()), type)
                    : mainType(type).equals(main);
            if (same && !main.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static String mainType(String type) {
        int slash = type.indexOf('/');
        return slash < 0 ? type : type.substring(0, slash);
    }

    private static String bareType(String type) {
        int end = type.indexOf(';');
        return end < 0 ? type : type.substring(0, end);
    }

    private static boolean isBelow(String type, String wanted) {
        return type.equals(wanted) || type.startsWith(wanted.endsWith("/") ? wanted : wanted + "/");
    }

    /** Keys are {@code /TYPE/SUBTYPE/PATH}; by type, then by path. */
    private void throughIndex(BTreeReader index, Found found) throws KlosetException, IOException {
        List<String> distinct = types.stream()
                .map(Search::bareType)
                .map(type -> type.endsWith("/") ? type : type + "/")
                .sorted()
                .distinct()
                .toList();
        String covered = "";
        for (String type : distinct) {
            if (!covered.isEmpty() && type.startsWith(covered)) {
                continue;
            }
            covered = type;
            byte[] prefix = ("/" + type).getBytes(StandardCharsets.UTF_8);
            BTreeReader.Cursor keys = index.cursorFrom(prefix);
            while (!more && keys.next() && startsWith(keys.key(), prefix)) {
                BytePath path = pathOf(keys.key());
                if (path != null && path.startsWith(directory) && pattern.matches(path.name())) {
                    Optional<Entry> entry = files.tree().lookup(path);
                    if (entry.isPresent()) {
                        take(entry.get(), keys.value(), found);
                    }
                }
            }
        }
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static @org.jspecify.annotations.Nullable BytePath pathOf(byte[] key) {
        int slashes = 0;
        for (int i = 0; i < key.length; i++) {
            if (key[i] == '/' && ++slashes == 3) {
                return BytePath.clean(Arrays.copyOfRange(key, i, key.length));
            }
        }
        return null;
    }

    private void take(Entry entry, Mac mac, Found found) throws KlosetException, IOException {
        if (skip > 0) {
            skip--;
        } else if (room > 0) {
            room--;
            found.accept(files.describe(entry, mac));
        } else {
            more = true;
        }
    }
}
