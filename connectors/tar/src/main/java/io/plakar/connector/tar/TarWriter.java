package io.plakar.connector.tar;

import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Xattr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Writes a PAX archive to a stream, member by member: owners, modes, times to the nanosecond, extended attributes
 * ({@code SCHILY.xattr}), names of any bytes and length. Used by one thread. Names are taken as given, without a leading
 * {@code /}; a {@code /} is added to those of directories.
 *
 * <p>After a failure in the middle of a member the archive is not whole: the caller drops it, or cuts it back to where
 * the member began.
 */
public final class TarWriter implements AutoCloseable {
    private static final int BLOCK = TarReader.BLOCK;
    private static final int RECORD = 20 * BLOCK;
    private static final long MAX_OCTAL_7 = 07777777;
    private static final long MAX_OCTAL_11 = 077777777777L;

    private final OutputStream out;
    private final byte[] copy = new byte[1 << 16];
    private long position;

    /** Takes over {@code out}, which should be buffered. */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    public void directory(byte[] name, FileInfo info, List<Xattr> xattrs) throws IOException {
        byte[] slashed = name;
        if (name.length == 0) {
            slashed = new byte[] {'.', '/'};
        } else if (name[name.length - 1] != '/') {
            slashed = Arrays.copyOf(name, name.length + 1);
            slashed[name.length] = '/';
        }
        header(slashed, TarHeader.DIRECTORY, info, 0, new byte[0], xattrs);
    }

    /**
     * @param info its size is the number of bytes {@code body} will write
     * @throws IOException also when {@code body} writes more or fewer bytes
     */
    public void file(byte[] name, FileInfo info, List<Xattr> xattrs, FileBody body)
            throws IOException, InterruptedException {
        header(name, TarHeader.FILE, info, info.size(), new byte[0], xattrs);
        long begin = position;
        body.writeTo(bytes -> {
            if (bytes.remaining() > info.size() - (position - begin)) {
                throw new IOException(printable(name) + ": the content is longer than " + info.size() + " bytes");
            }
            write(bytes);
        });
        if (position - begin != info.size()) {
            throw new IOException(
                    printable(name) + ": the content has " + (position - begin) + " bytes, not " + info.size());
        }
        pad(BLOCK);
    }

    public void symlink(byte[] name, FileInfo info, byte[] target, List<Xattr> xattrs) throws IOException {
        header(name, TarHeader.SYMLINK, info, 0, target, xattrs);
    }

    /** Another name for the member {@code first}, which was written before. */
    public void hardLink(byte[] name, FileInfo info, byte[] first) throws IOException {
        header(name, TarHeader.HARD_LINK, info, 0, first, List.of());
    }

    /** A named pipe. */
    public void fifo(byte[] name, FileInfo info, List<Xattr> xattrs) throws IOException {
        header(name, TarHeader.FIFO, info, 0, new byte[0], xattrs);
    }

    long position() {
        return position;
    }

    /** Told when the stream was cut back to what had been written when {@link #position} was {@code earlier}. */
    void rewound(long earlier) {
        position = earlier;
    }

