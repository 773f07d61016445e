package io.plakar.connector.tar;

import io.plakar.connector.Xattr;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of an archive: ustar, PAX and GNU (long names, base-256 numbers, all sparse formats), with names and
 * values as bytes. Used by one thread. Every {@link IOException} means that the archive cannot be followed further.
 */
final class TarReader {
    /*
     * Own code because libraries decode PAX values as UTF-8 text, which destroys binary attribute values and names in
     * other encodings.
     */
    static final int BLOCK = 512;

    /** What all extension records and the sparse map of one member may take: far above any real archive. */
    private static final int MAX_EXTENSION_BYTES = 8 << 20;

    private static final int MAX_SPARSE_REGIONS = 1 << 18;

    private final ArchiveBytes in;
    private final byte[] block = new byte[BLOCK];
    private final Map<String, byte[]> global = new HashMap<>();
    private long next;
    private int budget;

    TarReader(ArchiveBytes in) {
        this.in = in;
    }

    /** Goes to the next member, wherever in the current one the bytes are; null at the end of the archive. */
    @Nullable
    TarHeader next() throws IOException {
        byte[] longName = null;
        byte[] longLink = null;
        Map<String, byte[]> records = new HashMap<>(global);
        List<long[]> oldSparse = new ArrayList<>();
        budget = MAX_EXTENSION_BYTES;
        while (true) {
            in.skipTo(next);
            long at = in.position();
            int count = in.readUpTo(block);
            if (count < BLOCK) {
                throw new EOFException(
                        at == 0 && count == 0
                                ? "the archive is empty"
                                : "the archive is truncated at byte " + (at + count) + ": its end mark is missing");
            }
            if (isZero(block)) {
                return null;
            }
            if (!checksumFits(block)) {
                throw new IOException(at == 0 ? "this is not a tar archive" : "invalid tar header at byte " + at);
            }
            char type = (char) (block[156] & 0xff);
            long size = number(124, 12);
            if (size < 0) {
                throw new IOException("invalid size in the tar header at byte " + at);
            }
            switch (type) {
                case 'x', 'X' -> parsePax(extension(size), records, oldSparse);
                case 'g' -> {
                    parsePax(extension(size), global, new ArrayList<>());
                    records.putAll(global);
                }
                case 'L' -> longName = untilNul(extension(size));
                case 'K' -> longLink = untilNul(extension(size));
                default -> {
                    return member(type, size, longName, longLink, records, oldSparse);
                }
            }
        }
    }

    private TarHeader member(
            char type,
            long headerSize,
            byte @Nullable [] longName,
            byte @Nullable [] longLink,
            Map<String, byte[]> pax,
            List<long[]> paxSparse)
            throws IOException {
        byte[] name = longName != null ? longName : headerName();
        byte[] link = longLink != null ? longLink : field(157, 100);
        name = pax.getOrDefault("path", name);
        link = pax.getOrDefault("linkpath", link);
        boolean directoryByName = name.length > 0 && name[name.length - 1] == '/';
        long uid = pax.containsKey("uid") ? decimal(pax, "uid") : number(108, 8);
        long gid = pax.containsKey("gid") ? decimal(pax, "gid") : number(116, 8);
        int permissions = (int) number(100, 8) & 07777;
        Instant modTime = pax.containsKey("mtime") ? time(pax.get("mtime")) : instant(number(136, 12), 0);
        String user = text(pax.getOrDefault("uname", isUstar() ? field(265, 32) : new byte[0]));
        String group = text(pax.getOrDefault("gname", isUstar() ? field(297, 32) : new byte[0]));
        long stored = pax.containsKey("size") ? decimal(pax, "size") : headerSize;
        if (stored < 0) {
            throw new IOException("invalid size in a PAX record before byte " + in.position());
        }
        char kind = switch (type) {
            case 0, '0', '7', 'S' -> directoryByName && type != 'S' ? TarHeader.DIRECTORY : TarHeader.FILE;
            case 'D' -> TarHeader.DIRECTORY;
            default -> type;
        };
        // Links, directories and special files have no content, even where an old writer left a size in the header.
        if (type >= '1' && type <= '6') {
            stored = 0;
        }
        long end = in.position() + stored;
        if (end < 0 || end > Long.MAX_VALUE - BLOCK) {
            throw new IOException("invalid size in the tar header before byte " + in.position());
        }
        long size = stored;
        List<long[]> regions = null;
        if (type == 'S') {
            size = number(483, 12);
            regions = new ArrayList<>();
            readOldGnuMap(regions);
            end = in.position() + stored;
        } else if (kind == TarHeader.FILE && pax.containsKey("GNU.sparse.major")) {
            size = decimal(pax, "GNU.sparse.realsize");
            name = pax.getOrDefault("GNU.sparse.name", name);
            regions = readPax10Map(end);
        } else if (kind == TarHeader.FILE && pax.containsKey("GNU.sparse.size")) {
            size = decimal(pax, "GNU.sparse.size");
            name = pax.getOrDefault("GNU.sparse.name", name);
            regions = paxSparse;
            if (pax.containsKey("GNU.sparse.map")) {
                regions = readPax01Map(text(pax.get("GNU.sparse.map")));
            }
        }
        long dataOffset = in.position();
        next = roundUp(end);
        long[] sparse = regions == null ? new long[0] : checkSparse(regions, size, end - dataOffset);
        return new TarHeader(
                name,
                kind,
                permissions,
                uid,
                gid,
                end - dataOffset,
                size,
                modTime,
                link,
                user,
                group,
                xattrs(pax),
                sparse,
                regions != null,
                dataOffset);
    }

