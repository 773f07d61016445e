package io.plakar.server.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The viewer's own files, and the modules of the libraries it uses, from the class path. What is not there is the
 * viewer's page: its routes are paths too. Safe for use by many threads.
 */
final class StaticFiles {
    private static final String OWN = "META-INF/resources/ui";

    /** Libraries keep their modules below {@code /_static/NAME/VERSION/}, and say so in an import map. */
    private static final String LIBRARY = "META-INF/resources";

    private static final String LIBRARY_PATH = "/_static/";
    private static final String IMPORT_MAP = "META-INF/importmap.json";
    private static final String IMPORT_MAP_TAG = "<script type=\"importmap\">";
    private static final String PAGE = "/index.html";
    private static final int WORTH_ZIPPING = 1024;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /**
     * The page loads nothing from elsewhere, runs only what this server sends as a file, and makes markup of text
     * nowhere but in Lit's templates.
     */
    private static final String POLICY = "default-src 'none'; script-src 'self' '%s'; style-src 'self'; "
            + "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; "
            + "frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"));

    /** A file ready to be sent. */
    private record Asset(
            byte[] plain,
            byte @Nullable [] zipped,
            String tag,
            String type,
            @Nullable String policy) {}

    private final Map<String, Asset> assets = new ConcurrentHashMap<>();

    void serve(Exchange exchange) throws ApiError, IOException {
        String path = exchange.rawPath();
        if (path.equals(PAGE)) {
            exchange.setHeader("Location", "./");
            exchange.empty(301);
            return;
        }
        byte[] decoded = Query.decode(path, false);
        if (decoded == null || isSuspicious(new String(decoded, StandardCharsets.UTF_8))) {
            throw new ApiError(404, ApiError.NOT_FOUND, "no such page");
        }
        Asset asset = path.endsWith("/") ? null : asset(path);
        boolean library = asset != null && path.startsWith(LIBRARY_PATH);
        if (asset == null) {
            asset = asset(PAGE);
        }
        if (asset == null) {
            throw new ApiError(404, ApiError.NOT_FOUND, "the viewer is not part of this program");
        }
        send(exchange, asset, library);
    }

    private static void send(Exchange exchange, Asset asset, boolean library) throws IOException {
        exchange.setHeader("X-Content-Type-Options", "nosniff");
        exchange.setHeader("Referrer-Policy", "no-referrer");
        exchange.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        // The path of a library's file names its version; the program's own files change under their names.
        exchange.setHeader("Cache-Control", library ? "public,max-age=31536000,immutable" : "no-cache");
        exchange.setHeader("ETag", asset.tag());
        exchange.setHeader("Vary", "Accept-Encoding");
        if (asset.policy() != null) {
            exchange.setHeader("Content-Security-Policy", asset.policy());
        }
        String known = exchange.header("If-None-Match");
        if (known != null && known.contains(asset.tag())) {
            exchange.empty(304);
            return;
        }
        exchange.status(200);
        exchange.type(asset.type());
        exchange.setHeader("Accept-Ranges", "bytes");
        String accepted = exchange.header("Accept-Encoding");
        byte[] zipped = asset.zipped();
        if (zipped != null && accepted != null && accepted.contains("gzip")) {
            exchange.setHeader("Content-Encoding", "gzip");
            exchange.send(zipped);
        } else {
            exchange.send(asset.plain());
        }
    }

    private static boolean isSuspicious(String path) {
        for (String part : path.split("/", -1)) {
            if (part.equals("..") || part.equals(".")) {
                return true;
            }
        }
        return path.indexOf('\0') >= 0 || path.indexOf('\\') >= 0;
    }

    /** Null for what is not there; only what is there is remembered. */
    private @Nullable Asset asset(String path) throws IOException {
        Asset known = assets.get(path);
        if (known != null) {
            return known;
        }
        String type = TYPES.get(extension(path));
        if (type == null || !path.matches("(/[A-Za-z0-9._-]+)+")) {
            return null;
        }
        byte[] bytes = read(path.startsWith(LIBRARY_PATH) ? LIBRARY + path : OWN + path);
        if (bytes == null) {
            return null;
        }
        String policy = null;
        if (path.equals(PAGE)) {
            String map = importMap();
            bytes = withImportMap(new String(bytes, StandardCharsets.UTF_8), map);
            policy = String.format(
                    Locale.ROOT, POLICY, "sha256-" + base64(sha256(map.getBytes(StandardCharsets.UTF_8))));
        }
        String tag = '"' + HexFormat.of().formatHex(sha256(bytes), 0, 16) + '"';
        Asset asset = new Asset(bytes, zip(bytes), tag, type, policy);
        assets.put(path, asset);
        return asset;
    }

    private static byte @Nullable [] read(String resource) throws IOException {
        try (InputStream in = StaticFiles.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            return bytes.length == 0 ? null : bytes;
        }
    }

    /** What all libraries on the class path say of themselves, as one map. */
    private static String importMap() throws IOException {
        Map<String, String> imports = new TreeMap<>();
        for (URL url : Collections.list(StaticFiles.class.getClassLoader().getResources(IMPORT_MAP))) {
            try (InputStream in = url.openStream()) {
                for (var entry :
                        JSON.readTree(in.readAllBytes()).path("imports").properties()) {
                    imports.put(entry.getKey(), entry.getValue().asString());
                }
            }
        }
        return JSON.writeValueAsString(Map.of("imports", imports));
    }

    private static byte[] withImportMap(String page, String map) {
        return page.replace(IMPORT_MAP_TAG, IMPORT_MAP_TAG + map).getBytes(StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] zip(byte[] bytes) throws IOException {
        if (bytes.length < WORTH_ZIPPING) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.size() < bytes.length ? out.toByteArray() : null;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String extension(String path) {
        return path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
