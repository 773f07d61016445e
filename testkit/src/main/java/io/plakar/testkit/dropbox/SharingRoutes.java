package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.Node.File;
import io.plakar.testkit.dropbox.Node.Folder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls below {@code sharing/}: links and shared folders with their members. Safe for use by several threads. */
final class SharingRoutes {
    /** Shared folders by id, and links by node id; both guarded by this. */
    private final Map<String, Share> shares = new TreeMap<>();

    private final Map<String, Link> links = new TreeMap<>();

    private record Share(DropboxAccount owner, Folder folder, List<String> editors) {}

    private record Link(DropboxAccount owner, Node node, String url, String audience) {}

    void addTo(Map<String, Route> routes) {
        routes.put("sharing/create_shared_link_with_settings", this::createLink);
        routes.put("sharing/list_shared_links", this::listLinks);
        routes.put("sharing/get_shared_link_metadata", this::getLink);
        routes.put("sharing/revoke_shared_link", this::revokeLink);
        routes.put("sharing/share_folder", this::shareFolder);
        routes.put("sharing/add_folder_member", this::addMember);
        routes.put("sharing/list_folders", this::listFolders);
        routes.put("sharing/get_folder_metadata", this::getFolder);
        routes.put("sharing/list_folder_members", this::listMembers);
        routes.put("sharing/list_received_files", request -> emptyList("entries"));
    }

    private static Reply value(ObjectNode json) {
        return new Reply.Value(json);
    }

    private static Reply emptyList(String field) {
        ObjectNode json = Json.object();
        json.putArray(field);
        return value(json);
    }

    private static Node find(Request request, String path) throws ApiError {
        try {
            return request.caller().tree().find(request.caller().base(), path);
        } catch (Refusal e) {
            throw e.as("path");
        }
    }

    private static ObjectNode json(Caller caller, Link link) {
        ObjectNode json = Metadata.of(caller, link.node());
        json.remove(List.of("path_display", "content_hash", "is_downloadable", "shared_folder_id", "sharing_info"));
        json.put("url", link.url());
        ObjectNode permissions = Json.object().put("can_revoke", true);
        permissions.set("resolved_visibility", Json.tag(link.audience()));
        permissions.set("requested_visibility", Json.tag(link.audience()));
        permissions.set("effective_audience", Json.tag(link.audience()));
        permissions.set("link_access_level", Json.tag("viewer"));
        permissions
                .put("can_set_expiry", true)
                .put("can_remove_expiry", true)
                .put("allow_download", true)
                .put("can_allow_download", true)
                .put("can_disallow_download", true)
                .put("allow_comments", true)
                .put("team_restricts_comments", false)
                .put("require_password", false);
        permissions.putArray("visibility_policies");
        json.set("link_permissions", permissions);
        return json;
    }

    private synchronized Reply createLink(Request request) throws ApiError {
        Node node = find(request, request.arguments().path("path"));
        Link old = links.get(node.id);
        if (old != null) {
            ObjectNode metadata = Json.tag("metadata");
            metadata.set("metadata", json(request.caller(), old));
            ObjectNode error = Json.tag("shared_link_already_exists");
            error.set("shared_link_already_exists", metadata);
            throw ApiError.endpoint("shared_link_already_exists/metadata", error);
        }
        String audience = "public";
        if (request.arguments().json().path("settings").isObject()) {
            String wanted = request.arguments().object("settings").tagOrNull("audience");
            audience = wanted == null ? audience : wanted;
        }
        String kind = node instanceof File ? "fi" : "fo";
        String url = "https://www.dropbox.com/scl/" + kind + "/" + UUID.randomUUID() + "?dl=0";
        Link link = new Link(request.caller().account(), node, url, audience);
        links.put(node.id, link);
        return value(json(request.caller(), link));
    }

    private synchronized Reply listLinks(Request request) throws ApiError {
        Node wanted = null;
        String path = request.arguments().stringOrNull("path");
        if (path != null && !path.isEmpty()) {
            wanted = find(request, request.arguments().path("path"));
        }
        ObjectNode json = Json.object();
        ArrayNode found = json.putArray("links");
        for (Link link : links.values()) {
            boolean alive = link.node().parent != null;
            if (alive && link.owner() == request.caller().account() && (wanted == null || wanted == link.node())) {
                found.add(json(request.caller(), link));
            }
        }
        return value(json.put("has_more", false));
    }

