package io.plakar.kloset.mime;

import org.jspecify.annotations.Nullable;

/**
 * Finds the media type of a content by the magic numbers in its head. Pure functions; the strings returned for binary
 * formats are constants.
 *
 * <p>Called once for every file of a backup: one switch on the first byte picks the few magic numbers that can match,
 * formats with their mark further inside come after, and only what is left is scanned for being text.
 */
public final class ContentType {
    /** No more than these first bytes are looked at. */
    public static final int HEAD_BYTES = 3072;

    /** Bytes of no known kind. */
    public static final String UNKNOWN = "application/octet-stream";

    /** The type of an empty file. */
    public static final String EMPTY = "text/plain";

    /** The type of what has no content: links, pipes, devices, sockets. */
    public static final String NOT_REGULAR = "application/x-not-regular-file";

    private ContentType() {}

    /**
     * The media type of the content which begins with {@code length} bytes at {@code offset} of {@code head}. If at
     * least {@link #HEAD_BYTES} are given the content is taken to go on, otherwise to be whole.
     */
    public static String detect(byte[] head, int offset, int length) {
        if (length == 0) {
            return EMPTY;
        }
        Head in = new Head(head, offset, Math.min(length, HEAD_BYTES));
        String type = byFirstByte(in);
        if (type == null) {
            type = byInnerMark(in);
        }
        if (type == null) {
            type = Text.detect(in, length >= HEAD_BYTES);
        }
        return type;
    }

    private static @Nullable String byFirstByte(Head in) {
        return switch (in.at(0)) {
            case 0x00 -> zero(in);
            case 0x01 -> in.is(0, "\1\377WPC") ? "application/vnd.wordperfect" : null;
            case 0x0a -> in.is(1, "%PDF-") ? "application/pdf" : null;
            case 0x1a -> in.is(0, "\032\105\337\243") ? matroska(in) : null;
            case 0x1f -> in.at(1) == 0x8b ? "application/gzip" : null;
            case '!' -> in.is(0, "!<arch>") ? archive(in) : null;
            case '#' -> hash(in);
            case '%' -> percent(in);
            case 0x22, 0x24, 0x26, 0x27, 0x28 -> in.is(1, "\265\57\375") ? "application/zstd" : null;
            case '-' ->
                in.is(0, "-----BEGIN PKCS7") || in.is(0, "-----BEGIN PKCS #7") ? "application/pkcs7-signature" : null;
            case '.' -> {
                if (in.is(1, "snd")) {
                    yield "audio/basic";
                }
                yield in.is(1, "RMF") ? "application/vnd.rn-realmedia-vbr" : null;
            }
            case '/' -> in.is(0, "/* XPM */") ? "image/x-xpixmap" : null;
            case '0' -> zeroDigit(in);
            case '7' -> in.is(0, "7z\274\257\47\34") ? "application/x-7z-compressed" : null;
            case '8' -> in.is(0, "8BPS") ? "image/vnd.adobe.photoshop" : null;
            case 'A' -> letterA(in);
            case 'B' -> letterB(in);
            case 'C' -> letterC(in);
            case 'F' -> letterF(in);
            case 'G' -> in.is(0, "GIF87a") || in.is(0, "GIF89a") ? "image/gif" : null;
            case 'I' -> letterI(in);
            case 'L' -> {
                if (in.is(0, "L\0\0\0\1\24\2\0")) {
                    yield "application/x-ms-shortcut";
                }
                yield in.is(0, "LZIP") ? "application/lzip" : null;
            }
            case 'M' -> letterM(in);
            case 'N' -> in.is(0, "NES\32") ? "application/vnd.nintendo.snes.rom" : null;
            case 'O' -> {
                if (in.is(0, "OggS\0")) {
                    yield ogg(in);
                }
                yield in.is(0, "OTTO\0") ? "font/otf" : null;
            }
            case 'P' -> {
                if (in.is(0, "PK\3\4") || in.is(0, "PK\5\6") || in.is(0, "PK\7\10")) {
                    yield Zip.detect(in);
                }
                yield in.is(0, "PAR1") ? "application/vnd.apache.parquet" : null;
            }
            case 'R' -> {
                if (in.is(0, "RIFF")) {
                    yield riff(in);
                }
                yield in.is(0, "Rar!\32\7\0") || in.is(0, "Rar!\32\7\1\0") ? "application/x-rar-compressed" : null;
            }
            case 'S' -> {
                if (in.is(0, "SQLite format 3\0")) {
                    yield "application/vnd.sqlite3";
                }
                yield in.is(0, "SIMPLE  =                    T") ? "application/fits" : null;
            }
            case 'T' -> in.is(0, "TZif") ? "application/tzif" : null;
            case 'Z' -> in.is(0, "ZWS") ? "application/x-shockwave-flash" : null;
            case 'd' -> in.is(0, "d8:announce") ? "application/x-bittorrent" : null;
            case 'f' -> in.is(0, "fLaC\0\0\0\42") ? "audio/flac" : null;
            case 'g' -> {
                if (in.is(0, "gimp xcf")) {
                    yield "image/x-xcf";
                }
                yield in.is(0, "glTF\2\0\0\0") || in.is(0, "glTF\1\0\0\0") ? "model/gltf-binary" : null;
            }
            case 'i' -> in.is(0, "icns") ? "image/x-icns" : null;
            case 't' -> in.is(0, "ttcf") ? "font/collection" : null;
            case 'w' -> {
                if (in.is(0, "wOFF")) {
                    yield "font/woff";
                }
                yield in.is(0, "wOF2") ? "font/woff2" : null;
            }
            case 'x' -> in.is(0, "xar!") ? "application/x-xar" : null;
            case 0x7f -> in.is(0, "\177ELF") ? elf(in) : null;
            case 0x89 -> in.is(0, "\211PNG\r\n\32\n") ? png(in) : null;
            case 0xca -> in.is(0, "\312\376\272\276") ? classOrFat(in) : null;
            case 0xce, 0xcf -> in.is(1, "\372\355\376") ? "application/x-mach-binary" : null;
            case 0xd0 -> in.is(0, "\320\317\21\340\241\261\32\341") ? compoundFile(in) : null;
            case 0xd9 -> in.is(0, "\331\331\367") ? "application/cbor" : null;
            case 0xe4 -> in.is(0, "\344\122\134\173\214\330\247\115") ? "application/onenote" : null;
            case 0xed -> in.is(0, "\355\253\356\333") ? "application/x-rpm" : null;
            case 0xef -> in.is(0, "\357\273\277%PDF-") ? "application/pdf" : null;
            case 0xfd -> in.is(0, "\3757zXZ\0") ? "application/x-xz" : null;
            case 0xfe ->
                in.is(0, "\376\355\372\316") || in.is(0, "\376\355\372\317") ? "application/x-mach-binary" : null;
            case 0xff -> frames(in);
            default -> null;
        };
    }

