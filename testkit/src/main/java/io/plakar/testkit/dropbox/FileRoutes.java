package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.DropboxTree.Commit;
import io.plakar.testkit.dropbox.DropboxTree.History;
import io.plakar.testkit.dropbox.DropboxTree.Mode;
import io.plakar.testkit.dropbox.Node.File;
import io.plakar.testkit.dropbox.Node.Folder;
import io.plakar.testkit.dropbox.UploadSessions.Whole;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls below {@code files/}. Safe for use by several threads. */
final class FileRoutes {
    private static final int MAX_BATCH = 1_000;
    private static final int MAX_FOLDERS = 10_000;
    private static final int MAX_PAGE = 2_000;

    private final UploadSessions sessions;
    private final IntSupplier cursorEpoch;
    /** Results of batches that have been carried out and not been asked for. */
    private final Map<String, JsonNode> jobs = new ConcurrentHashMap<>();

    private final Map<String, Reply.Bytes> temporaryLinks = new ConcurrentHashMap<>();

    FileRoutes(UploadSessions sessions, IntSupplier cursorEpoch) {
        this.sessions = sessions;
        this.cursorEpoch = cursorEpoch;
    }

    void addTo(Map<String, Route> routes) {
        routes.put("files/list_folder", this::listFolder);
        routes.put("files/list_folder/continue", this::continueListing);
        routes.put("files/list_folder/get_latest_cursor", this::latestCursor);
        routes.put("files/get_metadata", this::getMetadata);
        routes.put("files/download", this::download);
        routes.put("files/get_temporary_link", this::temporaryLink);
        routes.put("files/upload", this::upload);
        routes.put("files/upload_session/start", this::startSession);
        routes.put("files/upload_session/start_batch", this::startSessions);
        routes.put("files/upload_session/append_v2", this::append);
        routes.put("files/upload_session/finish", this::finish);
        routes.put("files/upload_session/finish_batch_v2", request -> value(finishAll(request)));
        routes.put("files/upload_session/finish_batch", request -> job(finishAll(request)));
        routes.put("files/upload_session/finish_batch/check", this::check);
        routes.put("files/create_folder_v2", this::createFolder);
        routes.put("files/create_folder_batch", this::createFolders);
        routes.put("files/create_folder_batch/check", this::check);
        routes.put("files/delete_v2", request -> value(delete(request.caller(), request.arguments())));
        routes.put("files/delete_batch", this::deleteAll);
        routes.put("files/delete_batch/check", this::check);
        routes.put(
                "files/copy_v2",
                request -> value(copy(request.caller(), request.arguments(), flag(request, "autorename"))));
        routes.put(
                "files/move_v2",
                request -> value(move(request.caller(), request.arguments(), flag(request, "autorename"))));
        routes.put("files/copy_batch_v2", request -> relocateAll(request, this::copy));
        routes.put("files/move_batch_v2", request -> relocateAll(request, this::move));
        routes.put("files/copy_batch/check_v2", this::check);
        routes.put("files/move_batch/check_v2", this::check);
        routes.put("files/list_revisions", this::listRevisions);
        routes.put("files/restore", this::restore);
    }

    private static boolean flag(Request request, String field) throws ApiError {
        return request.arguments().flag(field, false);
    }

    private static Reply value(JsonNode json) {
        return new Reply.Value(json);
    }

    private static Node find(Caller caller, String path) throws Refusal {
        if (path.startsWith("ns:")) {
            int slash = path.indexOf('/');
            String id = slash < 0 ? path.substring(3) : path.substring(3, slash);
            Folder folder = caller.account().namespace(id);
            if (folder == null) {
                throw Refusal.lookup("not_found");
            }
            return caller.tree().find(folder, slash < 0 ? "" : path.substring(slash));
        }
        if (path.startsWith("rev:")) {
            String id = caller.tree().revision(path.substring(4)).fileId();
            return caller.tree().find(caller.base(), id);
        }
        return caller.tree().find(caller.base(), path);
    }

