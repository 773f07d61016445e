package io.plakar.connector.tar;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The file of an archive being written, which can be cut back to a mark. Compressed bytes are a row of gzip members: a
 * new one begins at each mark. Used by one thread at a time.
 */
final class ArchiveOutput extends OutputStream {
    private final FileChannel channel;
    private final boolean compressed;
    private @Nullable OutputStream member;
    private long mark;

    ArchiveOutput(FileChannel channel, boolean compressed) {
        this.channel = channel;
        this.compressed = compressed;
    }

    private OutputStream member() throws IOException {
        if (member == null) {
            OutputStream file = new BufferedOutputStream(new Unclosed(Channels.newOutputStream(channel)), 1 << 16);
            member = compressed ? new GZIPOutputStream(file, 1 << 16) : file;
        }
        return member;
    }

    @Override
    public void write(int b) throws IOException {
        member().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        member().write(bytes, offset, length);
    }

    /** Everything written so far stays, whatever happens to what follows. */
    void mark() throws IOException {
        endMember();
        mark = channel.position();
    }

    /** Drops everything written since the last mark. */
    void rewind() throws IOException {
        endMember();
        channel.truncate(mark);
        channel.position(mark);
    }

    private void endMember() throws IOException {
        if (member != null) {
            OutputStream ending = member;
            member = null;
            ending.close();
        }
    }

    /** Makes everything durable and closes the file. */
    @Override
    public void close() throws IOException {
        try (channel) {
            endMember();
            channel.force(true);
        }
    }

    /** Keeps the file open when a gzip member ends. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() {}
    }
}
