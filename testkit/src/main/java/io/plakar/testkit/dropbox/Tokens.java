package io.plakar.testkit.dropbox;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Access and refresh tokens. Refresh tokens do not change and do not end; access tokens end. Safe for use by several threads. */
final class Tokens {
    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;
    private final Map<String, Access> access = new ConcurrentHashMap<>();
    private final Map<String, DropboxAccount> refresh = new ConcurrentHashMap<>();
    private volatile Duration lifetime = Duration.ofHours(4);

    private record Access(DropboxAccount account, Instant end) {}

    Tokens(InstantSource clock) {
        this.clock = clock;
    }

    private String secret(String prefix) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return prefix + HexFormat.of().formatHex(bytes);
    }

    void lifetime(Duration time) {
        lifetime = time;
    }

    Duration lifetime() {
        return lifetime;
    }

    String newRefresh(DropboxAccount account) {
        String token = secret("refresh-");
        refresh.put(token, account);
        return token;
    }

    String newAccess(DropboxAccount account) {
        String token = secret("sl.access-");
        access.put(token, new Access(account, clock.instant().plus(lifetime)));
        return token;
    }

    /** All access tokens that are out have ended. */
    void expire() {
        access.replaceAll((token, old) -> new Access(old.account(), Instant.MIN));
    }

    DropboxAccount byRefresh(String token) throws ApiError {
        DropboxAccount account = refresh.get(token);
        if (account == null) {
            throw ApiError.oauth("invalid_grant", "refresh token is invalid or revoked");
        }
        return account;
    }

    /** Ends a refresh token and the access tokens of its account. */
    void revoke(DropboxAccount account) {
        refresh.values().removeIf(account::equals);
        access.values().removeIf(token -> token.account().equals(account));
    }

    DropboxAccount byAccess(String token) throws ApiError {
        Access found = access.get(token);
        if (found == null) {
            throw ApiError.unauthorized("invalid_access_token");
        }
        if (!clock.instant().isBefore(found.end())) {
            throw ApiError.unauthorized("expired_access_token");
        }
        return found.account();
    }
}
