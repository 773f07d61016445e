package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Whole LZ4 frames from memory to memory. Stateless. */
final class Lz4Frame {
    private static final int BLOCK = Lz4Header.OUR_BLOCK;

    /** Header, end mark and content checksum. */
    private static final int FRAME_OVERHEAD = Lz4Header.MIN + 4 + 4;

    private Lz4Frame() {}

    /** Longest frame of {@code length} bytes. */
    static long maxLength(long length) {
        return FRAME_OVERHEAD + length + 4 * ((length + BLOCK - 1) / BLOCK);
    }

    /** Room {@link #encode} wants: more than a frame ever has, so that blocks can be compressed in place. */
    static int scratchLength(int length) {
        return Math.toIntExact(maxLength(length) + Lz4.maxCompressed(Math.min(length, BLOCK)));
    }

    /** Appends one frame to {@code out}, which has {@link #scratchLength} bytes left. */
    static void encode(byte[] in, int offset, int length, ByteBuffer out) {
        out.order(ByteOrder.LITTLE_ENDIAN);
        Lz4Header.putOurs(out);
        ByteBuffer source = ByteBuffer.wrap(in);
        for (int at = offset, end = offset + length; at < end; ) {
            int n = Math.min(BLOCK, end - at);
            int begin = out.position() + 4;
            int size = Lz4.compress(source, at, n, out, begin);
            if (size < n) {
                out.putInt(size);
                out.position(begin + size);
            } else {
                out.putInt(n | Lz4Header.RAW);
                out.put(in, at, n);
            }
            at += n;
        }
        out.putInt(0);
        out.putInt(Lz4.checksum(in, offset, length));
    }

    /** Decodes the frame that fills {@code in} from position to limit. */
    static void decode(ByteBuffer in, Plain out) throws KlosetException {
        in.order(ByteOrder.LITTLE_ENDIAN);
        byte[] head = new byte[Lz4Header.MAX];
        require(in, Lz4Header.MIN);
        in.get(in.position(), head, 0, Math.min(head.length, in.remaining()));
        require(in, Lz4Header.length(head));
        Lz4Header header = Lz4Header.parse(head);
        in.position(in.position() + header.length());
        if (header.contentSize() > out.room()) {
            throw out.tooLarge();
        }
        int begin = out.size();
        while (true) {
            require(in, 4);
            int field = in.getInt();
            if (field == 0) {
                break;
            }
            int size = header.blockLength(field);
            require(in, size + (header.blockChecksums() ? 4 : 0));
            if (header.blockChecksums() && Lz4.checksum(in, in.position(), size) != in.getInt(in.position() + size)) {
                throw new KlosetException.Corrupt("LZ4 block checksum mismatch");
            }
            block(header, in, size, (field & Lz4Header.RAW) != 0, out);
            in.position(in.position() + (header.blockChecksums() ? 4 : 0));
        }
        int decoded = out.size() - begin;
        if (header.contentSize() >= 0 && header.contentSize() != decoded) {
            throw new KlosetException.Corrupt("LZ4 frame is not as long as it claims");
        }
        if (header.contentChecksum()) {
            require(in, 4);
            if (in.getInt() != Lz4.checksum(out.array(), out.end() - decoded, decoded)) {
                throw new KlosetException.Corrupt("LZ4 content checksum mismatch");
            }
        }
        if (in.hasRemaining()) {
            throw new KlosetException.Corrupt(in.remaining() + " stray bytes behind the LZ4 frame");
        }
    }

    private static void block(Lz4Header header, ByteBuffer in, int size, boolean raw, Plain out)
            throws KlosetException {
        if (raw) {
            out.require(size);
            in.get(out.array(), out.end(), size);
            out.advance(size);
            return;
        }
        // A block cannot decode to more than 255 times its size, which keeps a small hostile frame from reserving much.
        int room = out.reserve((int) Math.min(header.blockMax(), 255L * size + 16));
        int n;
        try {
            if (header.linked()) {
                byte[] packed = new byte[size];
                in.get(in.position(), packed);
                n = Lz4.decompressLinked(packed, 0, size, out.array(), out.start(), out.end(), room);
            } else {
                n = Lz4.decompress(in, in.position(), size, ByteBuffer.wrap(out.array()), out.end(), room);
            }
        } catch (KlosetException.Corrupt damaged) {
            throw room < header.blockMax() && room == out.room() ? overflowOrDamage(out, damaged) : damaged;
        }
        out.advance(n);
        in.position(in.position() + size);
    }

    private static KlosetException overflowOrDamage(Plain out, KlosetException damaged) {
        return new KlosetException.Corrupt(
                "LZ4 block is damaged or larger than the " + out.room() + " bytes left for it", damaged);
    }

    private static void require(ByteBuffer in, int bytes) throws KlosetException {
        if (in.remaining() < bytes) {
            throw new KlosetException.Corrupt("LZ4 frame is cut off");
        }
    }
}
