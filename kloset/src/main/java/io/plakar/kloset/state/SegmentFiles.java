package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * The names in an index directory: {@code <state>.state} holds one state, {@code <digest>.merged} several,
 * {@code partial*} is being written. Names depend on content alone, so two processes which do the same write the same.
 */
final class SegmentFiles {
    static final String TEMPORARY = "partial";

    private static final String SINGLE = ".state";
    private static final String MERGED = ".merged";

    private SegmentFiles() {}

    /** Makes the directory with its parents, for the owner only. */
    static void createDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(directory);
        }
    }

    static Path single(Path directory, Mac state) {
        return directory.resolve(state.toHex() + SINGLE);
    }

    static Path merged(Path directory, List<StateJournal> states) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        TreeSet<Mac> ids = new TreeSet<>();
        states.forEach(journal -> ids.add(journal.state().id()));
        ids.forEach(id -> digest.update(id.bytes()));
        return directory.resolve(HexFormat.of().formatHex(digest.digest()) + MERGED);
    }

    /** The finished segments of a directory; none when it cannot be read. */
    static List<Path> list(Path directory) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.endsWith(SINGLE) || name.endsWith(MERGED)) {
                    found.add(entry);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // No cache: everything is read from the store again.
            found.clear();
        }
        return found;
    }

    /** Deletes what crashed runs left, a day after; the age is told by the file system's own clock. */
    static void sweepTemporary(Path directory, FileTime now) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, TEMPORARY + "*")) {
            for (Path entry : entries) {
                FileTime modified = Files.getLastModifiedTime(entry);
                if (Duration.between(modified.toInstant(), now.toInstant()).toDays() >= 1) {
                    delete(entry);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Litter is harmless; the next merge tries again.
        }
    }

    /** Deletes a file of the cache if that is possible. */
    static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A mapped file on Windows, or a read-only cache: it is found obsolete again by the next process.
        }
    }
}
