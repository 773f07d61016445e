package io.plakar.app;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The user's keyring of the Linux kernel (keyrings(7)): unswappable memory that all processes of a user share, emptied when
 * the machine stops. Stateless.
 */
final class KernelKeyring implements KeyRing.Vault {
    private static final int LARGEST = 4096;
    private static final String TYPE = "user";

    private static final long USER_KEYRING = -4;
    private static final long PROCESS_KEYRING = -2;

    private static final long REVOKE = 3;
    private static final long LINK = 8;
    private static final long UNLINK = 9;
    private static final long SEARCH = 10;
    private static final long READ = 11;
    private static final long SET_TIMEOUT = 15;

    private static final int ENOSYS = 38;
    private static final int EPERM = 1;
    private static final int EDQUOT = 122;

    /** The C library as far as it is needed here; one for a use, on one thread. */
    private static final class Kernel implements AutoCloseable {
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

        private final Arena arena = Arena.ofConfined();
        private final MemorySegment state = arena.allocate(STATE);
        private final MethodHandle syscall;
        private final long addKey;
        private final long keyctl;

        Kernel() {
            boolean intel = System.getProperty("os.arch", "").equals("amd64");
            addKey = intel ? 248 : 217;
            keyctl = intel ? 250 : 219;
            Linker linker = Linker.nativeLinker();
            syscall = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));
        }

        private long call(long number, long a, long b, long c, long d, long e) {
            try {
                return (long) syscall.invokeExact(state, number, a, b, c, d, e);
            } catch (Error | RuntimeException failed) {
                throw failed;
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        long control(long operation, long a, long b, long c, long d) {
            return call(keyctl, operation, a, b, c, d);
        }

        long add(String name, MemorySegment secret) {
            return call(addKey, text(TYPE), text(name), secret.address(), secret.byteSize(), USER_KEYRING);
        }

        long search(String name) {
            return control(SEARCH, USER_KEYRING, text(TYPE), text(name), 0);
        }

        int errno() {
            return (int) ERRNO.get(state, 0L);
        }

        MemorySegment allocate(long bytes) {
            return arena.allocate(bytes);
        }

        private long text(String text) {
            return arena.allocateFrom(text).address();
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    @Override
    public byte @Nullable [] find(String name) {
        try (Kernel kernel = new Kernel()) {
            long key = kernel.search(name);
            if (key < 0) {
                return null;
            }
            // A key may be read by who possesses it, and not every session (cron, services) links the user's keyring.
            kernel.control(LINK, USER_KEYRING, PROCESS_KEYRING, 0, 0);
            MemorySegment buffer = kernel.allocate(LARGEST);
            try {
                long length = kernel.control(READ, key, buffer.address(), LARGEST, 0);
                return length < 0 || length > LARGEST
                        ? null
                        : buffer.asSlice(0, length).toArray(JAVA_BYTE);
            } finally {
                buffer.fill((byte) 0);
            }
        }
    }

    @Override
    public void keep(String name, byte[] secret, Duration duration) throws Failure {
        long seconds = duration.toSeconds();
        if (seconds < 1 || seconds > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the kernel keeps keys for 1 s to 2^31-1 s, not for " + duration);
        }
        try (Kernel kernel = new Kernel()) {
            MemorySegment copy = kernel.allocate(secret.length);
            long key;
            try {
                copy.copyFrom(MemorySegment.ofArray(secret));
                key = kernel.add(name, copy);
            } finally {
                copy.fill((byte) 0);
            }
            if (key < 0) {
                throw refused(kernel.errno());
            }
            if (kernel.control(SET_TIMEOUT, key, seconds, 0, 0) < 0) {
                int errno = kernel.errno();
                remove(kernel, key);
                throw refused(errno);
            }
        }
    }

    @Override
    public boolean forget(String name) {
        try (Kernel kernel = new Kernel()) {
            long key = kernel.search(name);
            if (key < 0) {
                return false;
            }
            remove(kernel, key);
            return true;
        }
    }

    /** Revoked first: that makes the content go although another process may hold the key. */
    private static void remove(Kernel kernel, long key) {
        kernel.control(LINK, USER_KEYRING, PROCESS_KEYRING, 0, 0);
        kernel.control(REVOKE, key, 0, 0, 0);
        kernel.control(UNLINK, key, USER_KEYRING, 0, 0);
    }

    private static Failure refused(int errno) {
        String reason = switch (errno) {
            case ENOSYS -> "it was built without keyrings";
            case EPERM -> "it is not permitted here, as in some containers";
            case EDQUOT -> "the user's quota of keys is used up";
            default -> "error " + errno;
        };
        return new Failure(
                ExitCode.FAILURE,
                "the kernel does not keep the key: " + reason,
                "use -keyfile FILE or passphrase_cmd in the store's configuration");
    }
}
