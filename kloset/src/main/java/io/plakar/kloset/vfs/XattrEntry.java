package io.plakar.kloset.vfs;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.msgpack.FieldNames;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;

/**
 * One extended attribute of a path (format-snapshot §7.1). Immutable; its array is shared.
 *
 * @param path what has the attribute
 * @param name {@code user.comment}
 * @param size bytes of the value
 * @param type 0 extended attribute, 1 alternate data stream, 2 custom
 * @param object id of the object with the value
 */
public record XattrEntry(BytePath path, byte[] name, long size, int type, Mac object) {
    private static final FieldNames FIELDS = FieldNames.of("version", "path", "name", "size", "type", "object");

    /** The key in the tree of attributes. Not unique by construction: trust the value's path and name. */
    public byte[] treeKey() {
        return treeKey(path, name, type);
    }

    /** The key under which such an attribute is stored. */
    public static byte[] treeKey(BytePath path, byte[] name, int type) {
        byte[] base = path.bytes();
        byte[] key = java.util.Arrays.copyOf(base, base.length + name.length + 1);
        System.arraycopy(name, 0, key, base.length, name.length);
        key[key.length - 1] = switch (type) {
            case 0 -> ':';
            case 1 -> '@';
            case 2 -> '%';
            default -> '#';
        };
        return key;
    }

    /** The canonical bytes, a fresh array. */
    public byte[] encode() {
        MsgpackWriter out = new MsgpackWriter(128 + path.bytes().length + name.length);
        out.mapHeader(6);
        out.str("version");
        out.u32(BlobType.VERSION);
        out.str("path");
        out.str(path.bytes());
        out.str("name");
        out.str(name);
        out.str("size");
        out.i64(size);
        out.str("type");
        out.u8(type);
        out.str("object");
        out.mac(object);
        return out.toByteArray();
    }

    /** @throws KlosetException.Corrupt when the bytes are not an attribute */
    public static XattrEntry decode(byte[] bytes) throws KlosetException {
        MsgpackReader in = new MsgpackReader(bytes);
        byte[] path = new byte[0];
        byte[] name = new byte[0];
        long size = 0;
        int type = 0;
        Mac object = Mac.ZERO;
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(FIELDS, field + 1);
            switch (field) {
                case 1 -> path = in.bytes();
                case 2 -> name = in.bytes();
                case 3 -> size = in.integer();
                case 4 -> type = in.integer32() & 0xff;
                case 5 -> object = in.mac();
                default -> in.skip();
            }
        }
        return new XattrEntry(BytePath.clean(path), name, size, type, object);
    }
}
