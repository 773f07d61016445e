package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import net.jpountz.lz4.LZ4FrameInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Test vectors of the format specification that concern states. */
final class StateFixtures {
    private StateFixtures() {}

    static JsonNode vectors(String name) {
        try (InputStream in =
                Objects.requireNonNull(StateFixtures.class.getResourceAsStream("/vectors/" + name), name)) {
            return new JsonMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The plain stream inside a wrapped, compressed state. */
    static byte[] decode(byte[] file) throws IOException {
        try (InputStream in =
                new LZ4FrameInputStream(new ByteArrayInputStream(Arrays.copyOfRange(file, 16, file.length - 32)))) {
            return in.readAllBytes();
        }
    }

    static byte[] file(JsonNode store, String path) {
        return Base64.getDecoder().decode(store.get("files").get(path).asString());
    }

    static Mac mac(JsonNode node) {
        return Mac.fromHex(node.asString());
    }
}