    private byte[] extension(long size) throws IOException {
        if (size > budget) {
            throw new IOException("the extension records before byte " + in.position() + " are too large");
        }
        budget -= (int) size;
        byte[] content = new byte[(int) size];
        if (in.readUpTo(content) < content.length) {
            throw new EOFException("the archive is truncated at byte " + in.position());
        }
        next = roundUp(in.position());
        return content;
    }

    private static long roundUp(long offset) {
        return (offset + BLOCK - 1) / BLOCK * BLOCK;
    }

    private void parsePax(byte[] content, Map<String, byte[]> into, List<long[]> sparse) throws IOException {
        int at = 0;
        long pendingOffset = -1;
        while (at < content.length) {
            int length = 0;
            int i = at;
            while (i < content.length && content[i] >= '0' && content[i] <= '9' && length < MAX_EXTENSION_BYTES) {
                length = length * 10 + content[i++] - '0';
            }
            int equals = i;
            while (equals < content.length && content[equals] != '=') {
                equals++;
            }
            int end = at + length;
            if (i == at
                    || i >= content.length
                    || content[i] != ' '
                    || end > content.length
                    || equals >= end - 1
                    || content[end - 1] != '\n') {
                throw new IOException("invalid PAX record before byte " + in.position());
            }
            String key = new String(content, i + 1, equals - i - 1, StandardCharsets.ISO_8859_1);
            byte[] value = Arrays.copyOfRange(content, equals + 1, end - 1);
            if (key.equals("GNU.sparse.offset")) {
                pendingOffset = decimal(value);
            } else if (key.equals("GNU.sparse.numbytes") && pendingOffset >= 0) {
                addRegion(sparse, pendingOffset, decimal(value));
                pendingOffset = -1;
            } else if (value.length == 0) {
                into.remove(key);
                if (key.startsWith("SCHILY.xattr.") || key.startsWith("LIBARCHIVE.xattr.")) {
                    into.put(key, value);
                }
            } else {
                into.put(key, value);
            }
            at = end;
        }
    }

    private void addRegion(List<long[]> regions, long offset, long length) throws IOException {
        if (regions.size() >= MAX_SPARSE_REGIONS) {
            throw new IOException("too many sparse regions before byte " + in.position());
        }
        regions.add(new long[] {offset, length});
    }

