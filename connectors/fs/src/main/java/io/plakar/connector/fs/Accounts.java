package io.plakar.connector.fs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** Users and groups of this machine by number and by name, each asked for once. Safe for many threads. */
final class Accounts {
    private static final long FIRST_BUFFER = 4096;
    private static final long LARGEST_BUFFER = 1 << 20;
    private static final long ENTRY_BYTES = 64;
    private static final long ID_OFFSET = 16;

    private final ConcurrentHashMap<Long, String> userNames = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, String> groupNames = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, OptionalLong> userIds = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, OptionalLong> groupIds = new ConcurrentHashMap<>();

    String userName(long uid) {
        return userNames.computeIfAbsent(uid, id -> name(false, id));
    }

    String groupName(long gid) {
        return groupNames.computeIfAbsent(gid, id -> name(true, id));
    }

    OptionalLong userId(String name) {
        return userIds.computeIfAbsent(name, n -> id(false, n));
    }

    OptionalLong groupId(String name) {
        return groupIds.computeIfAbsent(name, n -> id(true, n));
    }

    private static String name(boolean group, long id) {
        for (long size = FIRST_BUFFER; size <= LARGEST_BUFFER; size *= 4) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment entry = arena.allocate(ENTRY_BYTES, 8);
                MemorySegment found = arena.allocate(ADDRESS);
                int errno = Libc.accountById(group, (int) id, entry, arena.allocate(size), size, found);
                if (errno == Errno.ERANGE) {
                    continue;
                }
                if (errno != 0 || found.get(ADDRESS, 0).equals(MemorySegment.NULL)) {
                    return "";
                }
                return entry.get(ADDRESS, 0).reinterpret(size).getString(0, StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    private static OptionalLong id(boolean group, String name) {
        for (long size = FIRST_BUFFER; size <= LARGEST_BUFFER; size *= 4) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment entry = arena.allocate(ENTRY_BYTES, 8);
                MemorySegment found = arena.allocate(ADDRESS);
                MemorySegment text = arena.allocateFrom(name.replace("\0", ""), StandardCharsets.UTF_8);
                int errno = Libc.accountByName(group, text, entry, arena.allocate(size), size, found);
                if (errno == Errno.ERANGE) {
                    continue;
                }
                if (errno != 0 || found.get(ADDRESS, 0).equals(MemorySegment.NULL)) {
                    return OptionalLong.empty();
                }
                return OptionalLong.of(Integer.toUnsignedLong(entry.get(JAVA_INT, ID_OFFSET)));
            }
        }
        return OptionalLong.empty();
    }
}
