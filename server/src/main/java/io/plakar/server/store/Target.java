package io.plakar.server.store;

import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;

/** What the path of a request means. A path is taken as it was sent: nothing in it is ever decoded or resolved. */
sealed interface Target {
    String PREFIX = "/resources/";

    /** The configuration, which every other path means too. */
    record Configuration(boolean root) implements Target {}

    record Health() implements Target {}

    /** All names of one kind. */
    record Listing(String kind) implements Target {}

    /** One object; kind and name are still words. */
    record Item(String kind, String name) implements Target {
        Mac mac() throws Refusal {
            if (!name.matches("[0-9a-fA-F]{64}")) {
                throw new Refusal(400, "invalid MAC", Reason.INVALID);
            }
            return Mac.fromHex(name);
        }
    }

    static Target of(String path) throws Refusal {
        // No client needs any of these; whoever sends them wants to get somewhere else.
        if (!path.startsWith("/")
                || path.contains("..")
                || path.contains("//")
                || path.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || c == '%' || c == '\\' || c == ';')) {
            throw new Refusal(400, "invalid path", Reason.INVALID);
        }
        if (path.equals("/healthz")) {
            return new Health();
        }
        if (!path.startsWith(PREFIX)) {
            return new Configuration(path.equals("/"));
        }
        String rest = path.substring(PREFIX.length());
        int slash = rest.indexOf('/');
        if (slash < 0) {
            return rest.isEmpty() ? new Configuration(false) : new Listing(rest);
        }
        String name = rest.substring(slash + 1);
        return slash == 0 || name.isEmpty() || name.contains("/")
                ? new Configuration(false)
                : new Item(rest.substring(0, slash), name);
    }

    /** The kind called {@code word}. */
    static Resource resource(String word) throws Refusal {
        return switch (word) {
            case "packfiles" -> Resource.PACKFILE;
            case "states" -> Resource.STATE;
            case "locks" -> Resource.LOCK;
            case "eccpackfiles", "eccstates" -> throw new Refusal(500, "unsupported operation", Reason.UNSUPPORTED);
            default -> throw new Refusal(400, "invalid resource type", Reason.INVALID);
        };
    }
}
