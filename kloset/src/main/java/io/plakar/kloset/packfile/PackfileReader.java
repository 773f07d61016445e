package io.plakar.kloset.packfile;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.Codec;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.codec.MacStream;
import io.plakar.kloset.wrapper.WrappedType;
import io.plakar.kloset.wrapper.Wrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Reads one packfile from its first byte to its last, in a single pass: hands out the blobs one wants, and verifies the
 * wrapper's MAC, the footer and the index. Memory: the index and the largest blob. Used by one thread, once.
 */
public final class PackfileReader {
    /** A blob to be looked at on the way. Ranges must be given in ascending order and must not overlap. */
    public interface BlobRanges {
        int size();

        /** Offset in the payload. */
        long offset(int i);

        /** Encoded bytes. */
        long length(int i);
    }

    /** Takes the encoded bytes of the ranges asked for. */
    public interface BlobVisitor {
        /** @param encoded valid during the call; {@code length} bytes, fewer when the packfile is cut off there */
        void blob(int i, byte[] encoded, int length);
    }

    private static final int SKIP_BUFFER = 256 << 10;
    private static final int LARGEST_BLOB = Integer.MAX_VALUE - 64;
    private static final int LARGEST_TAIL = 1 << 30;

    private final InputStream in;
    private final Codec codec;
    private final MacAlgorithm macs;
    private final MacStream wrapperMac;
    private final String what;
    private long position;

    /**
     * Reads the wrapper's header.
     *
     * @param in the whole object; not closed
     * @param what names the packfile in messages: {@code packfile 12ab…}
     */
    public PackfileReader(InputStream in, Codec codec, MacAlgorithm macs, String what)
            throws KlosetException, IOException {
        this.in = in;
        this.codec = codec;
        this.macs = macs;
        this.what = what;
        byte[] header = in.readNBytes(Wrapper.HEADER_BYTES);
        Wrapper.version(header, WrappedType.PACKFILE, what);
        wrapperMac = macs.stream();
        wrapperMac.update(header, 0, header.length);
    }

    /**
     * Reads the blob region up to the end of the last range.
     *
     * @throws KlosetException.Corrupt when the packfile ends before; the ranges up to there were handed out
     */
    public void readBlobs(BlobRanges ranges, BlobVisitor visitor) throws KlosetException, IOException {
        byte[] buffer = new byte[SKIP_BUFFER];
        for (int i = 0; i < ranges.size(); i++) {
            skipTo(ranges.offset(i), buffer);
            long length = ranges.length(i);
            if (length > LARGEST_BLOB) {
                throw new KlosetException.Corrupt(what + ": a blob of " + length + " bytes cannot be");
            }
            if (buffer.length < length) {
                buffer = new byte[(int) Math.min(LARGEST_BLOB, Math.max(length, buffer.length * 2L))];
            }
            int n = in.readNBytes(buffer, 0, (int) length);
            wrapperMac.update(buffer, 0, n);
            position += n;
            visitor.blob(i, buffer, n);
            if (n < length) {
                throw cutOff();
            }
        }
    }

    private void skipTo(long offset, byte[] buffer) throws KlosetException, IOException {
        if (offset < position) {
            throw new KlosetException.Corrupt(what + ": blobs overlap at offset " + offset);
        }
        while (position < offset) {
            int n = in.readNBytes(buffer, 0, (int) Math.min(SKIP_BUFFER, offset - position));
            if (n == 0) {
                throw cutOff();
            }
            wrapperMac.update(buffer, 0, n);
            position += n;
        }
    }

    private KlosetException cutOff() {
        return new KlosetException.Corrupt(what + " is cut off after " + (Wrapper.HEADER_BYTES + position) + " bytes");
    }

    /** Footer and index of a verified packfile. */
    public record Tail(PackfileFooter footer, PackfileIndex index) {}

    /** Reads the rest, verifies the wrapper's MAC, the footer and the index. */
    public Tail readTail() throws KlosetException, IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        byte[] buffer = new byte[SKIP_BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            rest.write(buffer, 0, n);
            if (rest.size() > LARGEST_TAIL) {
                throw new KlosetException.Corrupt(what + ": more than 1 GiB follows its last known blob");
            }
        }
        byte[] bytes = rest.toByteArray();
        int end = bytes.length - Wrapper.TRAILER_BYTES;
        if (end < 4) {
            throw cutOff();
        }
        wrapperMac.update(bytes, 0, end);
        if (!MessageDigest.isEqual(wrapperMac.finish().bytes(), Arrays.copyOfRange(bytes, end, bytes.length))) {
            throw new KlosetException.Corrupt(what + " is damaged: its bytes do not match its MAC");
        }
        return decodeTail(bytes, end);
    }

    private Tail decodeTail(byte[] bytes, int end) throws KlosetException {
        long footerLength = Integer.toUnsignedLong(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end - 4));
        long footerStart = end - 4 - footerLength;
        if (footerStart < 0) {
            throw new KlosetException.Corrupt(what + ": its footer cannot be " + footerLength + " bytes long");
        }
        PackfileFooter footer = PackfileFooter.decode(
                codec.decode(ByteBuffer.wrap(bytes, (int) footerStart, (int) footerLength), PackfileFooter.BYTES),
                what);
        long indexStart = footer.indexOffset() - position;
        if (indexStart < 0 || indexStart > footerStart) {
            throw new KlosetException.Corrupt(what + ": its index cannot begin at " + footer.indexOffset());
        }
        long indexBytes = footer.count() * PackfileIndex.RECORD_BYTES;
        if (indexBytes > LARGEST_BLOB) {
            throw new KlosetException.Corrupt(what + ": an index of " + footer.count() + " blobs cannot be");
        }
        byte[] plain = codec.decode(
                ByteBuffer.wrap(bytes, (int) indexStart, (int) (footerStart - indexStart)), (int) indexBytes);
        Mac mac = macs.mac(plain, 0, plain.length);
        if (!MessageDigest.isEqual(mac.bytes(), footer.indexMac().bytes())) {
            throw new KlosetException.Corrupt(what + " is damaged: its index does not match its MAC");
        }
        PackfileIndex index = PackfileIndex.decode(plain, what);
        if (index.size() != footer.count()) {
            throw new KlosetException.Corrupt(
                    what + ": its footer counts " + footer.count() + " blobs, its index " + index.size());
        }
        for (int i = 0; i < index.size(); i++) {
            long offset = index.offset(i);
            if (offset < 0 || offset > footer.indexOffset() || index.length(i) > footer.indexOffset() - offset) {
                throw new KlosetException.Corrupt(
                        what + ": blob " + index.id(i).toShortHex() + " of its index lies outside");
            }
        }
        return new Tail(footer, index);
    }
}