    private @Nullable Link byUrl(String url) {
        return links.values().stream()
                .filter(link -> link.url().equals(url))
                .findFirst()
                .orElse(null);
    }

    private synchronized Reply getLink(Request request) throws ApiError {
        Link link = byUrl(request.arguments().string("url"));
        if (link == null) {
            throw ApiError.endpoint("shared_link_not_found");
        }
        return value(json(request.caller(), link));
    }

    private synchronized Reply revokeLink(Request request) throws ApiError {
        Link link = byUrl(request.arguments().string("url"));
        if (link == null) {
            throw ApiError.endpoint("shared_link_not_found");
        }
        links.remove(link.node().id);
        return new Reply.Value(Json.parse("null"));
    }

    private static ObjectNode json(Caller caller, Share share) {
        ObjectNode json = Json.object().put("shared_folder_id", share.folder().sharedFolderId);
        json.put("name", share.folder().name)
                .put("is_team_folder", false)
                .put("is_inside_team_folder", false)
                .put("preview_url", "https://www.dropbox.com/scl/fo/" + share.folder().sharedFolderId)
                .put("time_invited", "2024-01-01T00:00:00Z");
        json.set("access_type", Json.tag(share.owner() == caller.account() ? "owner" : "editor"));
        json.set("access_inheritance", Json.tag("inherit"));
        ObjectNode policy = Json.object();
        policy.set("acl_update_policy", Json.tag("owner"));
        policy.set("shared_link_policy", Json.tag("anyone"));
        policy.set("member_policy", Json.tag("anyone"));
        policy.set("resolved_member_policy", Json.tag("anyone"));
        json.set("policy", policy);
        List<String> names = caller.tree().names(caller.base(), share.folder());
        if (names != null) {
            json.put("path_lower", DropboxTree.lower("/" + String.join("/", names)));
        }
        return json;
    }

    private synchronized Reply shareFolder(Request request) throws ApiError {
        if (!(find(request, request.arguments().path("path")) instanceof Folder folder)) {
            throw ApiError.endpoint("bad_path", "is_file");
        }
        if (folder.sharedFolderId != null) {
            throw ApiError.endpoint("bad_path", "already_shared");
        }
        String id = String.valueOf(2_000_000_000L + shares.size());
        folder.sharedFolderId = id;
        Share share = new Share(request.caller().account(), folder, new ArrayList<>());
        shares.put(id, share);
        request.caller().account().share(folder, id);
        ObjectNode json = Json.tag("complete");
        json.setAll(json(request.caller(), share));
        return value(json);
    }

    private Share share(Request request) throws ApiError {
        Share share = shares.get(request.arguments().string("shared_folder_id"));
        if (share == null) {
            throw ApiError.endpoint("access_error", "invalid_id");
        }
        return share;
    }

    private synchronized Reply addMember(Request request) throws ApiError {
        Share share = share(request);
        for (Arguments member : request.arguments().objects("members", 100)) {
            share.editors().add(member.object("member").string("email"));
        }
        return new Reply.Value(Json.parse("null"));
    }

    private synchronized Reply listFolders(Request request) {
        ObjectNode json = Json.object();
        ArrayNode entries = json.putArray("entries");
        for (Share share : shares.values()) {
            if (share.owner() == request.caller().account() && share.folder().parent != null) {
                entries.add(json(request.caller(), share));
            }
        }
        return value(json);
    }

    private synchronized Reply getFolder(Request request) throws ApiError {
        return value(json(request.caller(), share(request)));
    }

    private synchronized Reply listMembers(Request request) throws ApiError {
        Share share = share(request);
        ObjectNode json = Json.object();
        ObjectNode user = Json.object()
                .put("account_id", share.owner().id())
                .put("email", share.owner().email())
                .put("display_name", share.owner().name())
                .put("same_team", true);
        ObjectNode owner = Json.object().put("is_inherited", false);
        owner.set("access_type", Json.tag("owner"));
        owner.set("user", user);
        json.putArray("users").add(owner);
        json.putArray("groups");
        ArrayNode invitees = json.putArray("invitees");
        for (String editor : share.editors()) {
            ObjectNode invitee = Json.object().put("is_inherited", false);
            invitee.set("access_type", Json.tag("editor"));
            invitee.set("invitee", Json.tag("email").put("email", editor));
            invitees.add(invitee);
        }
        return value(json);
    }
}
