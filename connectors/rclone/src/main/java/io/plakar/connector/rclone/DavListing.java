package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads the listing of a directory as rclone's file server gives it: a WebDAV multistatus. Stateless. */
final class DavListing {
    /** What is asked for: no content type, which some services tell only by a call for each file. */
    static final String QUESTION = "<?xml version=\"1.0\" encoding=\"utf-8\"?><propfind xmlns=\"DAV:\"><prop>"
            + "<getcontentlength/><getlastmodified/><getetag/><resourcetype/></prop></propfind>";

    private DavListing() {}

    /**
     * All entries but the directory itself, with paths below the server's root.
     *
     * @throws ConnectorException {@code MALFORMED} when the listing ends before its end
     */
    static List<RemoteEntry> read(String what, String directory, InputStream in) throws ConnectorException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        List<RemoteEntry> entries = new ArrayList<>();
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            Line line = new Line();
            StringBuilder text = new StringBuilder();
            while (xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamConstants.START_ELEMENT -> {
                        text.setLength(0);
                        switch (xml.getLocalName()) {
                            case "response" -> line = new Line();
                            case "collection" -> line.directory = true;
                            default -> {}
                        }
                    }
                    case XMLStreamConstants.CHARACTERS -> text.append(xml.getText());
                    case XMLStreamConstants.END_ELEMENT -> {
                        line.take(xml.getLocalName(), text.toString().strip());
                        text.setLength(0);
                        if (xml.getLocalName().equals("response")
                                && !line.path().equals(directory)) {
                            entries.add(line.entry());
                        }
                    }
                    default -> {}
                }
            }
            xml.close();
        } catch (XMLStreamException | IllegalArgumentException e) {
            throw new ConnectorException(Reason.MALFORMED, what + ": the listing of rclone's file server broke off", e);
        }
        return entries;
    }

    /** One response element while it is read. */
    private static final class Line {
        private String href = "";
        private String size = "";
        private String modified = "";
        private String tag = "";
        private boolean directory;

        void take(String element, String text) {
            if (text.isEmpty()) {
                return;
            }
            switch (element) {
                case "href" -> href = text;
                case "getcontentlength" -> size = text;
                case "getlastmodified" -> modified = text;
                case "getetag" -> tag = text;
                default -> {}
            }
        }

        String path() {
            String path = decode(href);
            int begin = path.startsWith("/") ? 1 : 0;
            int end = path.endsWith("/") && path.length() > begin ? path.length() - 1 : path.length();
            return path.substring(begin, end);
        }

        RemoteEntry entry() {
            long bytes = size.isEmpty() ? -1 : Long.parseLong(size);
            return new RemoteEntry(path(), bytes, time(bytes), directory);
        }

        /**
         * The date has whole seconds. The tag of rclone's server is the time in nanoseconds and the size, both in
         * hexadecimal digits; it is believed only when it agrees with the date.
         */
        private Instant time(long bytes) {
            Instant date;
            try {
                date = ZonedDateTime.parse(modified, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
            } catch (DateTimeException e) {
                return Instant.EPOCH;
            }
            String end = Long.toHexString(bytes) + "\"";
            if (bytes < 0 || !tag.startsWith("\"") || !tag.endsWith(end) || tag.length() <= end.length() + 1) {
                return date;
            }
            try {
                long nanos = Long.parseLong(tag.substring(1, tag.length() - end.length()), 16);
                long seconds = Math.floorDiv(nanos, 1_000_000_000L);
                return seconds == date.getEpochSecond()
                        ? Instant.ofEpochSecond(seconds, Math.floorMod(nanos, 1_000_000_000L))
                        : date;
            } catch (NumberFormatException e) {
                return date;
            }
        }
    }

    /** Undoes percent-encoding; {@code +} stays. */
    static String decode(String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
        byte[] raw = encoded.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            int high = raw[i] == '%' && i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(raw[i + 2], 16);
            if (low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(raw[i]);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
