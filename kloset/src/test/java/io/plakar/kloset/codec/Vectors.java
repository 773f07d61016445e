package io.plakar.kloset.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The format's test vectors, and the inputs they are made from. */
public final class Vectors {
    private Vectors() {}

    /** The root of {@code vectors/name}. */
    public static JsonNode json(String name) throws IOException {
        return JsonMapper.shared().readTree(bytes(name));
    }

    /** The elements of the array {@code vectors} in {@code vectors/name}. */
    public static List<JsonNode> list(String name) throws IOException {
        return elements(json(name).get("vectors"));
    }

    public static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> out = new ArrayList<>();
        array.forEach(out::add);
        return out;
    }

    public static byte[] bytes(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + name), "no vectors/" + name)) {
            return in.readAllBytes();
        }
    }

    public static String text(JsonNode node, String field) {
        return node.get(field).asString();
    }

    public static byte[] hex(JsonNode node, String field) {
        return HexFormat.of().parseHex(text(node, field));
    }

    /** The first {@code length} bytes of the generator of format-storage §16. */
    public static byte[] splitmix64(long seed, int length) {
        byte[] out = new byte[length];
        long state = seed;
        for (int i = 0; i < length; i += 8) {
            state += 0x9e3779b97f4a7c15L;
            long z = state;
            z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
            z ^= z >>> 31;
            for (int b = 0; b < 8 && i + b < length; b++) {
                out[i + b] = (byte) (z >>> (8 * b));
            }
        }
        return out;
    }

    /** The bytes an {@code input} object describes. */
    public static byte[] input(JsonNode input) {
        String kind = text(input, "kind");
        if (kind.equals("hex")) {
            return hex(input, "hex");
        }
        int length = input.get("len").asInt();
        switch (kind) {
            case "zeros":
                return new byte[length];
            case "splitmix64":
                return splitmix64(input.get("seed").asLong(), length);
            case "splitmix64-mixed": {
                byte[] out = splitmix64(input.get("seed").asLong(), length);
                for (int i = 0; i < length; i++) {
                    if ((i & 1 << 16) != 0) {
                        out[i] &= 3;
                    }
                }
                return out;
            }
            case "ramp251": {
                byte[] out = new byte[length];
                for (int i = 0; i < length; i++) {
                    out[i] = (byte) (i % 251);
                }
                return out;
            }
            case "repeat": {
                byte[] text = text(input, "text").getBytes(StandardCharsets.UTF_8);
                byte[] out = new byte[length];
                for (int i = 0; i < length; i++) {
                    out[i] = text[i % text.length];
                }
                return out;
            }
            default:
                throw new IllegalArgumentException("unknown kind of input: " + kind);
        }
    }
}
