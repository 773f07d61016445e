package io.plakar.kloset.sort;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes directories that nobody else may look into. Stateless. */
public final class PrivateDirectory {
    private PrivateDirectory() {}

    /** Makes {@code path}, mode 0700 where there are modes; its parent must exist and it must not. */
    public static Path create(Path path) throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return Files.createDirectory(path);
    }
}
