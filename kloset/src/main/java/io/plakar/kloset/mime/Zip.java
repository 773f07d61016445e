package io.plakar.kloset.mime;

import org.jspecify.annotations.Nullable;

/** Tells the formats apart which are zip archives, by the names of their first members. */
final class Zip {
    private static final int LOCAL_HEADER_BYTES = 30;

    private Zip() {}

    static String detect(Head in) {
        if (in.is(LOCAL_HEADER_BYTES, "mimetype")) {
            String type = byMimetypeMember(in);
            if (type != null) {
                return type;
            }
        }
        boolean office = false;
        boolean first = true;
        for (int at = 0; at >= 0; at = in.find("PK\3\4", at + 4)) {
            int name = at + LOCAL_HEADER_BYTES;
            if (in.is(name, "AndroidManifest.xml")
                    || in.is(name, "META-INF/com/android/build/gradle/app-metadata.properties")
                    || in.is(name, "classes.dex")
                    || in.is(name, "resources.arsc")) {
                return "application/vnd.android.package-archive";
            }
            if (in.is(name, "META-INF/") && first) {
                return hasAndroidMember(in) ? "application/vnd.android.package-archive" : "application/java-archive";
            }
            if (in.is(name, "doc.kml") && first) {
                return "application/vnd.google-earth.kmz";
            }
            if (first) {
                office = in.is(name, "[Content_Types].xml")
                        || in.is(name, "_rels/.rels")
                        || in.is(name, "docProps/")
                        || in.is(name, "customXml/")
                        || in.is(name, "[trash]/")
                        || in.is(name, "word/")
                        || in.is(name, "xl/")
                        || in.is(name, "ppt/");
            }
            if (office) {
                if (in.is(name, "word/")) {
                    return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
                }
                if (in.is(name, "xl/")) {
                    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                }
                if (in.is(name, "ppt/")) {
                    return "application/vnd.openxmlformats-officedocument.presentationml.presentation";
                }
                if (in.is(name, "visio/")) {
                    return "application/vnd.ms-visio.drawing.main+xml";
                }
            }
            first = false;
        }
        return "application/zip";
    }

    private static boolean hasAndroidMember(Head in) {
        for (int at = 0; at >= 0; at = in.find("PK\3\4", at + 4)) {
            if (in.is(at + LOCAL_HEADER_BYTES, "AndroidManifest.xml")
                    || in.is(at + LOCAL_HEADER_BYTES, "META-INF/com/android/")) {
                return true;
            }
        }
        return false;
    }

    /** OpenDocument and EPUB put their own media type first, uncompressed. */
    private static @Nullable String byMimetypeMember(Head in) {
        int at = LOCAL_HEADER_BYTES + 8;
        for (String type : MIMETYPE_MEMBERS) {
            if (in.is(at, type)) {
                return type;
            }
        }
        return null;
    }

    /** Longer names before their prefixes. */
    private static final String[] MIMETYPE_MEMBERS = {
        "application/epub+zip",
        "application/vnd.oasis.opendocument.text-template",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet-template",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation-template",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.graphics-template",
        "application/vnd.oasis.opendocument.graphics",
        "application/vnd.oasis.opendocument.formula",
        "application/vnd.oasis.opendocument.chart",
        "application/vnd.sun.xml.calc",
    };
}
