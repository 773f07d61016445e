package io.plakar.kloset.codec;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** Argon2id by the system's {@code libargon2}, where there is one. Stateless. */
final class NativeArgon2 {
    private static final String[] LIBRARIES = {"libargon2.so.1", "libargon2.1.dylib"};

    private NativeArgon2() {}

    /** The key, or null if the library is not there or declines. */
    static byte @Nullable [] derive(byte[] password, byte[] salt, int passes, int memoryKiB, int lanes, int keyLength) {
        if (ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = find(arena);
            if (function == null) {
                return null;
            }
            MethodHandle hash = Linker.nativeLinker()
                    .downcallHandle(
                            function,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG));
            MemorySegment secret = arena.allocate(Math.max(1, password.length));
            MemorySegment key = arena.allocate(keyLength);
            try {
                MemorySegment.copy(password, 0, secret, ValueLayout.JAVA_BYTE, 0, password.length);
                int status = (int) hash.invokeExact(
                        passes,
                        memoryKiB,
                        lanes,
                        secret,
                        (long) password.length,
                        arena.allocateFrom(ValueLayout.JAVA_BYTE, salt),
                        (long) salt.length,
                        key,
                        (long) keyLength);
                return status == 0 ? key.toArray(ValueLayout.JAVA_BYTE) : null;
            } finally {
                secret.fill((byte) 0);
                key.fill((byte) 0);
            }
        } catch (Error | RuntimeException failed) {
            throw failed;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static @Nullable MemorySegment find(Arena arena) {
        for (String library : LIBRARIES) {
            try {
                return SymbolLookup.libraryLookup(library, arena)
                        .find("argon2id_hash_raw")
                        .orElse(null);
            } catch (IllegalArgumentException | UnsupportedOperationException absent) {
                // The next name, then the portable code.
                continue;
            }
        }
        return null;
    }
}
