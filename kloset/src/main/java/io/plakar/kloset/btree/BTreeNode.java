package io.plakar.kloset.btree;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.msgpack.FieldNames;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.util.Comparator;
import java.util.List;

/**
 * A node of a tree as its blob says it. Immutable; its arrays are shared.
 *
 * @param keys keys in order
 * @param pointers children, one more than keys; empty in a leaf
 * @param values values of the keys; empty in an inner node
 * @param next the leaf to the right; {@link Mac#ZERO} when there is none
 */
record BTreeNode(byte[][] keys, Mac[] pointers, Mac[] values, Mac next) {
    private static final FieldNames FIELDS = FieldNames.of("version", "keys", "pointers", "values", "next");
    private static final FieldNames ROOT_FIELDS = FieldNames.of("Version", "Order", "Count", "Root");
    private static final Mac[] NO_MACS = new Mac[0];
    private static final byte[][] NO_KEYS = new byte[0][];

    /** The order every tree is written with. */
    static final int ORDER = 50;

    boolean isLeaf() {
        return pointers.length == 0;
    }

    /** Index of the child in whose range the key lies. */
    int childFor(byte[] key, Comparator<byte[]> order) {
        int at = firstAtLeast(key, order);
        return at < keys.length && order.compare(keys[at], key) == 0 ? at + 1 : at;
    }

    /** Index of the first key which is not below the given one; the number of keys when all are. */
    int firstAtLeast(byte[] key, Comparator<byte[]> order) {
        int low = 0;
        int high = keys.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (order.compare(keys[middle], key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    static BTreeNode decode(byte[] bytes) throws KlosetException {
        MsgpackReader in = new MsgpackReader(bytes);
        byte[][] keys = NO_KEYS;
        Mac[] pointers = NO_MACS;
        Mac[] values = NO_MACS;
        Mac next = Mac.ZERO;
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(FIELDS, field + 1);
            switch (field) {
                case 1 -> keys = readKeys(in);
                case 2 -> pointers = readMacs(in);
                case 3 -> values = readMacs(in);
                case 4 -> next = in.mac();
                default -> in.skip();
            }
        }
        if (pointers.length == 0 ? values.length != keys.length : pointers.length != keys.length + 1) {
            throw new KlosetException.Corrupt("a tree node with " + keys.length + " keys, " + pointers.length
                    + " pointers and " + values.length + " values");
        }
        return new BTreeNode(keys, pointers, values, next);
    }

    private static byte[][] readKeys(MsgpackReader in) throws KlosetException {
        byte[][] keys = new byte[in.arrayHeader()][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = in.bytes();
        }
        return keys;
    }

    private static Mac[] readMacs(MsgpackReader in) throws KlosetException {
        Mac[] macs = new Mac[in.arrayHeader()];
        for (int i = 0; i < macs.length; i++) {
            macs[i] = in.mac();
        }
        return macs;
    }

    static void encode(MsgpackWriter out, List<byte[]> keys, List<Mac> pointers, List<Mac> values, Mac next) {
        out.mapHeader(next.isZero() ? 4 : 5);
        out.str("version");
        out.u32(0);
        out.str("keys");
        if (keys.isEmpty()) {
            out.nil();
        } else {
            out.arrayHeader(keys.size());
            for (byte[] key : keys) {
                out.str(key);
            }
        }
        out.str("pointers");
        encodeMacs(out, pointers);
        out.str("values");
        encodeMacs(out, values);
        if (!next.isZero()) {
            out.str("next");
            out.mac(next);
        }
    }

    private static void encodeMacs(MsgpackWriter out, List<Mac> macs) {
        if (macs.isEmpty()) {
            out.nil();
            return;
        }
        out.arrayHeader(macs.size());
        for (Mac mac : macs) {
            out.mac(mac);
        }
    }

    /** The root blob of a tree whose root node has the given id. */
    static void encodeRoot(MsgpackWriter out, Mac rootNode) {
        out.mapHeader(4);
        out.str("Version");
        out.u32(0);
        out.str("Order");
        out.smallest(ORDER);
        out.str("Count");
        out.smallest(0);
        out.str("Root");
        out.mac(rootNode);
    }

    /** The id of the root node, from a root blob. */
    static Mac decodeRoot(byte[] bytes) throws KlosetException {
        MsgpackReader in = new MsgpackReader(bytes);
        Mac root = Mac.ZERO;
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(ROOT_FIELDS, field + 1);
            if (field == 3) {
                root = in.mac();
            } else {
                in.skip();
            }
        }
        if (root.isZero()) {
            throw new KlosetException.Corrupt("a tree without a root node");
        }
        return root;
    }
}
