package io.plakar.kloset.vfs;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.msgpack.FieldNames;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.util.Arrays;

/**
 * The content of a file as a list of chunks (format-snapshot §6). Immutable. The chunks are held in flat arrays of 44
 * bytes per chunk: a file of a terabyte has a million of them.
 */
public final class FileObject {
    private static final FieldNames FIELDS =
            FieldNames.of("version", "contentMAC", "chunks", "content_type", "entropy", "flags");
    private static final FieldNames CHUNK_FIELDS = FieldNames.of("version", "contentMAC", "length", "entropy", "flags");

    /** The bytes of the shortest chunk which has an id, to bound what a count may allocate. */
    private static final int SMALLEST_CHUNK = 46;

    private final Mac contentMac;
    private final String contentType;
    private final double entropy;
    private final int count;
    private final long[] macs;
    private final int[] lengths;
    private final double[] entropies;
    private final long size;

    private FileObject(Mac contentMac, String contentType, double entropy, Builder chunks) {
        this.contentMac = contentMac;
        this.contentType = contentType;
        this.entropy = entropy;
        this.count = chunks.count;
        this.macs = chunks.macs;
        this.lengths = chunks.lengths;
        this.entropies = chunks.entropies;
        this.size = chunks.size;
    }

    /** MAC of the whole content. */
    public Mac contentMac() {
        return contentMac;
    }

    /** Media type; empty when there is none. */
    public String contentType() {
        return contentType;
    }

    /** Bits per byte of the whole content. */
    public double entropy() {
        return entropy;
    }

    public int chunkCount() {
        return count;
    }

    /** Id of the chunk blob. */
    public Mac chunkMac(int index) {
        checkIndex(index);
        int i = index * 4;
        return Mac.of(macs[i], macs[i + 1], macs[i + 2], macs[i + 3]);
    }

    /** Bytes of the chunk. */
    public long chunkLength(int index) {
        checkIndex(index);
        return lengths[index] & 0xffffffffL;
    }

    /** Bits per byte of the chunk. */
    public double chunkEntropy(int index) {
        checkIndex(index);
        return entropies[index];
    }

    /** Bytes of the content: the sum of the chunks. */
    public long size() {
        return size;
    }

    private void checkIndex(int index) {
        java.util.Objects.checkIndex(index, count);
    }

    /** The canonical bytes, a fresh array. */
    public byte[] encode() {
        MsgpackWriter out = new MsgpackWriter((int) Math.min(Integer.MAX_VALUE - 64, 192L + count * 93L));
        encode(out);
        return out.toByteArray();
    }

    /** Appends the canonical bytes to {@code out}. */
    public void encode(MsgpackWriter out) {
        boolean type = !contentType.isEmpty();
        boolean some = entropy != 0;
        out.mapHeader(4 + (type ? 1 : 0) + (some ? 1 : 0));
        out.str("version");
        out.u32(BlobType.VERSION);
        out.str("contentMAC");
        out.mac(contentMac);
        out.str("chunks");
        out.arrayHeader(count);
        for (int i = 0; i < count; i++) {
            out.mapHeader(5);
            out.str("version");
            out.u32(BlobType.VERSION);
            out.str("contentMAC");
            out.mac(chunkMac(i));
            out.str("length");
            out.u32(lengths[i]);
            out.str("entropy");
            out.f64(entropies[i]);
            out.str("flags");
            out.u32(0);
        }
        if (type) {
            out.str("content_type");
            out.str(contentType);
        }
        if (some) {
            out.str("entropy");
            out.f64(entropy);
        }
        out.str("flags");
        out.u32(0);
    }

    /** @throws KlosetException.Corrupt when the bytes are not an object */
    public static FileObject decode(byte[] bytes) throws KlosetException {
        MsgpackReader in = new MsgpackReader(bytes);
        Mac contentMac = Mac.ZERO;
        String type = "";
        double entropy = 0;
        Builder chunks = new Builder(0);
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(FIELDS, field + 1);
            switch (field) {
                case 1 -> contentMac = in.mac();
                case 2 -> chunks = readChunks(in);
                case 3 -> type = in.text();
                case 4 -> entropy = in.f64();
                default -> in.skip();
            }
        }
        return chunks.build(contentMac, type, entropy);
    }

    private static Builder readChunks(MsgpackReader in) throws KlosetException {
        int count = in.arrayHeader();
        Builder chunks = new Builder(Math.min(count, in.remaining() / SMALLEST_CHUNK + 1));
        for (int i = 0; i < count; i++) {
            Mac mac = Mac.ZERO;
            long length = 0;
            double entropy = 0;
            int field = -1;
            for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
                field = in.key(CHUNK_FIELDS, field + 1);
                switch (field) {
                    case 1 -> mac = in.mac();
                    case 2 -> length = in.integer();
                    case 3 -> entropy = in.f64();
                    default -> in.skip();
                }
            }
            // A chunk without an id cannot be read; refusing it also bounds the arrays by the bytes at hand.
            if (mac.isZero()) {
                throw new KlosetException.Corrupt("an object whose chunk " + i + " has no id");
            }
            if (length < 0 || length > 0xffffffffL) {
                throw new KlosetException.Corrupt("an object whose chunk " + i + " has length " + length);
            }
            chunks.add(mac, length, entropy);
        }
        return chunks;
    }

    /** Collects the chunks of an object in order. For one thread, for one object. */
    public static final class Builder {
        private int count;
        private long size;
        private long[] macs;
        private int[] lengths;
        private double[] entropies;

        public Builder() {
            this(1);
        }

        private Builder(int capacity) {
            macs = new long[capacity * 4];
            lengths = new int[capacity];
            entropies = new double[capacity];
        }

        /** @param length bytes, below 2^32 */
        public void add(Mac mac, long length, double entropy) {
            if (length < 0 || length > 0xffffffffL) {
                throw new IllegalArgumentException("a chunk of " + length + " bytes");
            }
            if (count == lengths.length) {
                int capacity = Math.max(4, count + (count >> 1));
                macs = Arrays.copyOf(macs, capacity * 4);
                lengths = Arrays.copyOf(lengths, capacity);
                entropies = Arrays.copyOf(entropies, capacity);
            }
            for (int i = 0; i < 4; i++) {
                macs[count * 4 + i] = mac.word(i);
            }
            lengths[count] = (int) length;
            entropies[count] = entropy;
            size += length;
            count++;
        }

        /** Number of chunks so far. */
        public int count() {
            return count;
        }

        /** Bytes so far. */
        public long size() {
            return size;
        }

        /** Mean of the chunks' entropies, weighed by length in chunk order; 0 for no bytes. */
        public double meanEntropy() {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += entropies[i] * (lengths[i] & 0xffffffffL);
            }
            return size == 0 ? 0 : sum / size;
        }

        /** The object; the builder must not be used any more. */
        public FileObject build(Mac contentMac, String contentType, double entropy) {
            return new FileObject(contentMac, contentType, entropy, this);
        }
    }
}
