package io.plakar.connector.http;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.Location;
import io.plakar.connector.StoreConnector;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Set;

/**
 * Makes stores behind {@code http://} and {@code https://}. Stateless.
 *
 * <p>Options: {@code auth_token}, sent as a bearer token; {@code tls_no_verify}, {@code true} to accept any certificate.
 */
public final class HttpProvider implements ConnectorProvider {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    @Override
    public Set<String> importerSchemes() {
        return Set.of();
    }

    @Override
    public Set<String> exporterSchemes() {
        return Set.of();
    }

    @Override
    public Set<String> storeSchemes() {
        return SCHEMES;
    }

    @Override
    public Set<ConnectorFlag> flags(String scheme) {
        return Set.of();
    }

    @Override
    public StoreConnector store(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        URI base = base(location);
        String token = options.getOrDefault("auth_token", "");
        if (token.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new ConnectorException(
                    Reason.INVALID, "option auth_token: a token has visible ASCII characters only, and no blanks");
        }
        boolean verify = !options.getOrDefault("tls_no_verify", "").equals("true");
        Calls calls = new RetryingCalls(
                new NetworkCalls(base, token, verify, context.client(), NetworkCalls.PATIENCE), Thread::sleep);
        return new HttpStore(base, calls, context.scratch());
    }

    /** The URI without a slash at its end. */
    private static URI base(Location location) throws ConnectorException {
        String text = location.toString();
        try {
            URI uri = new URI(text).normalize();
            if (uri.getHost() == null) {
                throw new ConnectorException(Reason.INVALID, "invalid location: " + text + " names no host");
            }
            if (uri.getRawUserInfo() != null) {
                throw new ConnectorException(
                        Reason.INVALID,
                        "invalid location: a store server takes no user name; give it a token with auth_token");
            }
            if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw new ConnectorException(Reason.INVALID, "invalid location: " + text + " ends in ? or #");
            }
            String path = uri.getRawPath().replaceAll("/{2,}", "/").replaceAll("/$", "");
            return new URI(location.scheme() + "://" + uri.getRawAuthority() + path);
        } catch (URISyntaxException e) {
            throw new ConnectorException(Reason.INVALID, "invalid location: " + text + ": " + e.getReason(), e);
        }
    }
}
