package io.plakar.mount.http;

import io.plakar.connector.BytePath;
import io.plakar.mount.Node;
import io.plakar.server.Validators;
import io.plakar.server.api.MediaTypes;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A node as WebDAV describes it. */
final class Resource {
    static final String HEAD = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n";
    static final String TAIL = "</D:multistatus>\n";
    static final String FINITE_DEPTH = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
            + "<D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>\n";

    private Resource() {}

    /** The object is the content: equal ones have equal tags, in every snapshot. */
    static Validators validators(Node.Stored file) {
        return new Validators(
                '"' + file.entry().object().toHex() + '"', file.attributes().time());
    }

    static void write(Writer xml, BytePath path, Node node) throws IOException {
        Node.Attributes attributes = node.attributes();
        boolean directory = attributes.isDirectory();
        xml.write("<D:response><D:href>");
        xml.write(UrlPath.of(path, directory));
        xml.write("</D:href><D:propstat><D:prop><D:displayname>");
        xml.write(path.isRoot() ? "/" : Markup.name(path.name()));
        xml.write("</D:displayname>");
        if (directory) {
            xml.write("<D:resourcetype><D:collection/></D:resourcetype>");
        } else {
            xml.write("<D:resourcetype/><D:getcontentlength>" + attributes.size() + "</D:getcontentlength>");
        }
        Instant time = attributes.time();
        String modified = Validators.date(time);
        if (modified != null) {
            xml.write("<D:getlastmodified>" + modified + "</D:getlastmodified><D:creationdate>"
                    + time.truncatedTo(ChronoUnit.SECONDS) + "</D:creationdate>");
        }
        if (!directory && node instanceof Node.Stored file) {
            xml.write("<D:getcontenttype>" + Markup.text(MediaTypes.of(file.entry())) + "</D:getcontenttype>");
            xml.write("<D:getetag>" + Markup.text(validators(file).tag()) + "</D:getetag>");
        }
        xml.write("</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>\n");
    }
}
