package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Location;
import io.plakar.connector.RemoteProbe;
import io.plakar.connector.TokenKeeper;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Tries a remote: lists nothing, but opens it and asks for its space where the service tells. rclone does not tell whose
 * account it is. Stateless.
 */
public final class RcloneProbe implements RemoteProbe {
    @Override
    public Set<String> schemes() {
        return Set.of("rclone");
    }

    @Override
    public Answer probe(Location location, Map<String, String> options, TokenKeeper keeper, ConnectorContext context)
            throws ConnectorException {
        Map<String, String> environment = System.getenv();
        RcloneRemote remote = RcloneRemote.parse(location, options, environment);
        try (Remote opened = Remote.forFiles(remote, keeper, environment)) {
            boolean tells = opened.features().has("About");
            if (!tells) {
                opened.list("");
            }
            long[] space = tells ? opened.space() : new long[] {-1, -1};
            return new Answer(opened.type(), "", known(space[0]), known(space[1]));
        }
    }

    private static OptionalLong known(long bytes) {
        return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
    }
}