    private static @Nullable String zero(Head in) {
        if (in.is(0, "\0\0\1\0") || in.is(0, "\0\0\2\0")) {
            return "image/x-icon";
        }
        if (in.is(0, "\0\0\1") && in.at(3) >= 0xb0 && in.at(3) <= 0xbf) {
            return "video/mpeg";
        }
        if (in.is(0, "\0asm")) {
            return "application/wasm";
        }
        if (in.is(0, "\0\1\0\0")) {
            if (in.is(4, "Standard Jet DB") || in.is(4, "Standard ACE DB")) {
                return "application/x-msaccess";
            }
            return isFontDirectory(in) ? "font/ttf" : null;
        }
        if (in.is(0, "\0\0\0\14jP  \r\n\207\n") || in.is(0, "\0\0\0\14jP\32\32\r\n\207\n")) {
            if (in.is(20, "jpm ")) {
                return "image/jpm";
            }
            return in.is(20, "jpx ") ? "image/jpx" : "image/jp2";
        }
        if (in.is(0, "\0\0\0\14JXL \r\n\207\n")) {
            return "image/jxl";
        }
        if (in.is(0, "\0\0\0\14JXS \r\n\207\n")) {
            return "image/jxs";
        }
        return null;
    }

    /** The number of tables, three search hints, then the first table's tag of four printable characters. */
    private static boolean isFontDirectory(Head in) {
        if (in.at(4) != 0 || in.at(5) == 0) {
            return false;
        }
        for (int i = 12; i < 16; i++) {
            if (in.at(i) < ' ' || in.at(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String hash(Head in) {
        if (in.is(0, "#!AMR")) {
            return "audio/amr";
        }
        if (in.is(0, "#EXTM3U")) {
            return "application/vnd.apple.mpegurl";
        }
        if (in.is(0, "#?RADIANCE\n")) {
            return "image/vnd.radiance";
        }
        return null;
    }

    private static @Nullable String percent(Head in) {
        if (in.is(0, "%PDF-")) {
            return "application/pdf";
        }
        if (in.is(0, "%FDF")) {
            return "application/vnd.fdf";
        }
        return in.is(0, "%!PS-Adobe-") ? "application/postscript" : null;
    }

    private static @Nullable String zeroDigit(Head in) {
        if (in.is(0, "070707") || in.is(0, "070701") || in.is(0, "070702")) {
            return "application/x-cpio";
        }
        if (in.is(0, "\60\46\262\165\216\146\317\21\246\331\0\252\0\142\316\154")) {
            return "video/x-ms-asf";
        }
        // DER: SEQUENCE with the object identifier of PKCS#7 signed data
        for (int at = 2; at <= 6; at++) {
            if (in.is(at, "\6\11\52\206\110\206\367\15\1\7\2")) {
                return "application/pkcs7-signature";
            }
        }
        return null;
    }

    private static @Nullable String letterA(Head in) {
        if (in.is(0, "AT&TFORM")
                && (in.is(12, "DJVU") || in.is(12, "DJVM") || in.is(12, "DJVI") || in.is(12, "THUM"))) {
            return "image/vnd.djvu";
        }
        if (in.is(0, "AC10") && in.at(4) >= '0' && in.at(4) <= '9' && in.at(5) >= '0' && in.at(5) <= '9') {
            return "image/vnd.dwg";
        }
        return null;
    }

    private static @Nullable String letterB(Head in) {
        if (in.is(0, "BZh")) {
            return "application/x-bzip2";
        }
        if (in.is(0, "BPG\373")) {
            return "image/bpg";
        }
        if (in.at(1) == 'M') {
            // the size of the header that follows the 14 bytes of the file header tells a bitmap from plain words
            return switch (in.littleInt32(14)) {
                case 12, 16, 40, 52, 56, 64, 108, 124 -> "image/bmp";
                default -> null;
            };
        }
        return null;
    }

    private static @Nullable String letterC(Head in) {
        if (in.is(0, "CWS")) {
            return "application/x-shockwave-flash";
        }
        if (in.is(0, "Cr24")) {
            return "application/x-chrome-extension";
        }
        return in.is(0, "Creative Voice File") ? "audio/x-unknown" : null;
    }

    private static @Nullable String letterF(Head in) {
        if (in.is(0, "FLV\1")) {
            return "video/x-flv";
        }
        if (in.is(0, "FWS")) {
            return "application/x-shockwave-flash";
        }
        return in.is(0, "FORM") && (in.is(8, "AIFF") || in.is(8, "AIFC")) ? "audio/aiff" : null;
    }

    private static @Nullable String letterI(Head in) {
        if (in.is(0, "II*\0")) {
            return "image/tiff";
        }
        if (in.is(0, "ID3")) {
            return "audio/mpeg";
        }
        if (in.is(0, "II\274\1")) {
            return "image/jxr";
        }
        if (in.is(0, "ITSF\3\0\0\0")) {
            return "application/vnd.ms-htmlhelp";
        }
        if (in.is(0, "ITOLITLS")) {
            return "application/x-ms-reader";
        }
        return in.is(0, "ISc(") ? "application/x-installshield" : null;
    }

    private static @Nullable String letterM(Head in) {
        if (in.at(1) == 'Z') {
            return "application/vnd.microsoft.portable-executable";
        }
        if (in.is(0, "MM\0*")) {
            return "image/tiff";
        }
        if (in.is(0, "MThd")) {
            return "audio/midi";
        }
        if (in.is(0, "MAC ") && in.short16(4) >= 3800 && in.short16(4) < 4200) {
            return "audio/ape";
        }
        if (in.is(0, "MPCK")) {
            return "audio/musepack";
        }
        return in.is(0, "MSCF\0\0\0\0") ? "application/vnd.ms-cab-compressed" : null;
    }

    private static @Nullable String frames(Head in) {
        return switch (in.at(1)) {
            case 0xd8 -> in.at(2) == 0xff ? "image/jpeg" : null;
            case 0x0a -> "image/jxl";
            case 0xfb, 0xf3, 0xf2 -> "audio/mpeg";
            case 0xf1, 0xf9 -> "audio/aac";
            default -> null;
        };
    }

    private static String matroska(Head in) {
        int doctype = in.find("\102\202", 4);
        if (doctype > 0) {
            int at = doctype + 3;
            if (in.is(at, "webm")) {
                return "video/webm";
            }
            if (in.is(at, "matroska")) {
                return "video/x-matroska";
            }
        }
        return UNKNOWN;
    }

    private static String archive(Head in) {
        return in.is(8, "debian-binary") ? "application/vnd.debian.binary-package" : "application/x-archive";
    }

    private static String ogg(Head in) {
        if (in.is(28, "\177FLAC") || in.is(28, "\1vorbis") || in.is(28, "OpusHead") || in.is(28, "Speex   ")) {
            return "audio/ogg";
        }
        return in.is(28, "\200theora") || in.is(28, "fishead\0") || in.is(28, "\1video\0\0\0")
                ? "video/ogg"
                : "application/ogg";
    }

    private static @Nullable String riff(Head in) {
        if (in.is(8, "WAVE")) {
            return "audio/wav";
        }
        if (in.is(8, "WEBP")) {
            return "image/webp";
        }
        if (in.is(8, "QLCM")) {
            return "audio/qcelp";
        }
        // a bare list header of 16 bytes is not taken for a film
        return in.is(8, "AVI LIST") && in.length() > 16 ? "video/x-msvideo" : null;
    }

    private static String elf(Head in) {
        int kind = in.at(5) == 2 ? in.at(16) << 8 | in.at(17) : in.short16(16);
        return switch (kind) {
            case 1 -> "application/x-object";
            case 2 -> "application/x-executable";
            case 3 -> "application/x-sharedlib";
            case 4 -> "application/x-coredump";
            default -> "application/x-elf";
        };
    }

    private static String png(Head in) {
        return in.is(37, "acTL") ? "image/vnd.mozilla.apng" : "image/png";
    }

    /** Java classes and multi-architecture Mach-O share a magic number; the latter hold few architectures. */
    private static String classOrFat(Head in) {
        return in.at(7) > 30 ? "application/x-java-applet" : "application/x-mach-binary";
    }

    /** The old Office container: the class id of its root entry tells the program, else the first stream does. */
    private static String compoundFile(Head in) {
        int sectorBytes = in.short16(26) == 4 ? 4096 : 512;
        long root = (in.littleInt32(48) + 1L) * sectorBytes + 80;
        if (root > 0 && root < in.length()) {
            int at = (int) root;
            if (in.is(at, "\204\20\14\0\0\0\0\0\300\0\0\0\0\0\0\106")) {
                return "application/x-ms-installer";
            }
            if (in.is(at, "\13\15\2\0\0\0\0\0\300\0\0\0\0\0\0\106")) {
                return "application/vnd.ms-outlook";
            }
            if (in.is(at, "\20\10\2\0\0\0\0\0") || in.is(at, "\40\10\2\0\0\0\0\0")) {
                return "application/vnd.ms-excel";
            }
            if (in.is(at, "\1\22\2\0\0\0\0\0\300\0\0\0\0\0\0\106")) {
                return "application/vnd.ms-publisher";
            }
            if (in.is(at, "\20\215\201\144\233\117\317\21\206\352\0\252\0\271\51\350")) {
                return "application/vnd.ms-powerpoint";
            }
            if (in.is(at, "\6\11\2\0\0\0\0\0\300\0\0\0\0\0\0\106")
                    || in.is(at, "\0\11\2\0\0\0\0\0\300\0\0\0\0\0\0\106")) {
                return "application/msword";
            }
        }
        if (in.is(512, "\354\245\301\0")) {
            return "application/msword";
        }
        if (in.is(512, "\11\10\20\0\0\6\5\0")) {
            return "application/vnd.ms-excel";
        }
        if (in.is(512, "\240\106\35\360") || in.is(512, "\0\156\36\360") || in.is(512, "\17\0\350\3")) {
            return "application/vnd.ms-powerpoint";
        }
        return "application/x-ole-storage";
    }

    private static @Nullable String byInnerMark(Head in) {
        switch (in.at(4)) {
            case 'f' -> {
                if (in.is(4, "ftyp")) {
                    return isoMedia(in);
                }
                if (in.is(4, "free")) {
                    return "video/quicktime";
                }
            }
            case 'm' -> {
                if (in.is(4, "moov") || in.is(4, "mdat")) {
                    return "video/quicktime";
                }
            }
            case 's' -> {
                if (in.is(4, "skip\0")) {
                    return "video/quicktime";
                }
            }
            case 'w' -> {
                if (in.is(4, "wide\0")) {
                    return "video/quicktime";
                }
            }
            case 'p' -> {
                if (in.is(4, "pnot\0")) {
                    return "video/quicktime";
                }
            }
            default -> {
                // no box name of an ISO media file
            }
        }
        if (in.is(20, "GPAT")) {
            return "image/x-gimp-pat";
        }
        if (in.is(20, "GIMP") && in.at(0) == 0) {
            return "image/x-gimp-gbr";
        }
        if (in.is(34, "LP")
                && in.at(0) != ' '
                && (in.is(8, "\0\0\1\0") || in.is(8, "\1\0\2\0") || in.is(8, "\2\0\2\0"))) {
            return "application/vnd.ms-fontobject";
        }
        if (in.is(60, "BOOKMOBI")) {
            return "application/x-mobipocket-ebook";
        }
        if (in.is(128, "DICM")) {
            return "application/dicom";
        }
        return isTar(in) ? "application/x-tar" : null;
    }

    private static String isoMedia(Head in) {
        return switch (in.int32(8)) {
            case 'a' << 24 | 'v' << 16 | 'i' << 8 | 'f', 'a' << 24 | 'v' << 16 | 'i' << 8 | 's' -> "image/avif";
            case 'h' << 24 | 'e' << 16 | 'i' << 8 | 'c', 'h' << 24 | 'e' << 16 | 'i' << 8 | 'x' -> "image/heic";
            case 'h' << 24 | 'e' << 16 | 'v' << 8 | 'c', 'h' << 24 | 'e' << 16 | 'v' << 8 | 'x' ->
                "image/heic-sequence";
            case 'm' << 24 | 'i' << 16 | 'f' << 8 | '1', 'h' << 24 | 'e' << 16 | 'i' << 8 | 'm' -> "image/heif";
            case 'm' << 24 | 's' << 16 | 'f' << 8 | '1' -> "image/heif-sequence";
            case 'q' << 24 | 't' << 16 | ' ' << 8 | ' ', 'm' << 24 | 'q' << 16 | 't' << 8 | ' ' -> "video/quicktime";
            case 'M' << 24 | '4' << 16 | 'A' << 8 | ' ' -> "audio/x-m4a";
            case 'F' << 24 | '4' << 16 | 'A' << 8 | ' ',
                    'F' << 24 | '4' << 16 | 'B' << 8 | ' ',
                    'M' << 24 | '4' << 16 | 'B' << 8 | ' ',
                    'M' << 24 | '4' << 16 | 'P' << 8 | ' ',
                    'M' << 24 | 'S' << 16 | 'N' << 8 | 'V',
                    'N' << 24 | 'D' << 16 | 'A' << 8 | 'S' -> "audio/mp4";
            case 'M' << 24 | '4' << 16 | 'V' << 8 | ' ',
                    'M' << 24 | '4' << 16 | 'V' << 8 | 'H',
                    'M' << 24 | '4' << 16 | 'V' << 8 | 'P' -> "video/x-m4v";
            case 'm' << 24 | 'j' << 16 | 'p' << 8 | '2', 'm' << 24 | 'j' << 16 | '2' << 8 | 's' -> "video/mj2";
            case 'd' << 24 | 'v' << 16 | 'b' << 8 | '1' -> "video/vnd.dvb.file";
            default -> {
                if (in.is(8, "3g2")) {
                    yield "video/3gpp2";
                }
                yield in.is(8, "3gp") || in.is(8, "3gg") || in.is(8, "3gs") || in.is(8, "3gr")
                        ? "video/3gpp"
                        : "video/mp4";
            }
        };
    }

    /** A tar begins with a header of 512 bytes which holds its own checksum in octal. */
    private static boolean isTar(Head in) {
        if (in.length() < 512) {
            return false;
        }
        int recorded = 0;
        boolean digits = false;
        for (int i = 148; i < 156; i++) {
            int b = in.at(i);
            if (b >= '0' && b <= '7') {
                recorded = recorded << 3 | (b - '0');
                digits = true;
            } else if (b != 0 && b != ' ') {
                return false;
            } else if (digits) {
                break;
            }
        }
        if (!digits) {
            return false;
        }
        int unsigned = 8 * ' ';
        int signed = unsigned;
        for (int i = 0; i < 512; i++) {
            if (i < 148 || i >= 156) {
                unsigned += in.at(i);
                signed += (byte) in.at(i);
            }
        }
        return recorded == unsigned || recorded == signed;
    }
}
