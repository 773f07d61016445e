package io.plakar.server.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. The name in {@code Host} must be one that means this machine, so that no foreign name can be pointed at
 * it; a page of another site is refused by its {@code Origin}; and the token must be known. Immutable.
 */
final class Access {
    private final byte[] token;
    private final boolean anyOrigin;
    private final Set<String> names;

    Access(UiSettings settings) {
        this.token = settings.token().getBytes(StandardCharsets.UTF_8);
        this.anyOrigin = settings.anyOrigin();
        this.names = new HashSet<>();
        names.add("localhost");
        names.add(machineName());
        names.add(settings.address().host().toLowerCase(Locale.ROOT));
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            return "127.0.0.1";
        }
    }

    boolean needsToken() {
        return token.length > 0;
    }

    /** Refuses foreign names and pages. */
    void checkSite(@Nullable String host, @Nullable String origin) throws ApiError {
        String name = nameOf(host);
        if (name == null || !isOurs(name)) {
            throw new ApiError(403, "forbidden", "this server does not answer to that host name");
        }
        if (origin != null && !anyOrigin && !isSameSite(origin, String.valueOf(host))) {
            throw new ApiError(403, "forbidden", "pages of other sites may not ask");
        }
    }

    /** An address cannot be pointed elsewhere; a name could. */
    private boolean isOurs(String name) {
        return names.contains(name) || isAddress(name);
    }

    private static boolean isAddress(String name) {
        return name.startsWith("[") || name.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }

    private static @Nullable String nameOf(@Nullable String host) {
        if (host == null || host.isEmpty()) {
            return null;
        }
        String name = host.toLowerCase(Locale.ROOT);
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf(']') ? name.substring(0, colon) : name;
    }

    private static boolean isSameSite(String origin, String host) {
        return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
    }

    /** Checks the {@code Authorization} header. */
    void checkToken(@Nullable String authorization) throws ApiError {
        if (token.length == 0) {
            return;
        }
        if (authorization == null || authorization.isEmpty()) {
            throw ApiError.notAuthorized("missing Authorization header");
        }
        byte[] given = authorization.getBytes(StandardCharsets.UTF_8);
        byte[] wanted = ("Bearer " + new String(token, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(given, wanted)) {
            throw ApiError.notAuthorized("invalid token");
        }
    }
}
