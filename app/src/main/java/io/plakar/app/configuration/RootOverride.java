package io.plakar.app.configuration;

import io.plakar.connector.Location;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code @name:below} makes of the configured location (cli §2): its path is joined with what follows the colon, or
 * replaced when that is absolute. Nothing is percent-encoded or decoded.
 */
final class RootOverride {
    private RootOverride() {}

    static String apply(String location, String below) {
        if (below.isEmpty()) {
            return location;
        }
        if (location.startsWith("/")) {
            return below.startsWith("/") ? below : join(location, below);
        }
        Location parsed = Location.parse(location);
        if (!location.startsWith(parsed.scheme() + ":")) {
            return below.startsWith("/") ? below : join(location, below);
        }
        String rest = parsed.rest();
        boolean slashes = location.startsWith(parsed.scheme() + "://");
        int path = pathStart(rest, slashes);
        int query = path == 0 ? -1 : rest.indexOf('?', path);
        String head = rest.substring(0, path);
        String tail = query < 0 ? "" : rest.substring(query);
        String old = rest.substring(path, query < 0 ? rest.length() : query);
        String joined = below.startsWith("/") ? below : join(old, below);
        boolean colon = head.endsWith(":");
        if (!joined.startsWith("/") && !colon && slashes) {
            joined = "/" + joined;
        }
        return parsed.scheme() + (slashes ? "://" : ":") + head + joined + tail;
    }

    /** Where the path begins: after {@code host:port}, or after the colon of an rclone remote {@code name:path}. */
    private static int pathStart(String rest, boolean slashes) {
        if (!slashes || rest.startsWith("/")) {
            return 0;
        }
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        int colon = authority.indexOf(':');
        if (colon > 0 && authority.indexOf('@') < 0) {
            String port = authority.substring(colon + 1);
            if (port.isEmpty() || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return colon + 1;
            }
        }
        return authority.length();
    }

    private static String join(String base, String below) {
        boolean rooted = base.startsWith("/");
        List<String> parts = new ArrayList<>();
        for (String part : (base + "/" + below).split("/", -1)) {
            if (part.equals("..")) {
                if (!parts.isEmpty() && !parts.getLast().equals("..")) {
                    parts.removeLast();
                } else if (!rooted) {
                    parts.add(part);
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        String joined = String.join("/", parts);
        return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
    }
}
