package io.plakar.kloset.mime;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells text from binary, and the kinds of text apart. Pure functions. */
final class Text {
    private static final String PLAIN_UTF8 = "text/plain; charset=utf-8";

    /** Byte classes: control bytes no text has, plain ASCII text, C1 controls, the printable upper half. */
    private static final byte BINARY = 0;

    private static final byte ASCII = 1;
    private static final byte ODD = 2;
    private static final byte UPPER_CONTROL = 3;
    private static final byte UPPER = 4;
    private static final byte[] CLASSES = classes();

    private static final String[] HTML_TAGS = {
        "<!doctype html",
        "<html",
        "<head",
        "<script",
        "<iframe",
        "<h1",
        "<div",
        "<font",
        "<table",
        "<a",
        "<style",
        "<title",
        "<b",
        "<body",
        "<br",
        "<p"
    };

    private Text() {}

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int b = 0; b < 256; b++) {
            if (b >= 0xa0) {
                classes[b] = UPPER;
            } else if (b >= 0x80) {
                classes[b] = b == 0x85 ? ASCII : UPPER_CONTROL;
            } else if (b >= 0x20) {
                classes[b] = b == 0x7f ? ODD : ASCII;
            } else {
                classes[b] = BINARY;
            }
        }
        for (int b : new int[] {'\t', '\n', '\r', '\f', 0x1b}) {
            classes[b] = ASCII;
        }
        return classes;
    }

    /** The type of a content without a known magic number; {@code truncated} if it goes on after the head. */
    static String detect(Head in, boolean truncated) {
        String marked = byteOrderMark(in);
        boolean high = false;
        boolean odd = false;
        if (marked == null) {
            byte[] bytes = in.bytes();
            int end = in.offset() + in.length();
            for (int i = in.offset(); i < end; i++) {
                int b = bytes[i];
                if (b < 0) {
                    high = true;
                } else if (CLASSES[b] == BINARY) {
                    return ContentType.UNKNOWN;
                } else if (CLASSES[b] == ODD) {
                    odd = true;
                }
            }
        } else if (marked.equals("utf-16le") || marked.equals("utf-16be") || marked.startsWith("utf-32")) {
            return plain(marked);
        }
        String kind = kind(in, truncated);
        if (kind != null) {
            return kind;
        }
        if (marked == null && !high) {
            return odd ? ContentType.EMPTY : PLAIN_UTF8;
        }
        return plain(marked != null ? marked : charset(in));
    }

    private static String plain(@Nullable String charset) {
        if (charset == null) {
            return ContentType.EMPTY;
        }
        return charset.equals("utf-8") ? PLAIN_UTF8 : "text/plain; charset=" + charset;
    }

    private static @Nullable String byteOrderMark(Head in) {
        if (in.is(0, "\357\273\277")) {
            return "utf-8";
        }
        if (in.is(0, "\0\0\376\377")) {
            return "utf-32be";
        }
        if (in.is(0, "\377\376\0\0")) {
            return "utf-32le";
        }
        if (in.is(0, "\376\377")) {
            return "utf-16be";
        }
        return in.is(0, "\377\376") ? "utf-16le" : null;
    }

    /** The charset of a text without a byte order mark, or null if it fits none. */
    private static @Nullable String charset(Head in) {
        if (isUtf8(in)) {
            return "utf-8";
        }
        boolean odd = false;
        boolean upperControl = false;
        for (int i = 0; i < in.length(); i++) {
            switch (CLASSES[in.at(i)]) {
                case ODD -> odd = true;
                case UPPER_CONTROL -> upperControl = true;
                default -> {
                    // text in every charset
                }
            }
        }
        if (odd) {
            return null;
        }
        return upperControl ? "windows-1252" : "iso-8859-1";
    }

    /**
     * Whether all is UTF-8. A character cut off at the end is forgiven only after a whole one: alone it is rather a
     * letter of another charset.
     */
    private static boolean isUtf8(Head in) {
        boolean whole = false;
        int i = 0;
        int length = in.length();
        while (i < length) {
            int b = in.at(i++);
            if (b < 0x80) {
                continue;
            }
            int more;
            int low = 0x80;
            int up = 0xbf;
            if (b >= 0xc2 && b <= 0xdf) {
                more = 1;
            } else if (b >= 0xe0 && b <= 0xef) {
                more = 2;
                low = b == 0xe0 ? 0xa0 : 0x80;
                up = b == 0xed ? 0x9f : 0xbf;
            } else if (b >= 0xf0 && b <= 0xf4) {
                more = 3;
                low = b == 0xf0 ? 0x90 : 0x80;
                up = b == 0xf4 ? 0x8f : 0xbf;
            } else {
                return false;
            }
            for (; more > 0 && i < length; more--, i++) {
                int next = in.at(i);
                if (next < low || next > up) {
                    return false;
                }
                low = 0x80;
                up = 0xbf;
            }
            if (more > 0) {
                return whole;
            }
            whole = true;
        }
        return true;
    }

    private static @Nullable String kind(Head in, boolean truncated) {
        int start = in.skipSpace(in.is(0, "\357\273\277") ? 3 : 0);
        return switch (in.at(start)) {
            case '<' -> {
                String markup = markup(in, start);
                yield markup != null ? markup : table(in, truncated);
            }
            case '#' -> {
                String script = in.is(0, "#!") ? script(in) : null;
                yield script != null ? script : table(in, truncated);
            }
            case '{', '[' -> {
                if (in.is(0, "{\\rtf")) {
                    yield "text/rtf";
                }
                String json = Json.detect(in, start, truncated);
                yield json != null ? json : table(in, truncated);
            }
            case 'B' -> {
                if (isLine(in, start, "BEGIN:VCALENDAR")) {
                    yield "text/calendar";
                }
                yield isLine(in, start, "BEGIN:VCARD") ? "text/vcard" : table(in, truncated);
            }
            case 'W' -> {
                if (in.is(start, "WARC/")) {
                    yield "application/warc";
                }
                if (in.is(start, "WEBVTT") && (start + 6 == in.length() || Head.isSpace(in.at(start + 6)))) {
                    yield "text/vtt";
                }
                yield table(in, truncated);
            }
            case 'P' -> {
                String pixels = portableAnymap(in, start);
                yield pixels != null ? pixels : table(in, truncated);
            }
            case '1' -> isSubtitles(in, start) ? "application/x-subrip" : table(in, truncated);
            default -> table(in, truncated);
        };
    }

    private static @Nullable String table(Head in, boolean truncated) {
        if (isTable(in, ',', truncated)) {
            return "text/csv";
        }
        return isTable(in, '\t', truncated) ? "text/tab-separated-values" : null;
    }

    private static boolean isLine(Head in, int start, String text) {
        int after = start + text.length();
        return in.is(start, text) && (in.at(after) == '\n' || in.is(after, "\r\n"));
    }

    private static @Nullable String markup(Head in, int start) {
        if (in.isIgnoreCase(start, "<?php") || in.is(start, "<?\n") || in.is(start, "<?\r") || in.is(start, "<? ")) {
            return "text/x-php";
        }
        boolean declared = in.isIgnoreCase(start, "<?xml");
        int at = start;
        while (true) {
            at = in.skipSpace(at);
            int close;
            if (in.is(at, "<!--")) {
                close = in.find("-->", at + 4);
                close = close < 0 ? -1 : close + 3;
            } else if (in.is(at, "<?") || in.isIgnoreCase(at, "<!doctype svg")) {
                close = in.find(">", at);
                close = close < 0 ? -1 : close + 1;
            } else {
                break;
            }
            if (close < 0) {
                at = in.length();
                break;
            }
            at = close;
        }
        if (in.is(at, "<svg")) {
            return "image/svg+xml";
        }
        if (declared) {
            String dialect = dialect(in, at);
            return dialect != null ? dialect : withCharset("text/xml", declaredCharset(in, start, "encoding="), in);
        }
        if (in.is(start, "<!--") || isHtmlTag(in, start)) {
            return withCharset("text/html", declaredCharset(in, start, "charset="), in);
        }
        return null;
    }

    private static boolean isHtmlTag(Head in, int at) {
        for (String tag : HTML_TAGS) {
            int after = in.at(at + tag.length());
            if (in.isIgnoreCase(at, tag) && (after == '>' || Head.isSpace(after))) {
                return true;
            }
        }
        return false;
    }

    /** The languages written in XML that have a media type of their own: told by root element and name space. */
    private static @Nullable String dialect(Head in, int root) {
        if (in.is(root, "<rss")) {
            return "application/rss+xml";
        }
        if (in.is(root, "<feed") && in.contains("http://www.w3.org/2005/Atom")) {
            return "application/atom+xml";
        }
        if (in.is(root, "<X3D")) {
            return "model/x3d+xml";
        }
        if (in.is(root, "<kml") && (in.contains("http://www.opengis.net/kml/2.2") || in.contains("google.com/kml/2"))) {
            return "application/vnd.google-earth.kml+xml";
        }
        if (in.is(root, "<xliff") && in.contains("urn:oasis:names:tc:xliff:document:")) {
            return "application/x-xliff+xml";
        }
        if (in.is(root, "<COLLADA") && in.contains("http://www.collada.org/2005/11/COLLADASchema")) {
            return "model/vnd.collada+xml";
        }
        if (in.is(root, "<gpx") && in.contains("http://www.topografix.com/GPX/1/1")) {
            return "application/gpx+xml";
        }
        if (in.is(root, "<TrainingCenterDatabase")) {
            return "application/vnd.garmin.tcx+xml";
        }
        if (in.is(root, "<amf")) {
            return "application/x-amf";
        }
        if (in.is(root, "<model") && in.contains("http://schemas.microsoft.com/3dmanufacturing/core/2015/02")) {
            return "application/vnd.ms-package.3dmanufacturing-3dmodel+xml";
        }
        if (in.is(root, "<xfdf") && in.contains("http://ns.adobe.com/xfdf/")) {
            return "application/vnd.adobe.xfdf";
        }
        if (in.is(root, "<Ontology") && in.contains("http://www.w3.org/2002/07/owl#")) {
            return "application/owl+xml";
        }
        boolean html = in.isIgnoreCase(root, "<html") || in.isIgnoreCase(root, "<!doctype html");
        return html && in.contains("http://www.w3.org/1999/xhtml") ? "application/xhtml+xml" : null;
    }

    private static String withCharset(String type, @Nullable String declared, Head in) {
        String charset = byteOrderMark(in);
        if (charset == null) {
            charset = declared;
        }
        if (charset == null) {
            charset = charset(in);
        }
        return charset == null ? type : type + "; charset=" + charset;
    }

    /** The charset the text says it has, in lower case, or null if it says none or nonsense. */
    private static @Nullable String declaredCharset(Head in, int start, String key) {
        int at = in.find(key, start);
        if (at < 0) {
            return null;
        }
        at += key.length();
        if (in.at(at) == '"' || in.at(at) == '\'') {
            at++;
        }
        int end = at;
        while (end - at < 40 && isCharsetByte(in.at(end))) {
            end++;
        }
        return end == at
                ? null
                : new String(in.bytes(), in.offset() + at, end - at, StandardCharsets.US_ASCII)
                        .toLowerCase(Locale.ROOT);
    }

    private static boolean isCharsetByte(int b) {
        return b >= '0' && b <= '9'
                || b >= 'A' && b <= 'Z'
                || b >= 'a' && b <= 'z'
                || b == '-'
                || b == '_'
                || b == ':'
                || b == '.';
    }

    /** By the interpreter a {@code #!} line names, directly or through {@code env}. */
    private static @Nullable String script(Head in) {
        int at = 2;
        while (in.at(at) == ' ' || in.at(at) == '\t') {
            at++;
        }
        if (in.at(at) != '/') {
            return null;
        }
        int name = at;
        for (; at < in.length() && !Head.isSpace(in.at(at)); at++) {
            if (in.at(at) == '/') {
                name = at + 1;
            }
        }
        if (at - name == 3 && in.is(name, "env")) {
            while (in.at(at) == ' ' || in.at(at) == '\t') {
                at++;
            }
            name = at;
        }
        if (in.is(name, "python")) {
            return "text/x-python";
        }
        if (in.is(name, "perl")) {
            return "text/x-perl";
        }
        if (in.is(name, "node")) {
            return "text/javascript";
        }
        if (in.is(name, "lua")) {
            return "text/x-lua";
        }
        if (in.is(name, "ruby")) {
            return "text/x-ruby";
        }
        if (in.is(name, "php")) {
            return "text/x-php";
        }
        if (in.is(name, "tcl") || in.is(name, "wish")) {
            return "text/x-tcl";
        }
        return isShell(in, name) ? "text/x-shellscript" : null;
    }

    private static boolean isShell(Head in, int name) {
        int end = name;
        while (end < in.length() && in.at(end) >= 'a' && in.at(end) <= 'z') {
            end++;
        }
        return switch (end - name) {
            case 2 -> in.is(name, "sh");
            case 3 -> in.is(name, "csh") || in.is(name, "ksh") || in.is(name, "zsh") || in.is(name, "ash");
            case 4 -> in.is(name, "bash") || in.is(name, "dash") || in.is(name, "tcsh") || in.is(name, "fish");
            default -> false;
        };
    }

    private static @Nullable String portableAnymap(Head in, int at) {
        if (in.is(at, "P7\nWIDTH ") || in.is(at, "P7\nHEIGHT ")) {
            return "image/x-portable-arbitrarymap";
        }
        if (!Head.isSpace(in.at(at + 2))) {
            return null;
        }
        int next = in.skipSpace(at + 2);
        if (in.at(next) != '#' && (in.at(next) < '0' || in.at(next) > '9')) {
            return null;
        }
        return switch (in.at(at + 1)) {
            case '1', '4' -> "image/x-portable-bitmap";
            case '2', '5' -> "image/x-portable-graymap";
            case '3', '6' -> "image/x-portable-pixmap";
            default -> null;
        };
    }

    /** {@code 1}, a line end, {@code hh:mm:ss,mmm --> hh:mm:ss,mmm}. */
    private static boolean isSubtitles(Head in, int at) {
        int line = at + 1;
        if (in.at(line) == '\r') {
            line++;
        }
        if (in.at(line) != '\n') {
            return false;
        }
        line++;
        return isClock(in, line) && in.is(line + 12, " --> ") && isClock(in, line + 17);
    }

    private static boolean isClock(Head in, int at) {
        for (int i = 0; i < 12; i++) {
            int b = in.at(at + i);
            boolean good = switch (i) {
                case 2, 5 -> b == ':';
                case 8 -> b == ',' || b == '.';
                default -> b >= '0' && b <= '9';
            };
            if (!good) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether all records hold the same number of fields, at least two, and there are at least two records. Fields may
     * be quoted; lines beginning with {@code #} and empty lines do not count; a record cut off by the head neither.
     */
    private static boolean isTable(Head in, int separator, boolean truncated) {
        int records = 0;
        int expected = -1;
        int i = in.is(0, "\357\273\277") ? 3 : 0;
        int length = in.length();
        while (i < length) {
            if (in.at(i) == '\n') {
                i++;
                continue;
            }
            if (in.is(i, "\r\n")) {
                i += 2;
                continue;
            }
            if (in.at(i) == '#') {
                while (i < length && in.at(i) != '\n') {
                    i++;
                }
                continue;
            }
            int fields = 1;
            boolean quoted = false;
            boolean fieldStart = true;
            boolean ended = false;
            for (; i < length && !ended; i++) {
                int b = in.at(i);
                if (quoted) {
                    if (b == '"') {
                        if (in.at(i + 1) == '"') {
                            i++;
                        } else if (in.at(i + 1) == separator
                                || in.at(i + 1) == '\n'
                                || in.at(i + 1) == '\r'
                                || i + 1 == length) {
                            quoted = false;
                        }
                    }
                } else if (b == '\n') {
                    ended = true;
                } else if (b == separator) {
                    fields++;
                    fieldStart = true;
                    continue;
                } else if (b == '"' && fieldStart) {
                    quoted = true;
                }
                fieldStart = false;
            }
            if (!ended && truncated) {
                break;
            }
            if (expected < 0) {
                expected = fields;
                if (fields < 2) {
                    return false;
                }
            } else if (fields != expected) {
                return false;
            }
            records++;
        }
        return records > 1;
    }
}
