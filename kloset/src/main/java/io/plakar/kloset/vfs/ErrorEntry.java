package io.plakar.kloset.vfs;

import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.msgpack.FieldNames;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.nio.charset.StandardCharsets;

/**
 * A path which could not be saved, and why (format-snapshot §7.2). Immutable; its array is shared.
 *
 * @param path the path, which is also the key in the tree of errors
 * @param error the connector's text as bytes: it may quote a name
 */
public record ErrorEntry(BytePath path, byte[] error) {
    private static final FieldNames FIELDS = FieldNames.of("version", "name", "error");

    public static ErrorEntry of(BytePath path, String error) {
        return new ErrorEntry(path, error.getBytes(StandardCharsets.UTF_8));
    }

    /** The text for people. */
    public String message() {
        return new String(error, StandardCharsets.UTF_8);
    }

    /** The key in the tree of errors; shared, not to be changed. */
    public byte[] treeKey() {
        return path.bytes();
    }

    /** The canonical bytes, a fresh array. */
    public byte[] encode() {
        MsgpackWriter out = new MsgpackWriter(64 + path.bytes().length + error.length);
        out.mapHeader(3);
        out.str("version");
        out.u32(BlobType.VERSION);
        out.str("name");
        out.str(path.bytes());
        out.str("error");
        out.str(error);
        return out.toByteArray();
    }

    /** @throws KlosetException.Corrupt when the bytes are not an error */
    public static ErrorEntry decode(byte[] bytes) throws KlosetException {
        MsgpackReader in = new MsgpackReader(bytes);
        byte[] path = new byte[0];
        byte[] error = new byte[0];
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(FIELDS, field + 1);
            switch (field) {
                case 1 -> path = in.bytes();
                case 2 -> error = in.bytes();
                default -> in.skip();
            }
        }
        return new ErrorEntry(BytePath.clean(path), error);
    }
}
