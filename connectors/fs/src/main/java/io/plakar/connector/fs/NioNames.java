package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * How paths of bytes and the paths of a {@code java.nio} file system stand for each other. Immutable.
 *
 * <p>On Windows {@code C:\Users\x} is {@code /C:/Users/x} and {@code \\host\share\x} is {@code /UNC/host/share/x}; names
 * which Windows cannot hold, or would silently change, are refused.
 */
final class NioNames {
    private static final String UNC = "UNC";
    private static final Set<String> DEVICES = Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$");

    private final FileSystem system;
    private final boolean windows;

    NioNames(FileSystem system) {
        this.system = system;
        this.windows = system.getSeparator().equals("\\");
    }

    boolean windows() {
        return windows;
    }

    /** The absolute path meant by {@code text}, relative to {@code workingDirectory}. */
    BytePath resolve(String text, Path workingDirectory) throws ConnectorException {
        try {
            // A location URL of a drive: fs:///C:/x leaves "/C:/x".
            boolean slashedDrive =
                    windows && text.length() > 2 && text.charAt(0) == '/' && isDrive(text.substring(1, 3));
            Path path = system.getPath(slashedDrive ? text.substring(1) : text);
            if (!path.isAbsolute()) {
                path = system.getPath(workingDirectory.toAbsolutePath().toString())
                        .resolve(path);
            }
            return fromPath(path.normalize());
        } catch (InvalidPathException e) {
            throw new ConnectorException(Reason.INVALID, "open " + text + ": " + e.getReason(), e);
        }
    }

    /** The byte form of an absolute path. */
    BytePath fromPath(Path path) {
        BytePath result = BytePath.ROOT;
        if (windows && path.getRoot() != null) {
            String root = path.getRoot().toString();
            if (root.startsWith("\\\\")) {
                result = result.child(UNC);
                for (String part : root.split("\\\\")) {
                    result = part.isEmpty() ? result : result.child(part);
                }
            } else {
                // Drive letters are one and the same in both cases; snapshots of one place must have one root.
                result = result.child(root.substring(0, 2).toUpperCase(Locale.ROOT));
            }
        }
        for (Path part : path) {
            if (!part.toString().isEmpty()) {
                result = result.child(encode(part.toString()));
            }
        }
        return result;
    }

    static byte[] encode(String name) {
        return PathText.encode(name);
    }

    /** The path of the file system; the root of Windows, above the drives, has none. */
    Path toPath(BytePath bytes) throws ConnectorException {
        String[] parts = bytes.isRoot()
                ? new String[0]
                : text(bytes.bytes(), bytes).substring(1).split("/");
        try {
            if (!windows) {
                return system.getPath("/", parts);
            }
            int used;
            Path path;
            if (parts.length > 0 && isDrive(parts[0])) {
                path = system.getPath(parts[0] + "\\");
                used = 1;
            } else if (parts.length > 2 && parts[0].equals(UNC)) {
                path = system.getPath("\\\\" + parts[1] + "\\" + parts[2] + "\\");
                used = 3;
            } else {
                throw new ConnectorException(
                        Reason.MISSING, "open " + bytes + ": no such file or directory (a drive comes first: /C:/…)");
            }
            for (int i = used; i < parts.length; i++) {
                checkWindowsName(parts[i], bytes);
                path = path.resolve(parts[i]);
            }
            return path;
        } catch (InvalidPathException e) {
            throw new ConnectorException(Reason.INVALID, "open " + bytes + ": " + e.getReason(), e);
        }
    }

    /** One component as the file system's text. */
    String name(byte[] name, BytePath full) throws ConnectorException {
        String text = text(name, full);
        if (windows) {
            checkWindowsName(text, full);
        }
        return text;
    }

    private static String text(byte[] bytes, BytePath full) throws ConnectorException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ConnectorException(
                    Reason.INVALID, "open " + full + ": the name is not UTF-8 and cannot be used on this system", e);
        }
    }

    private static boolean isDrive(String text) {
        return text.length() == 2
                && text.charAt(1) == ':'
                && ((text.charAt(0) >= 'A' && text.charAt(0) <= 'Z')
                        || (text.charAt(0) >= 'a' && text.charAt(0) <= 'z'));
    }

    private static void checkWindowsName(String name, BytePath full) throws ConnectorException {
        String why = null;
        int dot = name.indexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)).stripTrailing().toUpperCase(Locale.ROOT);
        if (DEVICES.contains(stem) || isNumberedDevice(stem)) {
            why = "'" + stem + "' is reserved on Windows";
        } else if (name.endsWith(".") || name.endsWith(" ")) {
            why = "a name on Windows cannot end in a dot or a blank";
        } else {
            for (int i = 0; i < name.length() && why == null; i++) {
                char c = name.charAt(i);
                if (c < ' ' || "<>:\"|?*\\/".indexOf(c) >= 0) {
                    why = "a name on Windows cannot hold " + (c < ' ' ? "control characters" : "'" + c + "'");
                }
            }
        }
        if (why != null) {
            throw new ConnectorException(Reason.INVALID, "open " + full + ": " + why);
        }
    }

    private static boolean isNumberedDevice(String stem) {
        return stem.length() == 4
                && (stem.startsWith("COM") || stem.startsWith("LPT"))
                && "123456789\u00b9\u00b2\u00b3".indexOf(stem.charAt(3)) >= 0;
    }
}
