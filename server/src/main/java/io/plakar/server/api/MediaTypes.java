package io.plakar.server.api;

import io.plakar.kloset.vfs.Entry;
import java.util.Locale;
import java.util.Map;

/** The media type of a file: by its extension, else what its content was found to be; the same on every machine. */
public final class MediaTypes {
    private static final Map<String, String> TYPES = Map.ofEntries(
            text("txt", "plain"),
            text("log", "plain"),
            text("conf", "plain"),
            text("md", "markdown"),
            text("html", "html"),
            text("htm", "html"),
            text("css", "css"),
            text("csv", "csv"),
            text("js", "javascript"),
            text("mjs", "javascript"),
            text("go", "x-go"),
            text("java", "x-java"),
            text("c", "x-csrc"),
            text("h", "x-chdr"),
            text("py", "x-python"),
            text("sh", "x-sh"),
            text("xml", "xml"),
            text("yaml", "x-yaml"),
            text("yml", "x-yaml"),
            Map.entry("json", "application/json"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("zip", "application/zip"),
            Map.entry("gz", "application/gzip"),
            Map.entry("tar", "application/x-tar"),
            Map.entry("wasm", "application/wasm"),
            Map.entry("bin", "application/octet-stream"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"),
            Map.entry("avif", "image/avif"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("bmp", "image/bmp"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("wav", "audio/wav"),
            Map.entry("mp3", "audio/mpeg"),
            Map.entry("ogg", "audio/ogg"),
            Map.entry("oga", "audio/ogg"),
            Map.entry("flac", "audio/flac"),
            Map.entry("m4a", "audio/mp4"),
            Map.entry("mp4", "video/mp4"),
            Map.entry("m4v", "video/mp4"),
            Map.entry("webm", "video/webm"),
            Map.entry("mov", "video/quicktime"),
            Map.entry("mkv", "video/x-matroska"),
            Map.entry("ogv", "video/ogg"));

    private MediaTypes() {}

    private static Map.Entry<String, String> text(String extension, String subtype) {
        return Map.entry(extension, "text/" + subtype + "; charset=utf-8");
    }

    public static String of(Entry entry) {
        String known = TYPES.get(extension(entry));
        if (known != null) {
            return known;
        }
        String found = entry.contentType();
        // A header must not be made of what a stranger wrote.
        return found.matches("[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+(; ?charset=[A-Za-z0-9-]+)?")
                ? found
                : "application/octet-stream";
    }

    static String extension(Entry entry) {
        String name = JsonBody.text(entry.name());
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
