package io.plakar.app.packages;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file to be put into a package.
 *
 * @param path relative, with slashes
 */
record PackagedFile(String path, boolean executable, long size, Content content) {
    /** Opens the content from its first byte. */
    interface Content {
        ReadableByteChannel open() throws IOException;
    }

    static PackagedFile of(String path, String text, boolean executable) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new PackagedFile(
                path, executable, bytes.length, () -> Channels.newChannel(new ByteArrayInputStream(bytes)));
    }

    static PackagedFile of(String path, Path file) throws IOException {
        return new PackagedFile(path, Files.isExecutable(file), Files.size(file), () -> Files.newByteChannel(file));
    }
}
