package io.plakar.connector.fs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library's file calls. Each returns what the call returns or, on failure, the negated error number. Stateless;
 * the handles are made in groups on first use, so that a command pays only for what it calls.
 */
final class Libc {
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_NO_AUTOMOUNT = 0x800;
    static final int STATX_BASIC_STATS = 0x7ff;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_NONBLOCK = 04000;
    static final int O_NOATIME = 01000000;
    static final int O_CLOEXEC = 02000000;
    static final int O_DIRECTORY;
    static final int O_NOFOLLOW;

    static {
        // The only two flags used here whose value depends on the processor.
        boolean arm = System.getProperty("os.arch", "").equals("aarch64");
        O_DIRECTORY = arm ? 040000 : 0200000;
        O_NOFOLLOW = arm ? 0100000 : 0400000;
    }

    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Libc() {}

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }

    private static int result(int value, MemorySegment state) {
        return value == -1 ? -(int) ERRNO_VALUE.get(state, 0L) : value;
    }

    private static long result(long value, MemorySegment state) {
        return value == -1 ? -(int) ERRNO_VALUE.get(state, 0L) : value;
    }

    private static AssertionError impossible(Throwable e) {
        return new AssertionError("a call of the C library does not throw", e);
    }

    /** What opening and reading a store needs. */
    private static final class Reading {
        static final MethodHandle OPENAT = handle(
                "openat",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                ERRNO,
                Linker.Option.firstVariadicArg(3));
        static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
        static final MethodHandle PREAD =
                handle("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG), ERRNO);
        static final MethodHandle STATX =
                handle("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS), ERRNO);
        static final MethodHandle GETDENTS64 =
                handle("getdents64", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), ERRNO);
    }

    /** What else a source needs. */
    private static final class Walking {
        static final MethodHandle READLINKAT =
                handle("readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG), ERRNO);
        static final MethodHandle LLISTXATTR =
                handle("llistxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG), ERRNO);
        static final MethodHandle LGETXATTR =
                handle("lgetxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG), ERRNO);
    }

    /** What else a store needs. */
    private static final class Writing {
        static final MethodHandle PWRITE =
                handle("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG), ERRNO);
        static final MethodHandle FTRUNCATE =
                handle("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG), ERRNO);
        static final MethodHandle FSYNC = handle("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
        static final MethodHandle RENAMEAT =
                handle("renameat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS), ERRNO);
        static final MethodHandle UNLINKAT =
                handle("unlinkat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
        static final MethodHandle MKDIRAT =
                handle("mkdirat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
    }

    /** What else a destination needs. */
    private static final class Restoring {
        static final MethodHandle LINKAT = handle(
                "linkat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
        static final MethodHandle SYMLINKAT =
                handle("symlinkat", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS), ERRNO);
        static final MethodHandle MKNODAT =
                handle("mknodat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG), ERRNO);
        static final MethodHandle FCHMOD = handle("fchmod", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
        static final MethodHandle FCHMODAT =
                handle("fchmodat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), ERRNO);
        static final MethodHandle FCHOWN =
                handle("fchown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
        static final MethodHandle FCHOWNAT = handle(
                "fchownat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
        static final MethodHandle FUTIMENS =
                handle("futimens", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), ERRNO);
        static final MethodHandle UTIMENSAT =
                handle("utimensat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT), ERRNO);
        static final MethodHandle FSETXATTR = handle(
                "fsetxattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT), ERRNO);
        static final MethodHandle LSETXATTR = handle(
                "lsetxattr", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT), ERRNO);
    }

    static int openat(MemorySegment state, int directory, MemorySegment path, int flags, int mode) {
        try {
            return result((int) Reading.OPENAT.invokeExact(state, directory, path, flags, mode), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int close(MemorySegment state, int fd) {
        try {
            return result((int) Reading.CLOSE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long pread(MemorySegment state, int fd, MemorySegment into, long count, long offset) {
        try {
            return result((long) Reading.PREAD.invokeExact(state, fd, into, count, offset), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int statx(MemorySegment state, int directory, MemorySegment path, int flags, int mask, MemorySegment out) {
        try {
            return result((int) Reading.STATX.invokeExact(state, directory, path, flags, mask, out), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long getdents64(MemorySegment state, int fd, MemorySegment into, long count) {
        try {
            return result((long) Reading.GETDENTS64.invokeExact(state, fd, into, count), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long readlinkat(MemorySegment state, int directory, MemorySegment path, MemorySegment into, long count) {
        try {
            return result((long) Walking.READLINKAT.invokeExact(state, directory, path, into, count), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long llistxattr(MemorySegment state, MemorySegment path, MemorySegment into, long count) {
        try {
            return result((long) Walking.LLISTXATTR.invokeExact(state, path, into, count), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long lgetxattr(MemorySegment state, MemorySegment path, MemorySegment name, MemorySegment into, long count) {
        try {
            return result((long) Walking.LGETXATTR.invokeExact(state, path, name, into, count), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long pwrite(MemorySegment state, int fd, MemorySegment from, long count, long offset) {
        try {
            return result((long) Writing.PWRITE.invokeExact(state, fd, from, count, offset), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int ftruncate(MemorySegment state, int fd, long length) {
        try {
            return result((int) Writing.FTRUNCATE.invokeExact(state, fd, length), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int fsync(MemorySegment state, int fd) {
        try {
            return result((int) Writing.FSYNC.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int renameat(
            MemorySegment state, int directory, MemorySegment path, int newDirectory, MemorySegment newPath) {
        try {
            return result((int) Writing.RENAMEAT.invokeExact(state, directory, path, newDirectory, newPath), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int unlinkat(MemorySegment state, int directory, MemorySegment path, int flags) {
        try {
            return result((int) Writing.UNLINKAT.invokeExact(state, directory, path, flags), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int mkdirat(MemorySegment state, int directory, MemorySegment path, int mode) {
        try {
            return result((int) Writing.MKDIRAT.invokeExact(state, directory, path, mode), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int linkat(
            MemorySegment state,
            int directory,
            MemorySegment path,
            int newDirectory,
            MemorySegment newPath,
            int flags) {
        try {
            return result(
                    (int) Restoring.LINKAT.invokeExact(state, directory, path, newDirectory, newPath, flags), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int symlinkat(MemorySegment state, MemorySegment target, int directory, MemorySegment path) {
        try {
            return result((int) Restoring.SYMLINKAT.invokeExact(state, target, directory, path), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int mknodat(MemorySegment state, int directory, MemorySegment path, int mode, long device) {
        try {
            return result((int) Restoring.MKNODAT.invokeExact(state, directory, path, mode, device), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int fchmod(MemorySegment state, int fd, int mode) {
        try {
            return result((int) Restoring.FCHMOD.invokeExact(state, fd, mode), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int fchmodat(MemorySegment state, int directory, MemorySegment path, int mode, int flags) {
        try {
            return result((int) Restoring.FCHMODAT.invokeExact(state, directory, path, mode, flags), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int fchown(MemorySegment state, int fd, int uid, int gid) {
        try {
            return result((int) Restoring.FCHOWN.invokeExact(state, fd, uid, gid), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int fchownat(MemorySegment state, int directory, MemorySegment path, int uid, int gid, int flags) {
        try {
            return result((int) Restoring.FCHOWNAT.invokeExact(state, directory, path, uid, gid, flags), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int futimens(MemorySegment state, int fd, MemorySegment times) {
        try {
            return result((int) Restoring.FUTIMENS.invokeExact(state, fd, times), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int utimensat(MemorySegment state, int directory, MemorySegment path, MemorySegment times, int flags) {
        try {
            return result((int) Restoring.UTIMENSAT.invokeExact(state, directory, path, times, flags), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int fsetxattr(MemorySegment state, int fd, MemorySegment name, MemorySegment value, long count, int flags) {
        try {
            return result((int) Restoring.FSETXATTR.invokeExact(state, fd, name, value, count, flags), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int lsetxattr(
            MemorySegment state, MemorySegment path, MemorySegment name, MemorySegment value, long count, int flags) {
        try {
            return result((int) Restoring.LSETXATTR.invokeExact(state, path, name, value, count, flags), state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Calls without an error number. */
    private static final class Accounts {
        static final FunctionDescriptor BY_ID =
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
        static final FunctionDescriptor BY_NAME =
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
        static final MethodHandle GETPWUID_R = handle("getpwuid_r", BY_ID);
        static final MethodHandle GETGRGID_R = handle("getgrgid_r", BY_ID);
        static final MethodHandle GETPWNAM_R = handle("getpwnam_r", BY_NAME);
        static final MethodHandle GETGRNAM_R = handle("getgrnam_r", BY_NAME);
        static final MethodHandle GETEUID = handle("geteuid", FunctionDescriptor.of(JAVA_INT));
    }

    static int geteuid() {
        try {
            return (int) Accounts.GETEUID.invokeExact();
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** {@code getpwuid_r} or {@code getgrgid_r}: 0 or an error number. */
    static int accountById(
            boolean group, int id, MemorySegment entry, MemorySegment buffer, long count, MemorySegment found) {
        try {
            return group
                    ? (int) Accounts.GETGRGID_R.invokeExact(id, entry, buffer, count, found)
                    : (int) Accounts.GETPWUID_R.invokeExact(id, entry, buffer, count, found);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** {@code getpwnam_r} or {@code getgrnam_r}: 0 or an error number. */
    static int accountByName(
            boolean group,
            MemorySegment name,
            MemorySegment entry,
            MemorySegment buffer,
            long count,
            MemorySegment found) {
        try {
            return group
                    ? (int) Accounts.GETGRNAM_R.invokeExact(name, entry, buffer, count, found)
                    : (int) Accounts.GETPWNAM_R.invokeExact(name, entry, buffer, count, found);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }
}
