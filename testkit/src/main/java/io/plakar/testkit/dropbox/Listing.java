package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.DropboxTree.Change;
import io.plakar.testkit.dropbox.Node.Folder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far a listing of a folder has been told, and the cursor that says so. First come the entries there are, in the order of their
 * paths; then the changes since the listing began, in their order. All of it is in the cursor, so one can be used again. Immutable.
 *
 * @param epoch cursors of another epoch are dead
 * @param baseId the folder that paths start at; a cursor is bound to it
 * @param folderId the folder that is listed
 * @param after the last entry told of those there were, as names in lower case below the folder; null when all have been
 * @param change the number of the last change told
 */
record Listing(
        int epoch,
        String baseId,
        String folderId,
        boolean recursive,
        boolean includeDeleted,
        int limit,
        @Nullable List<String> after,
        long change) {

    /** A listing of which nothing has been told. */
    static Listing start(
            int epoch, Caller caller, Folder folder, boolean recursive, boolean includeDeleted, int limit) {
        return new Listing(
                epoch,
                caller.base().id,
                folder.id,
                recursive,
                includeDeleted,
                limit,
                List.of(),
                caller.tree().lastChange());
    }

    /** The same listing with all there is told already. */
    Listing latest() {
        return new Listing(epoch, baseId, folderId, recursive, includeDeleted, limit, null, change);
    }

    String cursor() {
        ObjectNode json = Json.object()
                .put("e", epoch)
                .put("b", baseId)
                .put("f", folderId)
                .put("r", recursive)
                .put("d", includeDeleted)
                .put("l", limit)
                .put("c", change);
        if (after != null) {
            ArrayNode names = json.putArray("a");
            after.forEach(names::add);
        }
        return "AA" + Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(json));
    }

    /** @throws ApiError when the text is no cursor, or one that is not this caller's */
    static Listing of(String cursor, String route) throws ApiError {
        try {
            JsonNode json = Json.parse(new String(
                    Base64.getUrlDecoder().decode(cursor.startsWith("AA") ? cursor.substring(2) : "!"),
                    StandardCharsets.UTF_8));
            List<String> after = null;
            if (json.has("a")) {
                after = new ArrayList<>();
                for (JsonNode name : json.path("a")) {
                    after.add(name.asString(""));
                }
            }
            return new Listing(
                    json.path("e").asInt(0),
                    json.path("b").asString(""),
                    json.path("f").asString(""),
                    json.path("r").asBoolean(false),
                    json.path("d").asBoolean(false),
                    Math.max(1, json.path("l").asInt(1)),
                    after,
                    json.path("c").asLong(0));
        } catch (IllegalArgumentException | JacksonException e) {
            throw ApiError.malformed(route, "request body: cursor: Invalid \"cursor\" parameter: " + cursor);
        }
    }

    /** The next entries, the cursor after them, and whether there are more. */
    ObjectNode next(Caller caller) throws ApiError {
        DropboxTree tree = caller.tree();
        synchronized (tree) {
            if (!baseId.equals(caller.base().id)) {
                throw ApiError.endpoint("reset");
            }
            if (!(tree.byId(folderId) instanceof Folder folder)) {
                throw ApiError.endpoint("path", "not_found");
            }
            ArrayNode entries = Json.array();
            Listing reached =
                    after == null ? tellChanges(caller, folder, entries) : tellEntries(caller, folder, entries);
            boolean more = reached.after != null
                    || !tree.changesAfter(reached.change, 1).isEmpty() && reached.tells(caller, folder);
            ObjectNode json = Json.object();
            json.set("entries", entries);
            return json.put("cursor", reached.cursor()).put("has_more", more);
        }
    }

    /** Whether a change that has not been told concerns this listing. */
    boolean tells(Caller caller, Folder folder) {
        DropboxTree tree = caller.tree();
        List<String> place = tree.names(tree.root(), folder);
        return place != null
                && tree.changesAfter(change, Integer.MAX_VALUE).stream()
                        .anyMatch(change -> below(place, change) != null);
    }

    private Listing tellEntries(Caller caller, Folder folder, ArrayNode entries) {
        List<Node> told = new ArrayList<>();
        List<String> from = after == null ? List.of() : after;
        if (recursive && from.isEmpty() && folder != caller.base()) {
            told.add(folder);
        }
        walk(folder, from, told);
        Listing reached;
        if (told.size() <= limit) {
            reached = latest();
        } else {
            told = told.subList(0, limit);
            List<String> names = caller.tree().names(folder, told.getLast());
            reached = new Listing(
                    epoch,
                    baseId,
                    folderId,
                    recursive,
                    includeDeleted,
                    limit,
                    names == null
                            ? null
                            : names.stream().map(DropboxTree::lower).toList(),
                    change);
        }
        told.forEach(node -> entries.add(Metadata.of(caller, node)));
        if (reached.after == null && includeDeleted) {
            tellDeleted(caller, folder, entries);
        }
        return reached;
    }

    /** Collects what comes after these names, one more than the limit at most. */
    private void walk(Folder folder, List<String> from, List<Node> found) {
        NavigableMap<String, Node> rest =
                from.isEmpty() ? folder.children : folder.children.tailMap(from.getFirst(), true);
        for (Map.Entry<String, Node> entry : rest.entrySet()) {
            boolean onTheWay = !from.isEmpty() && entry.getKey().equals(from.getFirst());
            if (!onTheWay) {
                found.add(entry.getValue());
            }
            if (recursive && entry.getValue() instanceof Folder child) {
                walk(child, onTheWay ? from.subList(1, from.size()) : List.of(), found);
            }
            if (found.size() > limit) {
                return;
            }
        }
    }

    private void tellDeleted(Caller caller, Folder folder, ArrayNode entries) {
        List<String> place = caller.tree().names(caller.tree().root(), folder);
        for (Change old : caller.tree().changesAfter(0, Integer.MAX_VALUE)) {
            List<String> names = place == null ? null : below(place, old);
            if (names != null && !names.isEmpty() && caller.tree().at(old.path()) == null) {
                entries.add(Metadata.deleted(fromBase(caller, old.path())));
            }
        }
    }

    private Listing tellChanges(Caller caller, Folder folder, ArrayNode entries) {
        DropboxTree tree = caller.tree();
        List<String> place = tree.names(tree.root(), folder);
        long reached = change;
        for (Change next : tree.changesAfter(change, Integer.MAX_VALUE)) {
            if (entries.size() == limit) {
                break;
            }
            reached = next.number();
            List<String> names = place == null ? null : below(place, next);
            if (names == null || (names.isEmpty() && !recursive)) {
                continue;
            }
            Node node = tree.at(next.path());
            if (node == caller.base()) {
                continue;
            }
            entries.add(node == null ? Metadata.deleted(fromBase(caller, next.path())) : Metadata.of(caller, node));
        }
        return new Listing(epoch, baseId, folderId, recursive, includeDeleted, limit, null, reached);
    }

    /** The names below the folder when the change is in this listing; null when it is not. */
    private @Nullable List<String> below(List<String> place, Change change) {
        List<String> path = change.path();
        int depth = path.size() - place.size();
        if (depth < 0 || (depth > 1 && !recursive)) {
            return null;
        }
        for (int i = 0; i < place.size(); i++) {
            if (!DropboxTree.lower(place.get(i)).equals(DropboxTree.lower(path.get(i)))) {
                return null;
            }
        }
        return path.subList(place.size(), path.size());
    }

    private static List<String> fromBase(Caller caller, List<String> path) {
        List<String> base = caller.tree().names(caller.tree().root(), caller.base());
        return base == null ? path : path.subList(base.size(), path.size());
    }
}
