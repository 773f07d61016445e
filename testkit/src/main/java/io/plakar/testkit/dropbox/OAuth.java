package io.plakar.testkit.dropbox;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Getting tokens: by permission of the user, who always agrees, and by refresh token. Safe for use by several threads. */
final class OAuth {
    /** The app that rclone is when a remote has no client of its own. */
    private static final String RCLONE_APP = "5jcck7diasz0rqy";

    private final Tokens tokens;
    private final List<DropboxAccount> accounts;
    private final String clientId;
    private final String clientSecret;
    private final Map<String, Grant> codes = new ConcurrentHashMap<>();

    private record Grant(DropboxAccount account, @Nullable String challenge, boolean plain) {}

    OAuth(Tokens tokens, List<DropboxAccount> accounts, String clientId, String clientSecret) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
    }

    /** The fields of a form or query. */
    static Map<String, String> fields(@Nullable String encoded) {
        Map<String, String> fields = new HashMap<>();
        for (String field : (encoded == null ? "" : encoded).split("&")) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(decode(field.substring(0, equals)), decode(field.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** The page that asks for permission; the first account gives it at once. */
    Reply authorize(Map<String, String> query) throws ApiError {
        checkClient(query.get("client_id"), null);
        if (accounts.isEmpty()) {
            throw ApiError.oauth("access_denied", "there is no account");
        }
        String code = UUID.randomUUID().toString();
        boolean plain = "plain".equals(query.get("code_challenge_method"));
        codes.put(code, new Grant(accounts.getFirst(), query.get("code_challenge"), plain));
        String redirect = query.get("redirect_uri");
        if (redirect == null) {
            return new Reply.Value(Json.object().put("code", code));
        }
        String state = query.get("state");
        String location = redirect + (redirect.contains("?") ? "&" : "?") + "code=" + code;
        if (state != null) {
            location += "&state=" + URLEncoder.encode(state, StandardCharsets.UTF_8);
        }
        return new Reply.Redirect(location);
    }

    /** @param authorization the header with the app's name and secret; null when they are in the form or not given */
    Reply token(Map<String, String> form, @Nullable String authorization) throws ApiError {
        String id = form.get("client_id");
        String secret = form.get("client_secret");
        if (authorization != null && authorization.startsWith("Basic ")) {
            String[] pair = basic(authorization).split(":", 2);
            id = decode(pair[0]);
            secret = pair.length > 1 ? decode(pair[1]) : "";
        }
        checkClient(id, secret);
        String type = form.getOrDefault("grant_type", "");
        return switch (type) {
            case "refresh_token" -> answer(tokens.byRefresh(form.getOrDefault("refresh_token", "")), false);
            case "authorization_code" -> {
                Grant grant = codes.remove(form.getOrDefault("code", ""));
                if (grant == null || !proves(grant, form.get("code_verifier"))) {
                    throw ApiError.oauth("invalid_grant", "code doesn't exist or has expired");
                }
                yield answer(grant.account(), true);
            }
            default -> throw ApiError.oauth("unsupported_grant_type", "grant_type is \"" + type + "\"");
        };
    }

    private static String basic(String authorization) {
        try {
            return new String(
                    Base64.getDecoder().decode(authorization.substring("Basic ".length())), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private void checkClient(@Nullable String id, @Nullable String secret) throws ApiError {
        boolean ours = clientId.equals(id) && (secret == null || secret.isEmpty() || clientSecret.equals(secret));
        if (!ours && !RCLONE_APP.equals(id)) {
            throw ApiError.oauth("invalid_client", "Invalid client_id or client_secret");
        }
    }

    private static boolean proves(Grant grant, @Nullable String verifier) {
        if (grant.challenge() == null) {
            return true;
        }
        if (verifier == null || grant.plain()) {
            return grant.challenge().equals(verifier);
        }
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return grant.challenge()
                    .equals(Base64.getUrlEncoder().withoutPadding().encodeToString(sum));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Reply answer(DropboxAccount account, boolean first) {
        ObjectNode json = Json.object()
                .put("access_token", account.accessToken())
                .put("token_type", "bearer")
                .put("expires_in", tokens.lifetime().toSeconds());
        if (first) {
            json.put("refresh_token", account.refreshToken())
                    .put(
                            "scope",
                            "account_info.read files.content.read files.content.write files.metadata.read"
                                    + " files.metadata.write sharing.read sharing.write")
                    .put("uid", "1")
                    .put("account_id", account.id());
        }
        return new Reply.Value(json);
    }
}
