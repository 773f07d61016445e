package io.plakar.connector;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * What a connector may know of its surroundings; nothing is taken from globals.
 *
 * @param hostname this machine's name, the origin of local sources
 * @param workingDirectory base of relative local locations
 * @param scratch a private directory (0700) for temporary files; made on first use by whoever needs it
 * @param maxConcurrency threads a connector may use at once, at least 1
 * @param readXattrs whether extended attributes are wanted
 * @param client program name and version, for user agents
 */
public record ConnectorContext(
        String hostname,
        Path workingDirectory,
        Path scratch,
        int maxConcurrency,
        boolean readXattrs,
        String client,
        InputStream standardInput,
        OutputStream standardOutput,
        OutputStream standardError) {}
