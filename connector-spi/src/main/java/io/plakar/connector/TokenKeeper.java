package io.plakar.connector;

import java.util.Map;

/**
 * Writes back what a service renewed while it was used: access tokens expire, and some services accept a refresh token
 * only once, so that the next run needs the new one. Called from any thread, never twice at once for one connector.
 */
@FunctionalInterface
public interface TokenKeeper {
    /**
     * Takes options whose values changed, under the names they have in the configuration ({@code rclone_token}); all
     * other options stay as they are.
     */
    void refreshed(Map<String, String> options);
}