    private void readOldGnuMap(List<long[]> regions) throws IOException {
        int at = 386;
        int entries = 4;
        boolean more = block[482] != 0;
        while (true) {
            for (int i = 0; i < entries; i++) {
                if (block[at] == 0 && block[at + 12] == 0) {
                    break;
                }
                addRegion(regions, number(at, 12), number(at + 12, 12));
                at += 24;
            }
            if (!more) {
                return;
            }
            budget -= BLOCK;
            if (budget < 0) {
                throw new IOException("the sparse map before byte " + in.position() + " is too large");
            }
            if (in.readUpTo(block) < BLOCK) {
                throw new EOFException("the archive is truncated at byte " + in.position());
            }
            at = 0;
            entries = 21;
            more = block[504] != 0;
        }
    }

    private List<long[]> readPax01Map(String map) throws IOException {
        List<long[]> regions = new ArrayList<>();
        String[] numbers = map.split(",", -1);
        if (numbers.length % 2 != 0) {
            throw new IOException("invalid sparse map before byte " + in.position());
        }
        for (int i = 0; i < numbers.length; i += 2) {
            addRegion(regions, decimal(ascii(numbers[i])), decimal(ascii(numbers[i + 1])));
        }
        return regions;
    }

    private List<long[]> readPax10Map(long end) throws IOException {
        List<long[]> regions = new ArrayList<>();
        LineReader lines = new LineReader(end);
        long count = lines.number();
        if (count < 0 || count > MAX_SPARSE_REGIONS) {
            throw new IOException("too many sparse regions before byte " + in.position());
        }
        for (long i = 0; i < count; i++) {
            addRegion(regions, lines.number(), lines.number());
        }
        return regions;
    }

    /** The decimal lines at the head of the content of a PAX 1.0 sparse file, padded to whole blocks. */
    private final class LineReader {
        private final long end;
        private final byte[] piece = new byte[BLOCK];
        private int at = BLOCK;

        LineReader(long end) {
            this.end = end;
        }

        long number() throws IOException {
            ByteArrayOutputStream digits = new ByteArrayOutputStream();
            while (digits.size() < 20) {
                if (at == BLOCK) {
                    if (in.position() + BLOCK > end || in.readUpTo(piece) < BLOCK) {
                        throw new EOFException("the sparse map before byte " + in.position() + " is truncated");
                    }
                    at = 0;
                }
                byte b = piece[at++];
                if (b == '\n') {
                    return decimal(digits.toByteArray());
                }
                digits.write(b);
            }
            throw new IOException("invalid sparse map before byte " + in.position());
        }
    }

    private long[] checkSparse(List<long[]> regions, long size, long stored) throws IOException {
        long[] flat = new long[2 * regions.size()];
        long position = 0;
        long total = 0;
        for (int i = 0; i < regions.size(); i++) {
            long offset = regions.get(i)[0];
            long length = regions.get(i)[1];
            if (offset < position || length < 0 || offset > size || length > size - offset) {
                throw new IOException("invalid sparse map before byte " + in.position());
            }
            flat[2 * i] = offset;
            flat[2 * i + 1] = length;
            position = offset + length;
            total += length;
        }
        if (total != stored || size < 0) {
            throw new IOException("the sparse map before byte " + in.position() + " does not fit the content");
        }
        return flat;
    }

    private List<Xattr> xattrs(Map<String, byte[]> pax) {
        List<Xattr> found = new ArrayList<>();
        for (Map.Entry<String, byte[]> pair : pax.entrySet()) {
            String key = pair.getKey();
            if (key.startsWith("SCHILY.xattr.")) {
                byte[] name = ascii(key.substring("SCHILY.xattr.".length()));
                found.add(new Xattr(name, Xattr.EXTENDED, pair.getValue()));
            } else if (key.startsWith("LIBARCHIVE.xattr.")) {
                byte[] name = percentDecoded(key.substring("LIBARCHIVE.xattr.".length()));
                String plain = "SCHILY.xattr." + new String(name, StandardCharsets.ISO_8859_1);
                if (!pax.containsKey(plain)) {
                    try {
                        found.add(new Xattr(
                                name, Xattr.EXTENDED, Base64.getDecoder().decode(pair.getValue())));
                    } catch (IllegalArgumentException e) {
                        // Not base 64: nothing can be said about the value, and the file itself is whole.
                        continue;
                    }
                }
            }
        }
        found.sort((left, right) -> Arrays.compareUnsigned(left.name(), right.name()));
        return found;
    }

