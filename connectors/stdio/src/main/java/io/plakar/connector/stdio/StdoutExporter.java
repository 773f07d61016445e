package io.plakar.connector.stdio;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A destination which writes the contents of regular files to one stream, in the order in which they come, and takes
 * directories and symbolic links without a trace. Safe for use by many threads: files go one after the other. A file
 * which fails in its middle has left its first part on the stream: a stream cannot take back.
 */
public final class StdoutExporter implements Exporter {
    private final String hostname;
    private final String name;
    private final OutputStream out;
    private final WritableByteChannel channel;
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * @param name what the stream is called in messages
     * @param out flushed after each file, never closed
     */
    public StdoutExporter(String hostname, String name, OutputStream out) {
        this.hostname = hostname;
        this.name = name;
        this.out = out;
        this.channel = Channels.newChannel(out);
    }

    @Override
    public String origin() {
        return hostname;
    }

    @Override
    public String type() {
        return "stdio";
    }

    @Override
    public String root() {
        return "/";
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return EnumSet.noneOf(ConnectorFlag.class);
    }

    @Override
    public void ping() {}

    @Override
    public Optional<FileInfo> existing(BytePath path) {
        return Optional.empty();
    }

    @Override
    public void makeDirectory(ExportEntry entry) {}

    @Override
    public List<String> writeFile(ExportEntry entry, FileBody body) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            body.writeTo(this::write);
            flush();
        } finally {
            turn.unlock();
        }
        return List.of();
    }

    private void write(ByteBuffer bytes) throws ConnectorException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failed(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
        }
        if (out instanceof PrintStream print && print.checkError()) {
            throw failed("the reader is gone or the device is full", null);
        }
    }

    private void flush() throws ConnectorException {
        try {
            out.flush();
        } catch (IOException e) {
            throw failed(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
        }
    }

    private ConnectorException failed(String cause, @Nullable Throwable e) {
        return new ConnectorException(Reason.FAILED, "write " + name + ": " + cause, e);
    }

    /** A stream has no names: the content is written again under the other one. */
    @Override
    public boolean hardLink(ExportEntry entry, BytePath first) {
        return false;
    }

    @Override
    public List<String> makeSymlink(ExportEntry entry) {
        return List.of();
    }

    @Override
    public List<String> makeSpecial(ExportEntry entry) throws ConnectorException {
        throw new ConnectorException(Reason.UNSUPPORTED, entry.path() + ": " + name + " takes regular files only");
    }

    @Override
    public List<String> finishDirectory(ExportEntry entry) {
        return List.of();
    }

    /** Leaves the stream open. */
    @Override
    public void close() {}
}
