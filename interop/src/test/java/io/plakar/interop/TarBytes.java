package io.plakar.interop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Tar archives byte by byte, with names that no honest tool would write. */
final class TarBytes {
    private static final int BLOCK = 512;

    private TarBytes() {}

    static byte[] of(byte[]... members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] member : members) {
            out.writeBytes(member);
        }
        out.writeBytes(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    static byte[] file(String name, String content) {
        byte[] data = content.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (name.length() > 99) {
            // GNU's way of a long name: a member of type L whose content is the name.
            out.writeBytes(member("././@LongLink", 'L', "", (name + "\0").getBytes(StandardCharsets.UTF_8)));
            name = name.substring(0, 99);
        }
        out.writeBytes(member(name, '0', "", data));
        return out.toByteArray();
    }

    static byte[] symlink(String name, String target) {
        return member(name, '2', target, new byte[0]);
    }

    private static byte[] member(String name, char type, String link, byte[] data) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, String.format("%011o ", data.length));
        put(header, 136, String.format("%011o ", 1_700_000_000));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar  \0");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header);
        out.writeBytes(data);
        out.writeBytes(new byte[(BLOCK - data.length % BLOCK) % BLOCK]);
        return out.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
