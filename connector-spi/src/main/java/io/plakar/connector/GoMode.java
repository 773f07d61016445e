package io.plakar.connector;

/** The file mode bits of the format: Go's {@code fs.FileMode}, which is not {@code st_mode} (format-snapshot §5). */
public final class GoMode {
    public static final int DIRECTORY = 0x80000000;
    public static final int APPEND = 0x40000000;
    public static final int EXCLUSIVE = 0x20000000;
    public static final int TEMPORARY = 0x10000000;
    public static final int SYMLINK = 0x08000000;
    public static final int DEVICE = 0x04000000;
    public static final int NAMED_PIPE = 0x02000000;
    public static final int SOCKET = 0x01000000;
    public static final int SETUID = 0x00800000;
    public static final int SETGID = 0x00400000;
    public static final int CHAR_DEVICE = 0x00200000;
    public static final int STICKY = 0x00100000;
    public static final int IRREGULAR = 0x00080000;
    public static final int PERMISSIONS = 0x1ff;

    /** The bits which tell the type; a regular file has none of them. */
    public static final int TYPE = DIRECTORY | SYMLINK | DEVICE | NAMED_PIPE | SOCKET | CHAR_DEVICE | IRREGULAR;

    private GoMode() {}

    public static boolean isDirectory(int mode) {
        return (mode & DIRECTORY) != 0;
    }

    public static boolean isRegular(int mode) {
        return (mode & TYPE) == 0;
    }

    public static boolean isSymlink(int mode) {
        return (mode & SYMLINK) != 0;
    }

    /** The Go mode of a Unix {@code st_mode}. */
    public static int fromUnix(int stMode) {
        int mode = stMode & 0777;
        mode |= switch (stMode & 0170000) {
            case 0040000 -> DIRECTORY;
            case 0120000 -> SYMLINK;
            case 0060000 -> DEVICE;
            case 0020000 -> DEVICE | CHAR_DEVICE;
            case 0010000 -> NAMED_PIPE;
            case 0140000 -> SOCKET;
            case 0100000 -> 0;
            default -> IRREGULAR;
        };
        if ((stMode & 04000) != 0) {
            mode |= SETUID;
        }
        if ((stMode & 02000) != 0) {
            mode |= SETGID;
        }
        if ((stMode & 01000) != 0) {
            mode |= STICKY;
        }
        return mode;
    }

    /** The permission, setuid, setgid and sticky bits as the low 12 bits of {@code st_mode}. */
    public static int toUnixPermissions(int mode) {
        return (mode & PERMISSIONS)
                | ((mode & SETUID) != 0 ? 04000 : 0)
                | ((mode & SETGID) != 0 ? 02000 : 0)
                | ((mode & STICKY) != 0 ? 01000 : 0);
    }

    /** The text form of listings: {@code drwxr-xr-x}, {@code Lrwxrwxrwx}, {@code dtrwxrwxrwx} (cli §8.5). */
    public static String text(int mode) {
        StringBuilder out = new StringBuilder(11);
        String letters = "dalTLDpSugct?";
        for (int i = 0; i < letters.length(); i++) {
            if ((mode & (1 << (31 - i))) != 0) {
                out.append(letters.charAt(i));
            }
        }
        if (out.isEmpty()) {
            out.append('-');
        }
        String permissions = "rwxrwxrwx";
        for (int i = 0; i < 9; i++) {
            out.append((mode & (1 << (8 - i))) != 0 ? permissions.charAt(i) : '-');
        }
        return out.toString();
    }
}
