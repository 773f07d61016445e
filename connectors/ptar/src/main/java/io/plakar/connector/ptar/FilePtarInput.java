package io.plakar.connector.ptar;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An archive which is a local file, read by position. Safe for use by many threads. */
final class FilePtarInput implements PtarInput {
    /*
     * An interrupt closes a FileChannel under the hands of all its readers. A reader which finds the channel closed by
     * somebody else's interrupt opens the file again and goes on; only the interrupted thread itself fails.
     */
    private final Path path;
    private final long size;
    private volatile FileChannel channel;
    private volatile boolean closed;

    private FilePtarInput(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    static FilePtarInput open(Path path) throws ConnectorException {
        FileChannel channel = null;
        try {
            if (Files.isDirectory(path)) {
                throw new ConnectorException(Reason.INVALID, path + ": is a directory, not a ptar archive");
            }
            channel = FileChannel.open(path, StandardOpenOption.READ);
            return new FilePtarInput(path, channel, channel.size());
        } catch (IOException e) {
            if (channel != null) {
                PtarFiles.closeQuietly(channel, e);
            }
            throw PtarFiles.translate("open", path, e);
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws ConnectorException {
        while (into.hasRemaining()) {
            FileChannel current = channel;
            try {
                int count = current.read(into, offset);
                if (count < 0) {
                    throw new ConnectorException(
                            Reason.MALFORMED, path + ": unexpected end of file at offset " + offset);
                }
                offset += count;
            } catch (ClosedChannelException e) {
                if (closed || Thread.currentThread().isInterrupted()) {
                    throw new ConnectorException(Reason.FAILED, "read " + path + ": cancelled or closed", e);
                }
                reopen(current);
            } catch (IOException e) {
                throw PtarFiles.translate("read", path, e);
            }
        }
    }

    private synchronized void reopen(FileChannel broken) throws ConnectorException {
        if (closed) {
            throw new ConnectorException(Reason.FAILED, "read " + path + ": the store is closed");
        }
        if (channel == broken) {
            try {
                channel = FileChannel.open(path, StandardOpenOption.READ);
            } catch (IOException e) {
                throw PtarFiles.translate("open", path, e);
            }
        }
    }

    @Override
    public synchronized void close() throws ConnectorException {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            throw PtarFiles.translate("close", path, e);
        }
    }
}
