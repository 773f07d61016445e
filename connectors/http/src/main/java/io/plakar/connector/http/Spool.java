package io.plakar.connector.http;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An object until its name is known: little of it in memory, more in a private file which is gone when this is closed.
 * Used by one thread.
 */
final class Spool implements AutoCloseable {
    private static final int IN_MEMORY = 1 << 20;

    private final Path directory;
    private byte[] memory = new byte[8 << 10];
    private long size;
    private @Nullable Path file;
    private @Nullable FileChannel channel;

    Spool(Path directory) {
        this.directory = directory;
    }

    long size() {
        return size;
    }

    void write(ByteBuffer bytes) throws ConnectorException {
        try {
            FileChannel open = channel;
            if (open == null && size + bytes.remaining() > IN_MEMORY) {
                open = spill();
            }
            if (open == null) {
                int used = (int) size;
                int count = bytes.remaining();
                if (used + count > memory.length) {
                    memory = Arrays.copyOf(memory, Math.min(IN_MEMORY, Math.max(2 * memory.length, used + count)));
                }
                bytes.get(memory, used, count);
                size += count;
            } else {
                size += bytes.remaining();
                writeFully(open, bytes);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private FileChannel spill() throws IOException {
        Files.createDirectories(directory);
        Path created = Files.createTempFile(directory, "upload", ".tmp");
        file = created;
        FileChannel open = FileChannel.open(created, StandardOpenOption.WRITE);
        channel = open;
        writeFully(open, ByteBuffer.wrap(memory, 0, (int) size));
        memory = new byte[0];
        return open;
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private ConnectorException failed(IOException e) {
        return new ConnectorException(
                Reason.FAILED, "write a temporary file in " + directory + ": " + e.getMessage(), e);
    }

    /** All that was written, as often as it is asked for. */
    BodyPublisher content() throws ConnectorException {
        Path spilled = file;
        if (spilled == null) {
            return BodyPublishers.ofByteArray(memory, 0, (int) size);
        }
        try {
            return BodyPublishers.ofFile(spilled);
        } catch (FileNotFoundException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() throws ConnectorException {
        Path spilled = file;
        FileChannel open = channel;
        memory = new byte[0];
        file = null;
        channel = null;
        if (spilled == null) {
            return;
        }
        try {
            if (open != null) {
                open.close();
            }
            Files.deleteIfExists(spilled);
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
