package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;

/**
 * A file's content from its first byte, read once, by one thread. A transfer that breaks off goes on where it was: rclone
 * cannot tell a broken transfer from a finished one, so the bytes are counted.
 */
final class ObjectContent implements ReadableByteChannel {
    private static final int PIECE = 1 << 16;
    private static final int RESUMES = 5;

    private final Remote remote;
    private final String path;
    private final byte[] piece = new byte[PIECE];
    private RcCalls.Content content;
    private long size;
    private long position;
    private int resumes;
    private boolean open = true;

    /**
     * @param expected size as listed, -1 when unknown
     */
    ObjectContent(Remote remote, String path, long expected) throws ConnectorException {
        this(remote, path, expected, remote.open(path, 0, -1));
    }

    /** The content of a file of a source, which was listed. */
    static ReadableByteChannel ofSource(Remote remote, String path, long expected) throws ConnectorException {
        if (expected == 0) {
            return Channels.newChannel(InputStream.nullInputStream());
        }
        RcCalls.Content content = expected < 0 ? remote.open(path, 0, -1) : remote.openSource(path, expected);
        return new ObjectContent(remote, path, expected, content);
    }

    private ObjectContent(Remote remote, String path, long expected, RcCalls.Content content) {
        this.remote = remote;
        this.path = path;
        this.content = content;
        this.size = content.total() >= 0 ? content.total() : expected;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        while (true) {
            IOException cause = null;
            try {
                InputStream in = content.stream();
                int count = in.read(piece, 0, Math.min(PIECE, into.remaining()));
                if (count > 0) {
                    into.put(piece, 0, count);
                    position += count;
                    return count;
                }
                if (size < 0 || position >= size) {
                    return -1;
                }
            } catch (IOException e) {
                cause = e;
            }
            resume(cause);
        }
    }

    private void resume(@org.jspecify.annotations.Nullable IOException cause) throws IOException {
        String what = "read " + remote.display(path);
        if (size < 0 || ++resumes > RESUMES) {
            throw new ConnectorException(
                    Reason.UNREACHABLE, what + ": broke off after " + position + " bytes", cause, Duration.ZERO);
        }
        content.stream().close();
        content = remote.open(path, position, -1);
        if (content.total() >= 0 && content.total() != size) {
            throw new ConnectorException(Reason.FAILED, what + ": changed while being read", cause, Duration.ZERO);
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        open = false;
        content.stream().close();
    }
}