    private static String printable(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    private void write(ByteBuffer bytes) throws IOException {
        position += bytes.remaining();
        if (bytes.hasArray()) {
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            bytes.position(bytes.limit());
            return;
        }
        while (bytes.hasRemaining()) {
            int count = Math.min(copy.length, bytes.remaining());
            bytes.get(copy, 0, count);
            out.write(copy, 0, count);
        }
    }

    private void pad(int unit) throws IOException {
        int rest = (int) (position % unit);
        if (rest != 0) {
            write(ByteBuffer.allocate(unit - rest));
        }
    }

    private void header(byte[] name, char type, FileInfo info, long size, byte[] link, List<Xattr> xattrs)
            throws IOException {
        if (size < 0) {
            throw new IOException(printable(name) + ": the size must be known");
        }
        Pax pax = new Pax();
        byte[] user = info.username().getBytes(StandardCharsets.UTF_8);
        byte[] group = info.groupname().getBytes(StandardCharsets.UTF_8);
        Instant time = info.modTime();
        if ((name.length > 100 && !isUtf8(name)) || (link.length > 100 && !isUtf8(link))) {
            pax.add("hdrcharset", ascii("BINARY"));
        }
        if (name.length > 100) {
            pax.add("path", name);
        }
        if (link.length > 100) {
            pax.add("linkpath", link);
        }
        if (size > MAX_OCTAL_11) {
            pax.add("size", ascii(Long.toString(size)));
        }
        if (info.uid() < 0 || info.uid() > MAX_OCTAL_7) {
            pax.add("uid", ascii(Long.toString(info.uid())));
        }
        if (info.gid() < 0 || info.gid() > MAX_OCTAL_7) {
            pax.add("gid", ascii(Long.toString(info.gid())));
        }
        if (user.length > 31) {
            pax.add("uname", user);
        }
        if (group.length > 31) {
            pax.add("gname", group);
        }
        long seconds = time.getEpochSecond();
        if (time.getNano() != 0 || seconds < 0 || seconds > MAX_OCTAL_11) {
            pax.add("mtime", ascii(decimal(time)));
        }
        for (Xattr xattr : xattrs) {
            if (xattr.type() == Xattr.EXTENDED) {
                pax.add(xattr);
            }
        }
        byte[] records = pax.bytes();
        if (records.length > 0) {
            byte[] paxName = ascii("PaxHeaders/").clone();
            int base = paxName.length;
            int from = Math.max(0, name.length - (100 - base));
            paxName = Arrays.copyOf(paxName, base + name.length - from);
            System.arraycopy(name, from, paxName, base, name.length - from);
            block(paxName, 'x', 0644, 0, 0, records.length, 0, new byte[0], new byte[0], new byte[0]);
            write(ByteBuffer.wrap(records));
            pad(BLOCK);
        }
        block(
                name,
                type,
                GoMode.toUnixPermissions(info.mode()),
                octal(info.uid(), MAX_OCTAL_7),
                octal(info.gid(), MAX_OCTAL_7),
                octal(size, MAX_OCTAL_11),
                octal(seconds, MAX_OCTAL_11),
                link,
                user,
                group);
    }

    private static long octal(long value, long max) {
        return value < 0 || value > max ? 0 : value;
    }

    private void block(
            byte[] name,
            char type,
            int mode,
            long uid,
            long gid,
            long size,
            long seconds,
            byte[] link,
            byte[] user,
            byte[] group)
            throws IOException {
        byte[] block = new byte[BLOCK];
        System.arraycopy(name, 0, block, 0, Math.min(name.length, 100));
        put(block, 100, 7, mode);
        put(block, 108, 7, uid);
        put(block, 116, 7, gid);
        put(block, 124, 11, size);
        put(block, 136, 11, seconds);
        block[156] = (byte) type;
        System.arraycopy(link, 0, block, 157, Math.min(link.length, 100));
        System.arraycopy(ascii("ustar\00000"), 0, block, 257, 8);
        System.arraycopy(user, 0, block, 265, Math.min(user.length, 31));
        System.arraycopy(group, 0, block, 297, Math.min(group.length, 31));
        put(block, 329, 7, 0);
        put(block, 337, 7, 0);
        Arrays.fill(block, 148, 156, (byte) ' ');
        long sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        put(block, 148, 6, sum);
        block[154] = 0;
        write(ByteBuffer.wrap(block));
    }

    private static void put(byte[] block, int offset, int digits, long value) {
        for (int i = digits - 1; i >= 0; i--) {
            block[offset + i] = (byte) ('0' + (value & 7));
            value >>>= 3;
        }
    }

    /** Seconds since 1970 as a decimal fraction; before 1970 the whole number is negative. */
    private static String decimal(Instant time) {
        long seconds = time.getEpochSecond();
        int nanos = time.getNano();
        if (nanos == 0) {
            return Long.toString(seconds);
        }
        String sign = "";
        if (seconds < 0) {
            sign = "-";
            seconds = -seconds - 1;
            nanos = 1_000_000_000 - nanos;
        }
        return sign + seconds + "." + Integer.toString(1_000_000_000 + nanos).substring(1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            var unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Writes the end mark, fills the last record of 10 KiB and closes the stream. */
    @Override
    public void close() throws IOException {
        try (out) {
            write(ByteBuffer.allocate(2 * BLOCK));
            pad(RECORD);
        }
    }

    /** The extension records of one member. */
    private static final class Pax {
        private final ByteArrayOutputStream records = new ByteArrayOutputStream();

        void add(Xattr xattr) {
            boolean plain = true;
            for (byte b : xattr.name()) {
                plain &= b != '=' && b > ' ';
            }
            ByteArrayOutputStream key = new ByteArrayOutputStream();
            if (plain) {
                key.writeBytes(ascii("SCHILY.xattr."));
                key.writeBytes(xattr.name());
                add(key.toByteArray(), xattr.value());
                return;
            }
            key.writeBytes(ascii("LIBARCHIVE.xattr."));
            for (byte b : xattr.name()) {
                if (b <= ' ' || b == '=' || b == '%') {
                    key.writeBytes(ascii(String.format("%%%02X", b & 0xff)));
                } else {
                    key.write(b);
                }
            }
            add(key.toByteArray(), Base64.getEncoder().withoutPadding().encode(xattr.value()));
        }

        void add(String key, byte[] value) {
            add(ascii(key), value);
        }

        /** A record begins with its own length in decimal, that length included. */
        private void add(byte[] key, byte[] value) {
            int rest = key.length + value.length + 3;
            int length = rest + Integer.toString(rest).length();
            if (Integer.toString(length).length() > Integer.toString(rest).length()) {
                length = rest + Integer.toString(length).length();
            }
            records.writeBytes(ascii(Integer.toString(length)));
            records.write(' ');
            records.writeBytes(key);
            records.write('=');
            records.writeBytes(value);
            records.write('\n');
        }

        byte[] bytes() {
            return records.toByteArray();
        }
    }
}
