package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.ContentStore.Content;
import tools.jackson.databind.JsonNode;

/** The answer of a call that succeeded. */
sealed interface Reply {
    /** A JSON value. */
    record Value(JsonNode json) implements Reply {}

    /** The bytes of a file, or a range of them as the request's header has it, with metadata in a header. */
    record Bytes(JsonNode result, Content content, String rev) implements Reply {}

    /** Another address. */
    record Redirect(String location) implements Reply {}
}
