package io.plakar.connector;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The content of a file on its way to a destination. */
public interface FileBody {
    /**
     * Writes the whole content, every byte verified, in order. May run again, from the first byte, when the destination
     * lost what it had; not twice at the same time.
     *
     * @throws IOException when the snapshot's data cannot be read or the target refuses it; the destination then
     *     leaves nothing under the final name
     */
    void writeTo(Target target) throws IOException, InterruptedException;

    /** Takes bytes in order. */
    interface Target {
        /** Consumes {@code bytes} from position to limit. */
        void write(ByteBuffer bytes) throws IOException;
    }
}
