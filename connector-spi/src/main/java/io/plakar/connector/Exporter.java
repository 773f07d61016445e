package io.plakar.connector;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A destination. The engine calls {@link #makeDirectory} parents first, then everything else in any order from many
 * threads, and {@link #finishDirectory} last, children first. Every method that returns normally has stored its entry;
 * a list of messages tells what could not be set on it (an owner without privilege, an attribute the place does not
 * have). Nothing is ever written outside the root: a path through a symbolic link that exists at the destination is
 * refused.
 */
public interface Exporter extends AutoCloseable {
    String origin();

    String type();

    /** Where things land, for messages. */
    String root();

    Set<ConnectorFlag> flags();

    /** What this place keeps of no entry, in words that complete "it keeps no …": {@code owners}; none when it keeps all. */
    default List<String> drops() {
        return List.of();
    }

    void ping() throws ConnectorException;

    /** What is at {@code path} now, not following a link at its end; empty if nothing. */
    Optional<FileInfo> existing(BytePath path) throws IOException;

    /** Makes a directory that can be written into; one that exists is kept. Missing parents are made too. */
    void makeDirectory(ExportEntry entry) throws IOException;

    /**
     * Stores a file under its name atomically: either the whole content is there or what was there before. Replaces an
     * existing file or link, never a directory.
     */
    List<String> writeFile(ExportEntry entry, FileBody body) throws IOException, InterruptedException;

    /** Gives the already stored file {@code first} another name; places without hard links return {@code false}. */
    boolean hardLink(ExportEntry entry, BytePath first) throws IOException;

    /** Stores a symbolic link; replaces an existing file or link, never a directory. */
    List<String> makeSymlink(ExportEntry entry) throws IOException;

    /**
     * Makes a named pipe, a socket or a device.
     *
     * @throws ConnectorException with {@code UNSUPPORTED} where that cannot be
     */
    List<String> makeSpecial(ExportEntry entry) throws IOException;

    /** Sets the attributes of a directory once everything in it is there. */
    List<String> finishDirectory(ExportEntry entry) throws IOException;

    @Override
    void close() throws IOException;
}
