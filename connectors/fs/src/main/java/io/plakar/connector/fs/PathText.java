package io.plakar.connector.fs;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The one place where a path's text becomes bytes and back. Text is UTF-8; a byte that is not part of UTF-8 is the lone
 * surrogate U+DC00 + byte, so that every byte string has a text and comes back exactly.
 */
public final class PathText {
    private PathText() {}

    /** The bytes meant by {@code text}. */
    public static byte[] encode(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (point >= 0xdc80 && point <= 0xdcff) {
                out.write(point & 0xff);
            } else {
                // A lone surrogate of another kind becomes '?': no system has such a name.
                out.writeBytes(new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    /** The text from which {@link #encode} makes the same bytes again. */
    public static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return decodeMixed(bytes);
        }
    }

    private static String decodeMixed(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length);
        int i = 0;
        while (i < bytes.length) {
            int length = sequenceLength(bytes, i);
            if (length == 0) {
                out.append((char) (0xdc00 | (bytes[i] & 0xff)));
                i++;
            } else {
                out.append(new String(bytes, i, length, StandardCharsets.UTF_8));
                i += length;
            }
        }
        return out.toString();
    }

    /** Length of the valid UTF-8 sequence at {@code i}, 0 if there is none. */
    private static int sequenceLength(byte[] bytes, int i) {
        int first = bytes[i] & 0xff;
        int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (length <= 1) {
            return length;
        }
        if (i + length > bytes.length) {
            return 0;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, length));
            return length;
        } catch (CharacterCodingException e) {
            return 0;
        }
    }

    /** The bytes of a path of the default file system on Unix, as the system knows them. */
    static byte[] bytes(Path path) {
        // toString() has gone through the JVM's file name encoding, which may have lost bytes; the URI has not.
        URI uri = path.toUri();
        String raw = uri.getRawPath();
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
        int i = 0;
        while (i < raw.length()) {
            char c = raw.charAt(i);
            if (c == '%') {
                out.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 3;
            } else {
                out.write(c);
                i++;
            }
        }
        return out.toByteArray();
    }
}
