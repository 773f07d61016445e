package io.plakar.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** A text as a page: escaped, and either plain or with the parts of a program coloured. */
final class TextPage {
    /** Longer texts are not coloured. */
    static final long LARGEST_COLOURED = 4 << 20;

    private static final String PLAIN_HEAD = """
            <!DOCTYPE html>
            \t<html>
            \t\t<head>
            \t\t<meta charset="utf-8">
            \t\t<style>
            \t\t\tbody { background: #282a36; color: white; font-family: monospace }
            \t\t\tpre { white-space: pre-wrap; overflow-wrap: anywhere }
            \t\t</style>
            \t\t</head>
            \t\t<body><pre>""";

    private static final String COLOURED_HEAD = """
            <!DOCTYPE html><html>
            <style type="text/css">
            /* Background */ body { background-color: #282a36; color: #f8f8f2; font-family: monospace }
            /* Text */ pre { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4 }
            /* Keyword */ .k { color: #ff79c6 }
            /* String */ .s { color: #f1fa8c }
            /* Number */ .n { color: #bd93f9 }
            /* Comment */ .c { color: #8a96c0 }
            </style>
            <body><pre>""";

    private static final String TAIL = "</pre></body></html>\n";

    private TextPage() {}

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            escape(out, text.charAt(i));
        }
        return out.toString();
    }

    private static void escape(StringBuilder out, char c) {
        switch (c) {
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '&' -> out.append("&amp;");
            case '"' -> out.append("&#34;");
            case '\'' -> out.append("&#39;");
            case '\0' -> out.append('\uFFFD');
            default -> out.append(c);
        }
    }

    /** Writes the page as the content comes. */
    static void plain(InputStream content, OutputStream out) throws IOException {
        Reader in = new InputStreamReader(content, StandardCharsets.UTF_8);
        Writer page = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        page.write(PLAIN_HEAD);
        char[] buffer = new char[8192];
        StringBuilder escaped = new StringBuilder(buffer.length * 2);
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            escaped.setLength(0);
            for (int i = 0; i < n; i++) {
                escape(escaped, buffer[i]);
            }
            page.append(escaped);
        }
        page.write(TAIL);
        page.flush();
    }

    /** Writes the page of a text of at most {@link #LARGEST_COLOURED} bytes. */
    static void coloured(InputStream content, String extension, OutputStream out) throws IOException {
        String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
        StringBuilder page = new StringBuilder(text.length() + (text.length() >> 1) + 1024);
        page.append(COLOURED_HEAD);
        new Highlighter(text, extension).appendTo(page);
        page.append(TAIL);
        out.write(page.toString().getBytes(StandardCharsets.UTF_8));
    }
}
