package io.plakar.mount.fuse;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.nio.ByteOrder;
import java.util.Locale;
import org.cryptomator.jfuse.api.DirFiller;
import org.cryptomator.jfuse.api.FuseConfig;
import org.cryptomator.jfuse.api.Stat;
import org.jspecify.annotations.Nullable;

/**
 * What jfuse has no method for, done in the memory behind its records: inode numbers, blocks, and names that are not
 * text. Where it cannot be done (another system, another jfuse) the methods say so and nothing else happens. Stateless.
 */
final class NativeRecords {
    /*
     * Layouts of 64-bit Linux, the same on x86-64 and aarch64 in these fields (asm/stat.h, fuse.h of libfuse 3.2 to 3.17).
     * jfuse's implementations are records around a segment, whose accessors are reached by reflection.
     */
    private static final boolean LINUX =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    private static final long STAT_INO = 8;
    private static final long STAT_BLOCKS = 64;
    private static final long STAT_BYTES = 128;
    private static final long CONFIG_USE_INO = 64;
    private static final long CONFIG_BYTES = 96;
    private static final int BLOCK = 512;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.nativeOrder());

    /** {@code int (*fuse_fill_dir_t)(void *buf, const char *name, const struct stat *, off_t, enum)}. */
    private static final MethodHandle FILL = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));

    /** By class of record: its accessors, or none. */
    private static final ClassValue<Accessors> ACCESSORS = new ClassValue<>() {
        @Override
        protected Accessors computeValue(Class<?> type) {
            return new Accessors(
                    accessor(type, "segment"),
                    accessor(type, "buf"),
                    accessor(type, "callback"),
                    accessor(type, "arena"));
        }
    };

    private record Accessors(
            @Nullable Method segment,
            @Nullable Method buffer,
            @Nullable Method callback,
            @Nullable Method arena) {}

    private NativeRecords() {}

    private static @Nullable Method accessor(Class<?> type, String name) {
        try {
            Method method = type.getDeclaredMethod(name);
            method.setAccessible(true);
            return method;
        } catch (NoSuchMethodException | RuntimeException e) {
            return null;
        }
    }

    private static <T> @Nullable T get(@Nullable Method accessor, Object owner, Class<T> type) {
        if (accessor == null || !LINUX) {
            return null;
        }
        try {
            return type.cast(accessor.invoke(owner));
        } catch (ReflectiveOperationException | ClassCastException e) {
            return null;
        }
    }

    private static @Nullable MemorySegment segment(Object record, long bytes) {
        MemorySegment segment = get(ACCESSORS.get(record.getClass()).segment(), record, MemorySegment.class);
        return segment == null || segment.byteSize() < bytes ? null : segment;
    }

    /** Has libfuse tell the inode numbers that {@link #setInode} sets; false when that cannot be had. */
    static boolean useInodes(FuseConfig config) {
        MemorySegment segment = segment(config, CONFIG_BYTES);
        if (segment == null || config.useIno() != 0) {
            return false;
        }
        segment.set(INT, CONFIG_USE_INO, 1);
        if (config.useIno() == 1) {
            return true;
        }
        segment.set(INT, CONFIG_USE_INO, 0);
        return false;
    }

    /** Sets {@code st_ino}, and {@code st_blocks} for what {@code du} prints. */
    static void setInode(Stat stat, long inode, long size) {
        MemorySegment segment = segment(stat, STAT_BYTES);
        if (segment != null) {
            segment.set(LONG, STAT_INO, inode);
            segment.set(LONG, STAT_BLOCKS, Math.ceilDiv(size, (long) BLOCK));
        }
    }

    /**
     * Lists a name as bytes.
     *
     * @return as {@link DirFiller#fill}; -1 when it cannot be done
     */
    static int fill(DirFiller filler, byte[] name, long offset) {
        Accessors accessors = ACCESSORS.get(filler.getClass());
        MemorySegment buffer = get(accessors.buffer(), filler, MemorySegment.class);
        MemorySegment callback = get(accessors.callback(), filler, MemorySegment.class);
        Arena arena = get(accessors.arena(), filler, Arena.class);
        if (buffer == null || callback == null || arena == null) {
            return -1;
        }
        MemorySegment bytes = arena.allocate(name.length + 1L);
        MemorySegment.copy(name, 0, bytes, ValueLayout.JAVA_BYTE, 0, name.length);
        try {
            return (int) FILL.invokeExact(callback, buffer, bytes, MemorySegment.NULL, offset, 0);
        } catch (Throwable e) {
            return -1;
        }
    }
}
