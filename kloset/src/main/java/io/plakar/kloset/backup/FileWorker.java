package io.plakar.kloset.backup;

import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.connector.SourceEntry;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.chunking.Entropy;
import io.plakar.kloset.chunking.FastCdc;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.codec.MacStream;
import io.plakar.kloset.mime.ContentType;
import io.plakar.kloset.msgpack.MsgpackWriter;
import io.plakar.kloset.repository.RepositoryWriter;
import io.plakar.kloset.vfs.FileObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/**
 * Reads the content of one file after another, cuts it, and stores the chunks and the object. Keeps its buffers; for one
 * thread.
 */
final class FileWorker {
    /** How often a file is read again when it changes meanwhile. */
    private static final int ATTEMPTS = 3;

    private static final int SMALL_BUFFER = 1 << 20;

    private final RepositoryWriter writer;
    private final MacAlgorithm macs;
    private final FastCdc chunking;
    private final BackupListener listener;
    private final Entropy entropy = new Entropy();
    private final MsgpackWriter objectBytes = new MsgpackWriter(1024);
    private byte[] buffer;

    FileWorker(RepositoryWriter writer, MacAlgorithm macs, FastCdc chunking, BackupListener listener) {
        this.writer = writer;
        this.macs = macs;
        this.chunking = chunking;
        this.listener = listener;
        this.buffer = new byte[Math.min(SMALL_BUFFER, chunking.maxSize() + 1)];
    }

    /**
     * Content that is in the store.
     *
     * @param info the attributes that belong to the bytes read
     * @param changing the file still changed when it was read for the last time
     */
    record Stored(FileObject object, Mac id, FileInfo info, boolean changing, long bytesRead) {}

    /** @throws IOException when the source fails: the file is then an error of the snapshot, not of the run */
    Stored store(SourceEntry entry) throws IOException, KlosetException {
        FileInfo before = entry.info();
        long read = 0;
        for (int attempt = 1; ; attempt++) {
            FileObject object;
            try (ReadableByteChannel content = entry.open()) {
                object = cut(content);
            }
            read += object.size();
            Optional<FileInfo> after = entry.current();
            boolean changed = after.isPresent() && changed(before, after.get(), object.size());
            if (!changed || attempt == ATTEMPTS) {
                objectBytes.reset();
                object.encode(objectBytes);
                Mac id = writer.put(BlobType.OBJECT, objectBytes.array(), 0, objectBytes.length());
                return new Stored(object, id, before.withSize(object.size()), changed, read);
            }
            before = after.get();
        }
    }

    private static boolean changed(FileInfo before, FileInfo after, long bytes) {
        // Files which the system makes up as they are read say that they have no bytes.
        return !before.modTime().equals(after.modTime())
                || after.size() != before.size()
                || (after.size() != bytes && after.size() != 0);
    }

    private FileObject cut(ReadableByteChannel content) throws IOException, KlosetException {
        FileObject.Builder chunks = new FileObject.Builder();
        MacStream whole = null;
        Mac only = Mac.ZERO;
        String type = "";
        int start = 0;
        int end = 0;
        boolean ended = false;
        do {
            while (!ended && end - start < chunking.maxSize()) {
                if (end == buffer.length) {
                    makeRoom(start, end);
                    end -= start;
                    start = 0;
                }
                int n = content.read(ByteBuffer.wrap(buffer, end, buffer.length - end));
                if (n < 0) {
                    ended = true;
                } else {
                    end += n;
                    listener.processed(n);
                }
            }
            int n = chunking.cut(buffer, start, Math.min(chunking.maxSize(), end - start));
            if (chunks.count() == 0) {
                type = ContentType.detect(buffer, start, n);
            }
            if (whole == null && !(ended && start + n == end && chunks.count() == 0)) {
                whole = macs.stream();
            }
            only = macs.mac(buffer, start, n);
            if (whole != null) {
                whole.update(buffer, start, n);
            }
            writer.put(BlobType.CHUNK, only, buffer, start, n);
            chunks.add(only, n, entropy.of(buffer, start, n));
            start += n;
        } while (!ended || start < end);
        return chunks.build(whole == null ? only : whole.finish(), type, chunks.meanEntropy());
    }

    /** Moves what is left to the front; grows once to twice the largest chunk, so that little is ever moved. */
    private void makeRoom(int start, int end) {
        byte[] to = buffer.length < 2 * chunking.maxSize() && end - start > buffer.length / 2
                ? new byte[2 * chunking.maxSize()]
                : buffer;
        System.arraycopy(buffer, start, to, 0, end - start);
        buffer = to;
    }
}
