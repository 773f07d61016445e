package io.plakar.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The viewer's own files, from the class path. What is not there is the viewer's page: its routes are paths too. Safe
 * for use by many threads.
 */
final class StaticFiles {
    private static final String ROOT = "META-INF/resources/ui";
    private static final String PAGE = "/index.html";

    /** The page loads nothing from elsewhere, and may show only what this server sends. */
    private static final String POLICY = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
            + "style-src 'self' 'unsafe-inline'; object-src 'self'; frame-src 'self' blob:; base-uri 'none'; "
            + "form-action 'self'; frame-ancestors 'none'";

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

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    void serve(Exchange exchange) throws ApiError, IOException {
        String path = exchange.rawPath();
        if (path.equals(PAGE)) {
            exchange.setHeader("Location", "./");
            exchange.empty(301);
            return;
        }
        byte[] decoded = Query.decode(path, false);
        if (decoded == null || isSuspicious(new String(decoded, java.nio.charset.StandardCharsets.UTF_8))) {
            throw new ApiError(404, ApiError.NOT_FOUND, "no such page");
        }
        byte[] file = path.equals("/") || path.endsWith("/") ? null : read(path);
        String name = file == null ? PAGE : path;
        if (file == null) {
            file = read(PAGE);
        }
        if (file == null) {
            throw new ApiError(404, ApiError.NOT_FOUND, "the viewer is not part of this program");
        }
        String type = type(name);
        exchange.status(200);
        exchange.type(type);
        exchange.setHeader("Accept-Ranges", "bytes");
        exchange.setHeader("X-Content-Type-Options", "nosniff");
        exchange.setHeader("Referrer-Policy", "no-referrer");
        exchange.setHeader(
                "Cache-Control", name.startsWith("/assets/") ? "public,max-age=31536000,immutable" : "no-cache");
        if (type.startsWith("text/html")) {
            exchange.setHeader("Content-Security-Policy", POLICY);
        }
        exchange.send(file);
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
    private byte @Nullable [] read(String path) throws IOException {
        byte[] known = files.get(path);
        if (known != null) {
            return known;
        }
        if (!path.matches("(/[A-Za-z0-9._-]+)+")) {
            return null;
        }
        try (InputStream in = StaticFiles.class.getClassLoader().getResourceAsStream(ROOT + path)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            if (bytes.length == 0 || !TYPES.containsKey(extension(path))) {
                return null;
            }
            files.put(path, bytes);
            return bytes;
        }
    }

    private static String extension(String path) {
        return path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static String type(String path) {
        return TYPES.getOrDefault(extension(path), "application/octet-stream");
    }
}
