package io.plakar.testkit.dropbox;

import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Making, reading and writing the API's JSON values. Stateless. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final ObjectWriter ASCII = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** A union value without fields: {@code {".tag": tag}}. */
    static ObjectNode tag(String tag) {
        return object().put(".tag", tag);
    }

    /** @throws tools.jackson.core.JacksonException when the text is no JSON */
    static JsonNode parse(byte[] text) {
        return MAPPER.readTree(text);
    }

    /** @throws tools.jackson.core.JacksonException when the text is no JSON */
    static JsonNode parse(String text) {
        return MAPPER.readTree(text);
    }

    static byte[] bytes(JsonNode value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** The value in ASCII on one line, as headers need it. */
    static String ascii(JsonNode value) {
        return ASCII.writeValueAsString(value);
    }
}
