package io.plakar.server.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;

/**
 * The content of an answer whose length is not known before its end: a short one is sent with its length, a long one in
 * chunks. To be ended with {@link #finish}; without it the connection must be broken off. One thread's.
 */
final class AnswerBody extends OutputStream {
    private static final int BUFFER = 64 << 10;

    private final Response response;
    private final boolean lengthOnly;
    private final Pace pace = new Pace();
    private final byte[] buffer = new byte[BUFFER];
    private int used;
    private long total;
    private boolean begun;

    /** @param lengthOnly for HEAD: nothing is sent but the length */
    AnswerBody(Response response, boolean lengthOnly) {
        this.response = response;
        this.lengthOnly = lengthOnly;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        total += length;
        if (lengthOnly) {
            return;
        }
        int from = offset;
        int left = length;
        while (left > 0) {
            if (used == BUFFER) {
                begun = true;
                Content.Sink.write(response, false, ByteBuffer.wrap(buffer));
                pace.moved(BUFFER);
                used = 0;
            }
            int count = Math.min(left, BUFFER - used);
            System.arraycopy(bytes, from, buffer, used, count);
            used += count;
            from += count;
            left -= count;
        }
    }

    /** Sends the rest. */
    void finish() throws IOException {
        if (!begun) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, total);
        }
        Content.Sink.write(response, true, ByteBuffer.wrap(buffer, 0, used));
    }
}
