package io.plakar.kloset.vfs;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * One name in a snapshot: a directory, file, link or special file (format-snapshot §5). Immutable; its arrays are
 * shared and not to be changed.
 *
 * @param parent the directory it lies in; the root for the root itself
 * @param info its attributes; the name is the last component of the path, {@code /} for the root
 * @param symlinkTarget text of a symbolic link, verbatim; empty otherwise
 * @param object id of the object with its content; {@link Mac#ZERO} when it has none
 * @param contentType never empty for anything but a directory, empty for a directory
 * @param entropy bits per byte
 * @param chunks number of chunks of the object
 * @param xattrNames names of extended attributes, in ascending byte order
 */
public record Entry(
        BytePath parent,
        FileInfo info,
        byte[] symlinkTarget,
        Mac object,
        String contentType,
        double entropy,
        long chunks,
        List<byte[]> xattrNames) {

    private static final byte[] NONE = new byte[0];

    public Entry {
        xattrNames = List.copyOf(xattrNames);
    }

    /** An entry without content and without a link target. */
    public static Entry of(BytePath parent, FileInfo info, String contentType, List<byte[]> xattrNames) {
        return new Entry(parent, info, NONE, Mac.ZERO, contentType, 0, 0, sorted(xattrNames));
    }

    /** The entry of a directory which the source did not deliver although something lies below it. */
    public static Entry missingDirectory(BytePath path) {
        FileInfo info = new FileInfo(path.name(), 0, GoMode.DIRECTORY | 0750, Instant.EPOCH, 0, 0, 0, 0, 0, "", "");
        return of(path.parent(), info, "", List.of());
    }

    /** The same with the content of an object of {@code size} bytes. */
    public Entry withContent(Mac newObject, FileObject content) {
        return new Entry(
                parent,
                info.withSize(content.size()),
                symlinkTarget,
                newObject,
                content.contentType(),
                content.entropy(),
                content.chunkCount(),
                xattrNames);
    }

    /** The names in ascending byte order, as an entry lists them. */
    public static List<byte[]> sorted(List<byte[]> names) {
        return names.size() < 2
                ? List.copyOf(names)
                : names.stream().sorted(Arrays::compareUnsigned).toList();
    }

    /** The whole path; computed on each call. */
    public BytePath path() {
        return isRoot() ? BytePath.ROOT : parent.child(info.name());
    }

    /** The last component; shared, not to be changed. */
    public byte[] name() {
        return info.name();
    }

    public boolean isRoot() {
        return info.name().length == 1 && info.name()[0] == '/';
    }

    public boolean isDirectory() {
        return info.isDirectory();
    }

    public boolean isRegular() {
        return info.isRegular();
    }

    public boolean isSymlink() {
        return info.isSymlink();
    }

    public boolean hasObject() {
        return !object.isZero();
    }

    /** The canonical bytes, a fresh array; {@link EntryCodec} is for many. */
    public byte[] encode() {
        return new EntryCodec().encode(this);
    }

    /** @throws KlosetException.Corrupt when the bytes are not an entry */
    public static Entry decode(byte[] bytes) throws KlosetException {
        return new EntryCodec().decode(bytes, 0, bytes.length);
    }
}
