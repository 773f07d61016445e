package io.plakar.server.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signatures that let a URL be read without the token: a JSON Web Token about one path of one snapshot, made with the
 * UI's token as key (http-api §1.7.6). Safe for use by many threads.
 */
final class SignedUrls {
    private static final Duration LIFE = Duration.ofHours(2);
    private static final String UNPARSABLE = "unable to parse JWT token: ";
    private static final Map<String, String> ALGORITHMS =
            Map.of("HS256", "HmacSHA256", "HS384", "HmacSHA384", "HS512", "HmacSHA512");
    private static final ObjectMapper READER = JsonMapper.builder().build();

    private final SecretKeySpec key;
    private final InstantSource clock;

    /** @param token may be empty */
    SignedUrls(String token, InstantSource clock) {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        // HMAC fills a short key up with zeros: this is the empty key, which the JDK does not take.
        this.key = new SecretKeySpec(bytes.length == 0 ? new byte[1] : bytes, "HmacSHA256");
        this.clock = clock;
    }

    String sign(SnapshotPath path) {
        long now = clock.instant().getEpochSecond();
        ByteArrayOutputStream claims = new ByteArrayOutputStream();
        try (JsonGenerator json = JsonBody.generator(claims)) {
            json.writeStartObject();
            json.writeStringProperty("snapshot_id", path.header().id().toHex());
            json.writeStringProperty("path", JsonBody.text(path.written()));
            json.writeStringProperty("iss", "plakar-api");
            json.writeNumberProperty("exp", now + LIFE.toSeconds());
            json.writeNumberProperty("iat", now);
            json.writeEndObject();
        }
        String signed = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.US_ASCII)) + "."
                + encode(claims.toByteArray());
        return signed + "." + encode(hmac("HmacSHA256", signed));
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private byte[] hmac(String algorithm, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    /** @throws ApiError when the signature is not one of this server, or about something else, or too old */
    void verify(String token, SnapshotPath path) throws ApiError {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw ApiError.notAuthorized(
                    UNPARSABLE + "token is malformed: token contains an invalid number of segments");
        }
        JsonNode header = decode(parts[0]);
        JsonNode claims = decode(parts[1]);
        String name = header.path("alg").asString("");
        String algorithm = ALGORITHMS.get(name);
        if (algorithm == null) {
            throw ApiError.notAuthorized(UNPARSABLE + "token is unverifiable: error while executing keyfunc: bad_auth:"
                    + " unexpected signing method: " + name);
        }
        if (!MessageDigest.isEqual(hmac(algorithm, parts[0] + "." + parts[1]), bytes(parts[2]))) {
            throw ApiError.notAuthorized(UNPARSABLE + "token signature is invalid: signature is invalid");
        }
        checkTimes(claims);
        if (!Arrays.equals(
                claims.path("path").asString("").getBytes(StandardCharsets.UTF_8),
                JsonBody.text(path.written()).getBytes(StandardCharsets.UTF_8))) {
            throw ApiError.notAuthorized("invalid URL path");
        }
        if (!claims.path("snapshot_id").asString("").equals(path.header().id().toHex())) {
            throw ApiError.notAuthorized("invalid URL snapshot");
        }
    }

    private void checkTimes(JsonNode claims) throws ApiError {
        double now = clock.instant().getEpochSecond();
        if (claims.has("exp") && now >= claims.path("exp").asDouble(0)) {
            throw ApiError.notAuthorized("token expired");
        }
        if (claims.path("nbf").asDouble(0) > now) {
            throw ApiError.notAuthorized(UNPARSABLE + "token has invalid claims: token is not valid yet");
        }
        if (claims.path("iat").asDouble(0) > now) {
            throw ApiError.notAuthorized(UNPARSABLE + "token has invalid claims: token used before issued");
        }
    }

    private static JsonNode decode(String part) throws ApiError {
        try {
            JsonNode node = READER.readTree(bytes(part));
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            // Told below.
        }
        throw ApiError.notAuthorized(UNPARSABLE + "token is malformed: could not JSON decode");
    }

    private static byte[] bytes(String part) throws ApiError {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw ApiError.notAuthorized(UNPARSABLE + "token is malformed: could not base64 decode");
        }
    }
}
