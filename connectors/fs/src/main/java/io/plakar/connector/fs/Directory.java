package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;

/**
 * An open directory. Names are single components; links are never followed. Reading methods may be used by several
 * threads, but not while one of them closes it.
 */
interface Directory extends Attributed, AutoCloseable {
    /** What a listing says about a name without looking at the file; {@code UNKNOWN} on some file systems. */
    enum Kind {
        REGULAR,
        DIRECTORY,
        OTHER,
        UNKNOWN
    }

    /** Takes one name of a listing. */
    interface Visitor {
        void visit(byte[] name, Kind kind) throws ConnectorException;
    }

    /** For messages. */
    BytePath path();

    /** Visits every name but {@code .} and {@code ..}, in the order of the system. */
    void forEach(Visitor visitor) throws ConnectorException;

    /** All names, as unsigned bytes in ascending order. */
    default byte[][] names() throws ConnectorException {
        ArrayList<byte[]> names = new ArrayList<>();
        forEach((name, kind) -> names.add(name));
        byte[][] sorted = names.toArray(new byte[0][]);
        Arrays.sort(sorted, Arrays::compareUnsigned);
        return sorted;
    }

    FileStat stat(byte[] name) throws ConnectorException;

    /** Like {@link #stat(byte[])}; empty when there is nothing of that name. */
    default Optional<FileStat> find(byte[] name) throws ConnectorException {
        try {
            return Optional.of(stat(name));
        } catch (ConnectorException e) {
            if (e.reason() == ConnectorException.Reason.MISSING) {
                return Optional.empty();
            }
            throw e;
        }
    }

    byte[] readLink(byte[] name) throws ConnectorException;

    /** Opens a directory in this one; a link to a directory is refused. */
    Directory directory(byte[] name) throws ConnectorException;

    /** Makes a new file, 0600; {@code EXISTS} when there is anything of that name. */
    OutputFile create(byte[] name) throws ConnectorException;

    void makeDirectory(byte[] name, int permissions) throws ConnectorException;

    void makeSymlink(byte[] name, byte[] target) throws ConnectorException;

    /** Gives the file {@code existing} of {@code from} a further name here. */
    void makeLink(byte[] name, Directory from, byte[] existing) throws ConnectorException;

    /** Makes a named pipe or a socket, 0600. */
    void makeSpecial(byte[] name, int goMode) throws ConnectorException;

    /** The thing of that name, to set its attributes; for links and special files. */
    Attributed node(byte[] name);

    /** Moves {@code name} to {@code newName} in {@code target}, replacing what is there but for a directory. */
    void rename(byte[] name, Directory target, byte[] newName) throws ConnectorException;

    /** Removes a name which is not a directory's. */
    void remove(byte[] name) throws ConnectorException;

    /** Returns when the names are on the disk. */
    void sync() throws ConnectorException;

    @Override
    void close();
}
