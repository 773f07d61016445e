package io.plakar.connector.http;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Mac;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads a JSON array of names. Stateless. */
final class NameList {
    private static final int DIGITS = 2 * Mac.BYTES;

    /** A word longer than this is no file's name anywhere. */
    private static final int LONGEST_WORD = 4096;

    private NameList() {}

    /** The names which are ids; other words are passed over. Go writes {@code null} for an empty list. */
    static List<Mac> read(String what, InputStream body) throws IOException {
        InputStream in = new BufferedInputStream(body, 1 << 16);
        List<Mac> names = new ArrayList<>();
        int next = skipBlanks(in);
        if (next == 'n' && new String(in.readNBytes(3), StandardCharsets.ISO_8859_1).equals("ull")) {
            end(what, in);
            return names;
        }
        expect(what, next == '[');
        next = skipBlanks(in);
        if (next != ']') {
            byte[] word = new byte[LONGEST_WORD];
            while (true) {
                expect(what, next == '"');
                int length = word(what, in, word);
                if (isName(word, length)) {
                    names.add(Mac.fromHex(new String(word, 0, length, StandardCharsets.ISO_8859_1)));
                }
                next = skipBlanks(in);
                if (next == ']') {
                    break;
                }
                expect(what, next == ',');
                next = skipBlanks(in);
            }
        }
        end(what, in);
        return names;
    }

    private static int word(String what, InputStream in, byte[] word) throws IOException {
        int length = 0;
        while (true) {
            int next = in.read();
            if (next == '"') {
                return length;
            }
            expect(what, next >= ' ' && next != '\\' && length < word.length);
            word[length++] = (byte) next;
        }
    }

    private static boolean isName(byte[] word, int length) {
        if (length != DIGITS) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!HexFormat.isHexDigit(word[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    private static int skipBlanks(InputStream in) throws IOException {
        int next = in.read();
        while (next == ' ' || next == '\t' || next == '\r' || next == '\n') {
            next = in.read();
        }
        return next;
    }

    private static void end(String what, InputStream in) throws IOException {
        expect(what, skipBlanks(in) < 0);
    }

    private static void expect(String what, boolean expected) throws ConnectorException {
        if (!expected) {
            throw new ConnectorException(Reason.MALFORMED, what + ": the server's answer is not a list of names");
        }
    }
}