    private static byte[] percentDecoded(String text) {
        byte[] in = ascii(text);
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%' && i + 2 < in.length) {
                int high = Character.digit(in[i + 1], 16);
                int low = Character.digit(in[i + 2], 16);
                if (high >= 0 && low >= 0) {
                    out.write(high << 4 | low);
                    i += 2;
                    continue;
                }
            }
            out.write(in[i]);
        }
        return out.toByteArray();
    }

    private byte[] headerName() {
        byte[] name = field(0, 100);
        boolean posix = block[257] == 'u' && block[262] == 0;
        if (!posix || block[345] == 0) {
            return name;
        }
        byte[] prefix = field(345, 155);
        byte[] joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        joined[prefix.length] = '/';
        System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
        return joined;
    }

    private boolean isUstar() {
        return block[257] == 'u' && block[258] == 's' && block[259] == 't' && block[260] == 'a' && block[261] == 'r';
    }

    private byte[] field(int offset, int length) {
        return untilNul(Arrays.copyOfRange(block, offset, offset + length));
    }

    private static byte[] untilNul(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOf(bytes, end);
    }

    /** A number of the header: octal digits, or base 256 when the first bit is set. */
    private long number(int offset, int length) throws IOException {
        if ((block[offset] & 0x80) != 0) {
            long value = (block[offset] & 0x40) != 0 ? -1 : 0;
            for (int i = 0; i < length; i++) {
                int digit = i == 0 ? (block[offset] & 0x7f) | (value < 0 ? 0x80 : 0) : block[offset + i] & 0xff;
                if (i < length - 8 && digit != (value < 0 ? 0xff : 0)) {
                    throw new IOException("a number of the tar header before byte " + in.position() + " is too large");
                }
                value = value << 8 | digit;
            }
            return value;
        }
        long value = 0;
        int i = offset;
        int end = offset + length;
        while (i < end && block[i] == ' ') {
            i++;
        }
        while (i < end && block[i] >= '0' && block[i] <= '7') {
            value = value << 3 | block[i++] - '0';
        }
        if (i < end && block[i] != ' ' && block[i] != 0) {
            throw new IOException("invalid number in the tar header before byte " + in.position());
        }
        return value;
    }

    private long decimal(Map<String, byte[]> pax, String key) throws IOException {
        byte[] value = pax.get(key);
        if (value == null) {
            throw new IOException("PAX record " + key + " is missing before byte " + in.position());
        }
        return decimal(value);
    }

    private long decimal(byte[] digits) throws IOException {
        try {
            return Long.parseLong(new String(digits, StandardCharsets.ISO_8859_1));
        } catch (NumberFormatException e) {
            throw new IOException("invalid number in a PAX record before byte " + in.position(), e);
        }
    }

    private Instant time(byte @Nullable [] value) throws IOException {
        String text = value == null ? "" : new String(value, StandardCharsets.ISO_8859_1);
        int dot = text.indexOf('.');
        long seconds = decimal(ascii(dot < 0 ? text : text.substring(0, dot)));
        long nanos = 0;
        if (dot >= 0) {
            String fraction = (text.substring(dot + 1) + "000000000").substring(0, 9);
            nanos = decimal(ascii(fraction));
            if (nanos < 0) {
                throw new IOException("invalid time in a PAX record before byte " + in.position());
            }
        }
        return instant(seconds, text.startsWith("-") ? -nanos : nanos);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** Times no calendar knows are cut to the years which every system can show. */
    private static Instant instant(long seconds, long nanos) {
        long limit = 1L << 38;
        return Instant.ofEpochSecond(Math.clamp(seconds, -limit, limit), nanos);
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean checksumFits(byte[] block) {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            int b = i >= 148 && i < 156 ? ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        long stored = 0;
        int i = 148;
        while (i < 156 && block[i] == ' ') {
            i++;
        }
        int first = i;
        while (i < 156 && block[i] >= '0' && block[i] <= '7') {
            stored = stored << 3 | block[i++] - '0';
        }
        return i > first && (stored == unsigned || stored == signed);
    }
}
