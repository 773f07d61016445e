package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Xattr;
import java.util.List;
import java.util.OptionalLong;

/** The files of this machine under absolute paths of bytes. Safe for many threads; has nothing to close. */
interface FileTree {
    /** The absolute path meant by a location's text. */
    BytePath resolve(String text, java.nio.file.Path workingDirectory) throws ConnectorException;

    /** The path in the form the system's users write it. */
    String display(BytePath path);

    /** {@code lstat}, or {@code stat} when {@code follow}. */
    FileStat stat(BytePath path, boolean follow) throws ConnectorException;

    byte[] readLink(BytePath path) throws ConnectorException;

    /** Opens a directory; a link at the end of the path is followed only when {@code follow}. */
    Directory directory(BytePath path, boolean follow) throws ConnectorException;

    /**
     * Opens a regular file without changing its access time where that is allowed, and never waits for a pipe. A link
     * at the end of the path is followed only when {@code follow}.
     */
    InputFile read(BytePath path, boolean follow) throws ConnectorException;

    /** All extended attributes which can be read, of the link itself if it is one. */
    List<Xattr> xattrs(BytePath path) throws ConnectorException;

    /** Empty when unknown. */
    String userName(long uid);

    /** Empty when unknown. */
    String groupName(long gid);

    OptionalLong userId(String name);

    OptionalLong groupId(String name);

    /** Whether every owner can be set. */
    boolean privileged();

    /** Makes {@code path} and its missing parents. */
    default void makeDirectories(BytePath path, int permissions) throws ConnectorException {
        try {
            FileStat stat = stat(path, true);
            if (!stat.isDirectory()) {
                throw new ConnectorException(
                        ConnectorException.Reason.EXISTS, "mkdir " + display(path) + ": not a directory");
            }
            return;
        } catch (ConnectorException e) {
            if (e.reason() != ConnectorException.Reason.MISSING || path.isRoot()) {
                throw e;
            }
        }
        makeDirectories(path.parent(), permissions);
        try (Directory parent = directory(path.parent(), true)) {
            parent.makeDirectory(path.name(), permissions);
        } catch (ConnectorException e) {
            // Somebody else may have made it meanwhile.
            if (e.reason() != ConnectorException.Reason.EXISTS) {
                throw e;
            }
        }
    }

    /** The best implementation for this machine. */
    static FileTree local() {
        return NativeFs.available() ? new NativeFs() : new NioFs(java.nio.file.FileSystems.getDefault());
    }
}
