package io.plakar.mount.http;

import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.mount.MountedTree;
import io.plakar.mount.Node;
import java.io.IOException;
import java.io.Writer;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A directory as a page: written as it is read, so it may be of any length. */
final class DirectoryPage {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private DirectoryPage() {}

    static void write(Writer html, BytePath path, MountedTree.Children children) throws KlosetException, IOException {
        String title = Markup.name(path.bytes());
        html.write("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>" + title + "</title><style>"
                + ":root{color-scheme:light dark}body{font-family:system-ui,sans-serif;margin:1rem}"
                + "td,th{padding:.1rem .8rem .1rem 0;text-align:left;white-space:pre}"
                + "td:nth-child(2),th:nth-child(2){text-align:right}</style></head><body><h1>" + title
                + "</h1>\n<table><thead><tr><th>Name</th><th>Bytes</th><th>Changed (UTC)</th></tr></thead><tbody>\n");
        if (!path.isRoot()) {
            html.write("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
        }
        while (children.next()) {
            row(html, children.name(), children.node());
        }
        html.write("</tbody></table></body></html>\n");
    }

    private static void row(Writer html, byte[] name, Node node) throws IOException {
        Node.Attributes attributes = node.attributes();
        boolean directory = attributes.isDirectory();
        html.write("<tr><td><a href=\"" + UrlPath.ofName(name, directory) + "\">" + Markup.name(name)
                + (directory ? "/" : "") + "</a>");
        if (node instanceof Node.Stored stored && stored.entry().isSymlink()) {
            html.write(" → " + Markup.name(stored.entry().symlinkTarget()));
        }
        html.write("</td><td>" + (directory ? "" : String.valueOf(attributes.size())) + "</td><td>"
                + TIME.format(attributes.time()) + "</td></tr>\n");
    }
}
