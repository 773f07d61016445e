package io.plakar.connector.tar;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Xattr;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of an archive which have several names, found by reading all headers once before anything is delivered:
 * so the first name can tell how many there are. Holds something for each hard link of the archive, nothing for other
 * members. Used by one thread.
 */
final class HardLinks {
    private static final int MAX_NAMES = 1 << 20;

    /** One file under all its names. */
    static final class Group {
        /** All names, the first one included. */
        int names = 1;

        /** What the first name delivered; null until then. */
        @Nullable
        Delivered first;
    }

    /** What the other names of a group need of the first one. */
    record Delivered(
            FileInfo info,
            byte[] linkTarget,
            List<Xattr> xattrs,
            @Nullable Content content) {}

    private final Map<BytePath, Group> groups = new HashMap<>();

    /** Follows the archive to its end mark. */
    static HardLinks scan(ArchiveBytes archive) throws IOException {
        HardLinks links = new HardLinks();
        TarReader reader = new TarReader(archive);
        TarHeader header;
        while ((header = reader.next()) != null) {
            if (header.type() == TarHeader.HARD_LINK) {
                links.add(BytePath.clean(header.name()), BytePath.clean(header.linkName()));
            }
        }
        return links;
    }

    private void add(BytePath name, BytePath target) throws IOException {
        if (groups.size() >= MAX_NAMES) {
            throw new IOException("it has more than " + MAX_NAMES + " hard links");
        }
        Group group = groups.computeIfAbsent(target, path -> new Group());
        if (groups.putIfAbsent(name, group) == null) {
            group.names++;
        }
    }

    @Nullable
    Group of(BytePath path) {
        return groups.get(path);
    }
}
