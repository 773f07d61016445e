package io.plakar.testkit.dropbox;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer that is not a success: a status and a body, which is JSON except for malformed calls. */
final class ApiError extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String summary;
    private final transient @Nullable JsonNode json;

    private ApiError(int status, String message, @Nullable JsonNode json) {
        super(message, null, false, false);
        this.status = status;
        this.summary = message;
        this.json = json;
    }

    /** Status 400 with plain text: the call itself is wrong. */
    static ApiError malformed(String route, String why) {
        return new ApiError(400, "Error in call to API function \"" + route + "\": " + why, null);
    }

    /** Status 409 for a chain of tags: {@code ("path", "not_found")} is {@code {".tag":"path","path":{".tag":"not_found"}}}. */
    static ApiError endpoint(List<String> tags) {
        return endpoint(String.join("/", tags), nested(tags));
    }

    static ApiError endpoint(String... tags) {
        return endpoint(List.of(tags));
    }

    /** Status 409 with an error value of its own. */
    static ApiError endpoint(String summary, ObjectNode error) {
        return of(409, summary, error);
    }

    static ApiError of(int status, String summary, ObjectNode error) {
        ObjectNode body = Json.object().put("error_summary", summary + "/..");
        body.set("error", error);
        return new ApiError(status, summary, body);
    }

    static ApiError plain(int status, String text) {
        return new ApiError(status, text, null);
    }

    static ApiError unauthorized(String tag) {
        return of(401, tag, Json.tag(tag));
    }

    /** Status 400 in the form of OAuth. */
    static ApiError oauth(String error, String description) {
        return new ApiError(400, error, Json.object().put("error", error).put("error_description", description));
    }

    static ObjectNode nested(List<String> tags) {
        ObjectNode node = Json.tag(tags.getFirst());
        if (tags.size() > 1) {
            node.set(tags.getFirst(), nested(tags.subList(1, tags.size())));
        }
        return node;
    }

    int status() {
        return status;
    }

    /** The tags with slashes between them, or the text of an error without JSON. */
    String summary() {
        return summary;
    }

    /** The JSON body; null when the body is the message as plain text. */
    @Nullable
    JsonNode json() {
        return json;
    }

    /** The {@code error} value alone, as batch results carry it. */
    JsonNode error() {
        return json == null ? Json.tag("other") : json.path("error");
    }
}
