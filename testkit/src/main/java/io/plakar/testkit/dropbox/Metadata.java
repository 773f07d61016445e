package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.Node.File;
import io.plakar.testkit.dropbox.Node.Folder;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of files, folders and deleted entries as one caller sees them. Stateless; trees are locked while their nodes are read. */
final class Metadata {
    private Metadata() {}

    /** A file or folder with its tag. */
    static ObjectNode of(Caller caller, Node node) {
        ObjectNode json = Json.tag(node instanceof File ? "file" : "folder");
        json.setAll(untagged(caller, node));
        return json;
    }

    /** A file or folder where the type is known, so without a tag. */
    static ObjectNode untagged(Caller caller, Node node) {
        synchronized (caller.tree()) {
            ObjectNode json = Json.object().put("name", node.name);
            List<String> names = caller.tree().names(caller.base(), node);
            if (names != null && !names.isEmpty()) {
                paths(json, names);
            }
            switch (node) {
                case File file -> revision(json, file.revision);
                case Folder folder -> {
                    json.put("id", folder.id);
                    if (folder.sharedFolderId != null) {
                        json.put("shared_folder_id", folder.sharedFolderId);
                        json.set(
                                "sharing_info",
                                Json.object()
                                        .put("read_only", false)
                                        .put("shared_folder_id", folder.sharedFolderId)
                                        .put("traverse_only", false)
                                        .put("no_access", false));
                    }
                }
            }
            return json;
        }
    }

    /** An old revision of a file that was at this path. */
    static ObjectNode of(Revision revision, List<String> names) {
        ObjectNode json = Json.object().put("name", names.isEmpty() ? revision.name() : names.getLast());
        if (!names.isEmpty()) {
            paths(json, names);
        }
        revision(json, revision);
        return json;
    }

    static ObjectNode deleted(List<String> names) {
        ObjectNode json = Json.tag("deleted").put("name", names.getLast());
        paths(json, names);
        return json;
    }

    private static void paths(ObjectNode json, List<String> names) {
        String path = "/" + String.join("/", names);
        json.put("path_lower", DropboxTree.lower(path)).put("path_display", path);
    }

    private static void revision(ObjectNode json, Revision revision) {
        json.put("id", revision.fileId())
                .put("client_modified", revision.clientModified().toString())
                .put("server_modified", revision.serverModified().toString())
                .put("rev", revision.rev())
                .put("size", revision.size())
                .put("is_downloadable", true)
                .put("content_hash", revision.contentHash());
    }
}
