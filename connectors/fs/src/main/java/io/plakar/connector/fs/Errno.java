package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;

/** Linux error numbers, their texts as Go prints them, and what they mean for a connector. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int EXDEV = 18;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EINVAL = 22;
    static final int EMLINK = 31;
    static final int ERANGE = 34;
    static final int ENOSYS = 38;
    static final int ELOOP = 40;
    static final int ENODATA = 61;
    static final int ENOTSUP = 95;

    private Errno() {}

    /** {@code verb path: text}. */
    static ConnectorException failure(String verb, BytePath path, int errno) {
        return new ConnectorException(reason(errno), verb + " " + path + ": " + text(errno));
    }

    static Reason reason(int errno) {
        return switch (errno) {
            case ENOENT -> Reason.MISSING;
            case EEXIST, 39 -> Reason.EXISTS;
            case EPERM, EACCES -> Reason.DENIED;
            case 30 -> Reason.READ_ONLY;
            case 28, 122 -> Reason.NO_SPACE;
            case EINVAL, 36 -> Reason.INVALID;
            case ENOTSUP, ENOSYS, EXDEV -> Reason.UNSUPPORTED;
            case 110, 112, 116 -> Reason.UNREACHABLE;
            default -> Reason.FAILED;
        };
    }

    static String text(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted";
            case ENOENT -> "no such file or directory";
            case EINTR -> "interrupted system call";
            case 5 -> "input/output error";
            case 6 -> "no such device or address";
            case 7 -> "argument list too long";
            case 9 -> "bad file descriptor";
            case 11 -> "resource temporarily unavailable";
            case 12 -> "cannot allocate memory";
            case EACCES -> "permission denied";
            case 16 -> "device or resource busy";
            case EEXIST -> "file exists";
            case EXDEV -> "invalid cross-device link";
            case 19 -> "no such device";
            case ENOTDIR -> "not a directory";
            case EISDIR -> "is a directory";
            case EINVAL -> "invalid argument";
            case 23 -> "too many open files in system";
            case 24 -> "too many open files";
            case 26 -> "text file busy";
            case 27 -> "file too large";
            case 28 -> "no space left on device";
            case 29 -> "illegal seek";
            case 30 -> "read-only file system";
            case EMLINK -> "too many links";
            case ERANGE -> "numerical result out of range";
            case 36 -> "file name too long";
            case ENOSYS -> "function not implemented";
            case 39 -> "directory not empty";
            case ELOOP -> "too many levels of symbolic links";
            case ENODATA -> "no data available";
            case 75 -> "value too large for defined data type";
            case ENOTSUP -> "operation not supported";
            case 107 -> "transport endpoint is not connected";
            case 110 -> "connection timed out";
            case 112 -> "host is down";
            case 116 -> "stale NFS file handle";
            case 122 -> "disk quota exceeded";
            default -> "errno " + errno;
        };
    }
}
