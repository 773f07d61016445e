package io.plakar.server.api;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.server.ByteRanges;
import io.plakar.server.Validators;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The content of files: whole, in ranges, or as a page of text (http-api §1.7.6). What a browser gets of a stored file
 * comes in a sandbox of its own: it can run nothing and reach nothing. Safe for many threads.
 */
final class ContentRoutes {
    private static final String SANDBOX =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'";

    /** Browsers show a PDF by a page of their own, which a sandbox keeps from starting; a PDF itself reaches nothing. */
    private static final String PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'";

    private static final int BUFFER = 64 << 10;

    private final SnapshotCatalog catalog;
    private final Access access;
    private final SignedUrls signatures;

    ContentRoutes(SnapshotCatalog catalog, Access access, UiSettings settings) {
        this.catalog = catalog;
        this.access = access;
        this.signatures = new SignedUrls(settings.token(), settings.clock());
    }

    /** Makes a signature for a path that is there. */
    void sign(Exchange exchange, SnapshotPath path) throws ApiError, KlosetException, IOException {
        Entry entry = new SnapshotFiles(catalog, path.header()).resolve(path.path());
        if (entry.isRegular() && entry.hasObject()) {
            catalog.contents().object(entry.object());
        }
        String signature = signatures.sign(path);
        exchange.json(json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("item");
            json.writeStringProperty("signature", signature);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    void authorize(Exchange exchange, @Nullable SnapshotPath path) throws ApiError {
        String signature = exchange.query().text("signature");
        if (signature.isEmpty()) {
            access.checkToken(exchange.header("Authorization"));
        } else if (path != null) {
            signatures.verify(signature, path);
        }
    }

    void read(Exchange exchange, SnapshotPath path) throws ApiError, KlosetException, IOException {
        authorize(exchange, path);
        Query query = exchange.query();
        String render = query.text("render");
        Entry entry = new SnapshotFiles(catalog, path.header()).resolve(path.path());
        if (!entry.isRegular()) {
            throw ApiError.parameter("snapshot_path", ApiError.INVALID_ARGUMENT, "not a regular file");
        }
        FileObject object = entry.hasObject() ? catalog.contents().object(entry.object()) : empty();
        exchange.setHeader("X-Content-Type-Options", "nosniff");
        exchange.setHeader("Content-Security-Policy", SANDBOX);
        exchange.setHeader("Referrer-Policy", "no-referrer");
        if (query.text("download").equals("true")) {
            exchange.setHeader("Content-Disposition", attachment(entry.name()));
        }
        switch (render) {
            case "", "auto" -> raw(exchange, entry, object, MediaTypes.of(entry));
            case "text" -> raw(exchange, entry, object, Exchange.PLAIN);
            case "text_styled" -> page(exchange, object, null);
            case "code" ->
                page(exchange, object, object.size() > TextPage.LARGEST_COLOURED ? null : MediaTypes.extension(entry));
            default ->
                throw ApiError.parameter("render", ApiError.INVALID_ARGUMENT, "valid values are code, text, auto");
        }
    }

    private FileObject empty() {
        MacAlgorithm macs = catalog.repository().macs();
        return new FileObject.Builder().build(macs.mac(new byte[0], 0, 0), "", 0);
    }

    /** {@code attachment} with the name for old and for new clients. */
    static String attachment(byte[] name) {
        StringBuilder plain = new StringBuilder();
        StringBuilder encoded = new StringBuilder();
        boolean ascii = true;
        for (byte b : name) {
            int c = b & 0xff;
            boolean control = c < 0x20 || c == 0x7f;
            ascii &= c < 0x80 && !control;
            if (c == '"' || c == '\\') {
                plain.append('\\');
            }
            // Bytes of the name as they are; a header is a row of bytes.
            plain.append(control ? '_' : (char) c);
            if (Character.isLetterOrDigit(c) && c < 0x80 || "!#$&+-.^_`|~".indexOf(c) >= 0) {
                encoded.append((char) c);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", c));
            }
        }
        String value = "attachment; filename=\"" + plain + "\"";
        return ascii ? value : value + "; filename*=UTF-8''" + encoded;
    }

    private void page(Exchange exchange, FileObject object, @Nullable String extension) throws IOException {
        exchange.type("text/html; charset=utf-8");
        if (exchange.isHead()) {
            return;
        }
        Exchange.HeldBack out = exchange.heldBack();
        try (InputStream in = catalog.contents().open(object)) {
            if (extension == null) {
                TextPage.plain(in, out);
            } else {
                TextPage.coloured(in, extension, out);
            }
        }
        out.finish();
    }

    private void raw(Exchange exchange, Entry entry, FileObject object, String type) throws IOException {
        if (type.equals("application/pdf")) {
            exchange.setHeader("Content-Security-Policy", PDF_POLICY);
        }
        Validators validators = new Validators(
                '"' + object.contentMac().toHex() + '"', entry.info().modTime());
        String lastModified = validators.lastModified();
        exchange.setHeader("ETag", validators.tag());
        if (lastModified != null) {
            exchange.setHeader("Last-Modified", lastModified);
        }
        if (validators.isUnchanged(exchange.header("If-None-Match"), exchange.header("If-Modified-Since"))) {
            exchange.setHeader("Content-Disposition", "");
            exchange.empty(304);
            return;
        }
        exchange.setHeader("Accept-Ranges", "bytes");
        Optional<List<ByteRanges.ByteRange>> ranges;
        try {
            ranges = ranges(exchange, validators, object.size());
        } catch (ByteRanges.Unsatisfiable e) {
            exchange.startOver();
            exchange.setHeader("Content-Range", "bytes */" + object.size());
            exchange.text(416, e.getMessage() + "\n");
            return;
        }
        if (ranges.isEmpty()) {
            exchange.type(type);
            exchange.length(object.size());
            copy(object, 0, object.size(), exchange.stream(), exchange.isHead());
        } else if (ranges.get().size() == 1) {
            ByteRanges.ByteRange range = ranges.get().getFirst();
            exchange.status(206);
            exchange.type(type);
            exchange.setHeader("Content-Range", range.of(object.size()));
            exchange.length(range.length());
            copy(object, range.first(), range.length(), exchange.stream(), exchange.isHead());
        } else {
            parts(exchange, object, type, ranges.get());
        }
    }

    private static Optional<List<ByteRanges.ByteRange>> ranges(Exchange exchange, Validators validators, long size)
            throws ByteRanges.Unsatisfiable {
        String header = exchange.header("Range");
        if (header == null || header.isEmpty() || !validators.rangesHold(exchange.header("If-Range"))) {
            return Optional.empty();
        }
        return ByteRanges.parse(header, size);
    }

    private void parts(Exchange exchange, FileObject object, String type, List<ByteRanges.ByteRange> ranges)
            throws IOException {
        String boundary = UUID.randomUUID().toString().replace("-", "");
        List<byte[]> heads = new ArrayList<>();
        byte[] tail = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
        long length = tail.length;
        for (ByteRanges.ByteRange range : ranges) {
            byte[] head = ((heads.isEmpty() ? "" : "\r\n") + "--" + boundary + "\r\nContent-Range: "
                            + range.of(object.size()) + "\r\nContent-Type: " + type + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            heads.add(head);
            length += head.length + range.length();
        }
        exchange.status(206);
        exchange.type("multipart/byteranges; boundary=" + boundary);
        exchange.length(length);
        if (exchange.isHead()) {
            return;
        }
        OutputStream out = exchange.stream();
        for (int i = 0; i < heads.size(); i++) {
            out.write(heads.get(i));
            copy(object, ranges.get(i).first(), ranges.get(i).length(), out, false);
        }
        out.write(tail);
    }

    /** A failure in the store is an {@link IOException} with the engine's as its cause. */
    private void copy(FileObject object, long offset, long length, OutputStream out, boolean head) throws IOException {
        if (head || length == 0) {
            return;
        }
        try (InputStream in = catalog.reader(object).stream(offset, length)) {
            byte[] buffer = new byte[(int) Math.min(BUFFER, length)];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        }
    }
}