    private Listing listing(Request request) throws ApiError {
        Arguments arguments = request.arguments();
        String path = arguments.pathOrRoot("path");
        boolean recursive = arguments.flag("recursive", false);
        boolean deleted = arguments.flag("include_deleted", false);
        int limit = (int) arguments.number("limit", MAX_PAGE, 1, MAX_PAGE);
        try {
            if (!(find(request.caller(), path) instanceof Folder folder)) {
                throw Refusal.lookup("not_folder");
            }
            return Listing.start(cursorEpoch.getAsInt(), request.caller(), folder, recursive, deleted, limit);
        } catch (Refusal e) {
            throw e.as("path");
        }
    }

    private Reply listFolder(Request request) throws ApiError {
        return value(listing(request).next(request.caller()));
    }

    private Reply continueListing(Request request) throws ApiError {
        Listing listing = Listing.of(request.arguments().string("cursor"), "files/list_folder/continue");
        if (listing.epoch() != cursorEpoch.getAsInt()) {
            throw ApiError.endpoint("reset");
        }
        return value(listing.next(request.caller()));
    }

    private Reply latestCursor(Request request) throws ApiError {
        return value(Json.object().put("cursor", listing(request).latest().cursor()));
    }

    /** Waits for changes; this call has no authentication, the cursor says whose changes. */
    Reply longpoll(List<DropboxAccount> accounts, Arguments arguments) throws ApiError {
        Listing listing = Listing.of(arguments.string("cursor"), "files/list_folder/longpoll");
        long timeout = arguments.number("timeout", 30, 30, 480);
        if (listing.epoch() != cursorEpoch.getAsInt()) {
            throw ApiError.endpoint("reset");
        }
        for (DropboxAccount account : accounts) {
            if (account.tree().byId(listing.baseId()) instanceof Folder base
                    && account.tree().byId(listing.folderId()) instanceof Folder folder) {
                Caller caller = new Caller(account, base, false);
                try {
                    account.tree().awaitChange(listing.change(), timeout * 1_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                boolean changes;
                synchronized (account.tree()) {
                    changes = listing.after() != null || listing.tells(caller, folder);
                }
                return value(Json.object().put("changes", changes));
            }
        }
        throw ApiError.endpoint("reset");
    }

    private Reply getMetadata(Request request) throws ApiError {
        String path = request.arguments().path("path");
        Caller caller = request.caller();
        try {
            return value(Metadata.of(caller, find(caller, path)));
        } catch (Refusal e) {
            if (path.startsWith("/")
                    && flag(request, "include_deleted")
                    && caller.tree().history(caller.base(), path) != null) {
                return value(Metadata.deleted(DropboxTree.segments(path)));
            }
            throw e.as("path");
        }
    }

    private static Reply.Bytes bytes(Caller caller, String path) throws ApiError {
        try {
            if (path.startsWith("rev:")) {
                Revision revision = caller.tree().revision(path.substring(4));
                Node node = caller.tree().byId(revision.fileId());
                List<String> names = node == null ? null : caller.tree().names(caller.base(), node);
                ObjectNode json = Metadata.of(revision, names == null ? List.of() : names);
                return new Reply.Bytes(json, revision.content(), revision.rev());
            }
            synchronized (caller.tree()) {
                if (!(find(caller, path) instanceof File file)) {
                    throw Refusal.lookup("not_file");
                }
                return new Reply.Bytes(Metadata.untagged(caller, file), file.revision.content(), file.revision.rev());
            }
        } catch (Refusal e) {
            throw e.as("path");
        }
    }

    private Reply download(Request request) throws ApiError {
        return bytes(request.caller(), request.arguments().path("path"));
    }

    private Reply temporaryLink(Request request) throws ApiError {
        Reply.Bytes bytes = bytes(request.caller(), request.arguments().path("path"));
        String id = UUID.randomUUID().toString();
        temporaryLinks.put(id, bytes);
        ObjectNode json = Json.object();
        json.set("metadata", bytes.result());
        return value(json.put("link", "https://content.dropboxapi.com/apitl/1/" + id));
    }

    /** What a temporary link leads to; null when there is no such link. */
    Reply.@Nullable Bytes temporary(String id) {
        return temporaryLinks.get(id);
    }

    private static Commit commit(Arguments arguments) throws ApiError {
        String tag = arguments.tagOrNull("mode");
        Mode mode = switch (tag == null ? "add" : tag) {
            case "add" -> new Mode.Add();
            case "overwrite" -> new Mode.Overwrite();
            case "update" -> new Mode.Update(arguments.object("mode").string("update"));
            default -> throw ApiError.malformed(arguments.route(), "request body: mode: unknown tag '" + tag + "'");
        };
        String path = arguments.path("path");
        return new Commit(
                path,
                mode,
                arguments.flag("autorename", false),
                arguments.flag("strict_conflict", false),
                arguments.timeOrNull("client_modified"));
    }

    private static File write(Caller caller, Commit commit, Whole whole) throws Refusal {
        caller.beginWrite();
        Commit place = commit;
        if (commit.path().startsWith("id:")) {
            File file = caller.tree().findFile(caller.base(), commit.path());
            List<String> names = caller.tree().names(caller.base(), file);
            String path = "/" + String.join("/", names == null ? List.of() : names);
            place = new Commit(
                    path, commit.mode(), commit.autorename(), commit.strictConflict(), commit.clientModified());
        }
        return caller.tree().write(caller.base(), place, whole.content(), whole.contentHash());
    }

    private Reply upload(Request request) throws ApiError, IOException {
        Commit commit = commit(request.arguments());
        Whole whole =
                sessions.whole(request.body(), request.arguments().stringOrNull("content_hash"), request.received());
        try {
            return value(Metadata.untagged(request.caller(), write(request.caller(), commit, whole)));
        } catch (Refusal e) {
            ObjectNode error = Json.tag("path");
            error.set("reason", ApiError.nested(e.tags()));
            error.put("upload_session_id", "pid_upload_session:" + UUID.randomUUID());
            throw ApiError.endpoint("path/" + String.join("/", e.tags()), error);
        }
    }

    private boolean concurrent(Arguments arguments) throws ApiError {
        return "concurrent".equals(arguments.tagOrNull("session_type"));
    }

    private Reply startSession(Request request) throws ApiError, IOException {
        Arguments arguments = request.arguments();
        boolean concurrent = concurrent(arguments);
        String id = sessions.start(concurrent);
        if (!concurrent) {
            sessions.append(
                    id,
                    0,
                    arguments.flag("close", false),
                    request.body(),
                    arguments.stringOrNull("content_hash"),
                    request.received());
        }
        return value(Json.object().put("session_id", id));
    }

    private Reply startSessions(Request request) throws ApiError, IOException {
        long count = request.arguments().number("num_sessions", 1, 1, MAX_BATCH);
        boolean concurrent = concurrent(request.arguments());
        ObjectNode json = Json.object();
        ArrayNode ids = json.putArray("session_ids");
        for (long i = 0; i < count; i++) {
            ids.add(sessions.start(concurrent));
        }
        return value(json);
    }

    private Reply append(Request request) throws ApiError, IOException {
        Arguments arguments = request.arguments();
        Arguments cursor = arguments.object("cursor");
        sessions.append(
                cursor.string("session_id"),
                cursor.number("offset", 0, 0, Long.MAX_VALUE),
                arguments.flag("close", false),
                request.body(),
                arguments.stringOrNull("content_hash"),
                request.received());
        return value(Json.parse("null"));
    }

    private Reply finish(Request request) throws ApiError, IOException {
        Arguments arguments = request.arguments();
        Arguments cursor = arguments.object("cursor");
        Commit commit = commit(arguments.object("commit"));
        String id = cursor.string("session_id");
        long offset = cursor.number("offset", 0, 0, Long.MAX_VALUE);
        try {
            sessions.append(
                    id, offset, true, request.body(), arguments.stringOrNull("content_hash"), request.received());
        } catch (ApiError e) {
            // A session closed by its last piece takes no more, and needs none.
            if (!e.summary().equals("closed")) {
                throw lookupFailed(e);
            }
        }
        return value(Metadata.untagged(request.caller(), commitSession(request.caller(), id, -1, commit)));
    }

    private static ApiError lookupFailed(ApiError e) {
        ObjectNode error = Json.tag("lookup_failed");
        error.set("lookup_failed", e.error());
        return ApiError.endpoint("lookup_failed/" + e.summary(), error);
    }

    /** @param offset where the session must end; negative when that was checked before */
    private File commitSession(Caller caller, String id, long offset, Commit commit) throws ApiError, IOException {
        Whole whole;
        try {
            whole = sessions.finish(id, offset);
        } catch (ApiError e) {
            throw lookupFailed(e);
        }
        try {
            File file = write(caller, commit, whole);
            sessions.forget(id);
            return file;
        } catch (Refusal e) {
            throw e.as("path");
        }
    }

    private ObjectNode finishAll(Request request) throws ApiError, IOException {
        ObjectNode result = Json.tag("complete");
        ArrayNode entries = result.putArray("entries");
        for (Arguments entry : request.arguments().objects("entries", MAX_BATCH)) {
            Arguments cursor = entry.object("cursor");
            Commit commit = commit(entry.object("commit"));
            try {
                long offset = cursor.number("offset", 0, 0, Long.MAX_VALUE);
                File file = commitSession(request.caller(), cursor.string("session_id"), offset, commit);
                ObjectNode success = Json.tag("success");
                success.setAll(Metadata.untagged(request.caller(), file));
                entries.add(success);
            } catch (ApiError e) {
                entries.add(failure("failure", e));
            }
        }
        return result;
    }

    private static ObjectNode failure(String field, ApiError e) {
        ObjectNode failure = Json.tag("failure");
        failure.set(field, e.error());
        return failure;
    }

    private Reply job(JsonNode result) {
        String id = "dbjid:" + UUID.randomUUID();
        jobs.put(id, result);
        return value(Json.tag("async_job_id").put("async_job_id", id));
    }

    private Reply check(Request request) throws ApiError {
        JsonNode result = jobs.remove(request.arguments().string("async_job_id"));
        if (result == null) {
            throw ApiError.endpoint("invalid_async_job_id");
        }
        return value(result);
    }

    private static ObjectNode metadata(ObjectNode metadata) {
        ObjectNode json = Json.object();
        json.set("metadata", metadata);
        return json;
    }

    private static ObjectNode createFolder(Caller caller, String path, boolean autorename) throws ApiError {
        try {
            caller.beginWrite();
            Folder folder = caller.tree().createFolder(caller.base(), path, autorename);
            return metadata(Metadata.untagged(caller, folder));
        } catch (Refusal e) {
            throw e.as("path");
        }
    }

    private Reply createFolder(Request request) throws ApiError {
        String path = request.arguments().path("path");
        return value(createFolder(request.caller(), path, flag(request, "autorename")));
    }

    private Reply createFolders(Request request) throws ApiError {
        ObjectNode result = Json.tag("complete");
        ArrayNode entries = result.putArray("entries");
        for (String path : request.arguments().strings("paths", MAX_FOLDERS)) {
            try {
                ObjectNode success = Json.tag("success");
                success.setAll(createFolder(request.caller(), path, flag(request, "autorename")));
                entries.add(success);
            } catch (ApiError e) {
                entries.add(failure("failure", e));
            }
        }
        return flag(request, "force_async") ? job(result) : value(result);
    }

    private static ObjectNode delete(Caller caller, Arguments arguments) throws ApiError {
        String path = arguments.path("path");
        DropboxTree tree = caller.tree();
        synchronized (tree) {
            try {
                caller.beginWrite();
                Node node = tree.findRemovable(caller.base(), path, arguments.stringOrNull("parent_rev"));
                ObjectNode json = metadata(Metadata.of(caller, node));
                tree.remove(node);
                return json;
            } catch (Refusal e) {
                throw e.as("path_lookup", "path_write");
            }
        }
    }

    private Reply deleteAll(Request request) throws ApiError {
        ObjectNode result = Json.tag("complete");
        ArrayNode entries = result.putArray("entries");
        for (Arguments entry : request.arguments().objects("entries", MAX_BATCH)) {
            try {
                ObjectNode success = Json.tag("success");
                success.setAll(delete(request.caller(), entry));
                entries.add(success);
            } catch (ApiError e) {
                entries.add(failure("failure", e));
            }
        }
        return job(result);
    }

    /** Copies or moves one node. */
    @FunctionalInterface
    private interface Relocate {
        ObjectNode relocate(Caller caller, Arguments arguments, boolean autorename) throws ApiError;
    }

    private ObjectNode copy(Caller caller, Arguments arguments, boolean autorename) throws ApiError {
        return relocate(caller, arguments, autorename, true);
    }

    private ObjectNode move(Caller caller, Arguments arguments, boolean autorename) throws ApiError {
        return relocate(caller, arguments, autorename, false);
    }

    private static ObjectNode relocate(Caller caller, Arguments arguments, boolean autorename, boolean copy)
            throws ApiError {
        String fromPath = arguments.path("from_path");
        String to = arguments.path("to_path");
        DropboxTree tree = caller.tree();
        synchronized (tree) {
            try {
                caller.beginWrite();
                Node from = find(caller, fromPath);
                Node made = copy
                        ? tree.copy(caller.base(), from, to, autorename)
                        : tree.move(caller.base(), from, to, autorename);
                return metadata(Metadata.of(caller, made));
            } catch (Refusal e) {
                throw e.as("from_lookup", "to");
            } catch (DropboxTree.Relocation e) {
                throw ApiError.endpoint(e.tag());
            }
        }
    }

    private Reply relocateAll(Request request, Relocate relocate) throws ApiError {
        ObjectNode result = Json.tag("complete");
        ArrayNode entries = result.putArray("entries");
        for (Arguments entry : request.arguments().objects("entries", MAX_BATCH)) {
            try {
                ObjectNode success = Json.tag("success");
                JsonNode made = relocate.relocate(request.caller(), entry, flag(request, "autorename"));
                success.set("success", made.path("metadata"));
                entries.add(success);
            } catch (ApiError e) {
                ObjectNode reason = Json.tag("relocation_error");
                reason.set("relocation_error", e.error());
                ObjectNode failure = Json.tag("failure");
                failure.set("failure", reason);
                entries.add(failure);
            }
        }
        return job(result);
    }

    private Reply listRevisions(Request request) throws ApiError {
        Caller caller = request.caller();
        String path = request.arguments().path("path");
        int limit = (int) request.arguments().number("limit", 10, 1, 100);
        synchronized (caller.tree()) {
            List<String> names = DropboxTree.segments(path);
            try {
                if (path.startsWith("id:") || path.startsWith("rev:")) {
                    List<String> found = caller.tree().names(caller.base(), find(caller, path));
                    names = found == null ? List.of() : found;
                }
                History history = caller.tree().history(caller.base(), "/" + String.join("/", names));
                if (history == null) {
                    find(caller, path);
                    throw Refusal.lookup("not_file");
                }
                ObjectNode json = Json.object().put("is_deleted", history.deleted() != null);
                if (history.deleted() != null) {
                    json.put("server_deleted", history.deleted().toString());
                }
                List<Revision> newestFirst = new ArrayList<>(history.revisions().reversed());
                ArrayNode entries = json.putArray("entries");
                for (Revision revision : newestFirst.subList(0, Math.min(limit, newestFirst.size()))) {
                    entries.add(Metadata.of(revision, names));
                }
                return value(json.put("has_more", newestFirst.size() > limit));
            } catch (Refusal e) {
                throw e.as("path");
            }
        }
    }

    private Reply restore(Request request) throws ApiError {
        Caller caller = request.caller();
        String path = request.arguments().path("path");
        String rev = request.arguments().string("rev");
        try {
            caller.tree().revision(rev);
        } catch (Refusal e) {
            throw ApiError.endpoint("invalid_revision");
        }
        try {
            caller.beginWrite();
            return value(Metadata.untagged(caller, caller.tree().restore(caller.base(), path, rev)));
        } catch (Refusal e) {
            throw e.as("path_lookup", "path_write");
        }
    }
}
