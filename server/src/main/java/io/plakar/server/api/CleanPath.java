package io.plakar.server.api;

import java.util.ArrayList;
import java.util.List;

/** The path of a URL without empty, {@code .} and {@code ..} parts; encoded ones are left alone. */
final class CleanPath {
    private CleanPath() {}

    static String of(String path) {
        if (path.equals("/api")) {
            return "/api/";
        }
        if (!path.contains("//") && !path.contains("/.")) {
            return path.startsWith("/") ? path : "/" + path;
        }
        List<String> parts = new ArrayList<>();
        String[] written = path.split("/", -1);
        for (String part : written) {
            if (part.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        String last = written[written.length - 1];
        boolean directory = last.isEmpty() || last.equals(".") || last.equals("..");
        String clean = "/" + String.join("/", parts);
        return directory && clean.length() > 1 ? clean + "/" : clean;
    }
}
