package io.plakar.cli.render;

import io.plakar.app.RawText;
import io.plakar.cli.terminal.Output;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes JSON objects, one a line; each begins with {@code "version":1} and {@code "type"}. Safe for use by many
 * threads: each line goes out whole.
 */
public final class JsonLines {
    /** Version of the fields and their meaning. */
    public static final int VERSION = 1;

    private static final JsonFactory FACTORY = new JsonFactory();

    private final Output out;

    public JsonLines(Output out) {
        this.out = out;
    }

    /** Adds the fields of one object. */
    public interface Body {
        void write(Fields fields);
    }

    /** One more line. */
    public void line(String type, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeNumberProperty("version", VERSION);
            json.writeStringProperty("type", type);
            body.write(new Fields(json));
            json.writeEndObject();
        }
        bytes.write('\n');
        out.bytes(bytes.toByteArray());
        out.flush();
    }

    /** {@code objects} as one JSON object of objects, without a line end and in the order of the maps. */
    public static String object(Map<String, ? extends Map<String, String>> objects) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            objects.forEach((name, fields) -> {
                json.writeObjectPropertyStart(name);
                fields.forEach(json::writeStringProperty);
                json.writeEndObject();
            });
            json.writeEndObject();
        }
        return text.toString();
    }

    /** The fields of an object being written. */
    public static final class Fields {
        private final JsonGenerator json;

        private Fields(JsonGenerator json) {
            this.json = json;
        }

        public Fields text(String name, String value) {
            json.writeStringProperty(name, wellFormed(value));
            return this;
        }

        /** Nothing when {@code value} is empty. */
        public Fields textIfAny(String name, String value) {
            return value.isEmpty() ? this : text(name, value);
        }

        public Fields number(String name, long value) {
            json.writeNumberProperty(name, value);
            return this;
        }

        public Fields number(String name, double value) {
            json.writeNumberProperty(name, value);
            return this;
        }

        public Fields bool(String name, boolean value) {
            json.writeBooleanProperty(name, value);
            return this;
        }

        /** RFC 3339 with as many decimals as needed, UTC. */
        public Fields time(String name, Instant value) {
            return text(name, value.toString());
        }

        /**
         * A name as text; one that is not UTF-8 has its bad bytes replaced and is followed by {@code NAME_base64} with
         * the exact bytes.
         */
        public Fields name(String name, byte[] value) {
            json.writeStringProperty(name, new String(value, StandardCharsets.UTF_8));
            if (!RawText.isUtf8(value)) {
                json.writeStringProperty(name + "_base64", Base64.getEncoder().encodeToString(value));
            }
            return this;
        }

        public Fields texts(String name, List<String> values) {
            json.writeArrayPropertyStart(name);
            for (String value : values) {
                json.writeString(wellFormed(value));
            }
            json.writeEndArray();
            return this;
        }

        /** An object below {@code name}. */
        public Fields object(String name, Body body) {
            json.writeObjectPropertyStart(name);
            body.write(this);
            json.writeEndObject();
            return this;
        }

        /** {@link RawText} holds lone surrogates, which JSON cannot. */
        private static String wellFormed(String value) {
            for (int i = 0; i < value.length(); i++) {
                if (Character.isSurrogate(value.charAt(i))) {
                    return new String(RawText.encode(value), StandardCharsets.UTF_8);
                }
            }
            return value;
        }
    }
}
