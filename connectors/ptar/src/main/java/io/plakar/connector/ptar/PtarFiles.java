package io.plakar.connector.ptar;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** The archive's dealings with the file system: errors in one language, and durable directory entries. Stateless. */
final class PtarFiles {
    private PtarFiles() {}

    /** The connector's form of a file system's failure to {@code verb} the file at {@code path}. */
    static ConnectorException translate(String verb, Path path, IOException e) {
        if (e instanceof ConnectorException connector) {
            return connector;
        }
        String text = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        String cause = text == null ? e.getClass().getSimpleName() : text;
        Reason reason = Reason.FAILED;
        switch (e) {
            case NoSuchFileException missing -> {
                reason = Reason.MISSING;
                cause = "no such file or directory";
            }
            case AccessDeniedException denied -> {
                reason = Reason.DENIED;
                cause = "permission denied";
            }
            case FileAlreadyExistsException exists -> {
                reason = Reason.EXISTS;
                cause = "file exists";
            }
            default -> {
                String lower = cause.toLowerCase(Locale.ROOT);
                if (lower.contains("no space left") || lower.contains("quota exceeded")) {
                    reason = Reason.NO_SPACE;
                } else if (lower.contains("read-only file system")) {
                    reason = Reason.READ_ONLY;
                }
            }
        }
        return new ConnectorException(reason, verb + " " + path + ": " + cause, e);
    }

    static void closeQuietly(Closeable closeable, Exception reason) {
        try {
            closeable.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Makes the names in {@code directory} durable where the system lets a directory be synchronised. */
    static void syncDirectory(Path directory) throws ConnectorException {
        FileChannel channel;
        try {
            channel = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException e) {
            // Windows does not open directories; its renames are durable by journal. A directory which may be written
            // but not read cannot be synchronised either.
            return;
        }
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            throw translate("sync", directory, e);
        }
    }

    /** The directory {@code path} lies in. */
    static Path directoryOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
    }

    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
