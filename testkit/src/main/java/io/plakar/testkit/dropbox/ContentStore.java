package io.plakar.testkit.dropbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of files lie: on the heap, or as files of a directory so that large ones cost no memory. Safe for use by several
 * threads; contents are never removed, the owner of the directory does that at the end.
 */
final class ContentStore {
    private final @Nullable Path directory;
    private final AtomicLong next = new AtomicLong();

    /** @param directory an existing directory that is ours alone; null for the heap */
    ContentStore(@Nullable Path directory) {
        this.directory = directory;
    }

    /** Immutable bytes. */
    interface Content {
        long size();

        /** A new stream from this offset (0 to size) to the end; the caller closes it. */
        InputStream open(long offset) throws IOException;
    }

    /** Bytes on their way in; safe for use by several threads. */
    interface Spool {
        /** Places bytes at a position, which may be beyond the end; what lies between reads as zeros. */
        void write(long position, byte[] bytes, int offset, int length) throws IOException;

        /** The end of the last byte written. */
        long size();

        /** Ends the writing. */
        Content seal() throws IOException;

        /** Forgets what was written. */
        void discard() throws IOException;
    }

    Spool spool() throws IOException {
        if (directory == null) {
            return new MemorySpool();
        }
        return new FileSpool(directory.resolve("content-" + next.incrementAndGet()));
    }

    private static final class MemorySpool implements Spool {
        private byte[] bytes = new byte[0];
        private int size;

        @Override
        public synchronized void write(long position, byte[] from, int offset, int length) {
            int end = Math.toIntExact(position + length);
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * bytes.length)));
            }
            System.arraycopy(from, offset, bytes, (int) position, length);
            size = Math.max(size, end);
        }

        @Override
        public synchronized long size() {
            return size;
        }

        @Override
        public synchronized Content seal() {
            return new MemoryContent(Arrays.copyOf(bytes, size));
        }

        @Override
        public synchronized void discard() {
            bytes = new byte[0];
            size = 0;
        }
    }

    private static final class MemoryContent implements Content {
        private final byte[] bytes;

        MemoryContent(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public InputStream open(long offset) {
            int from = (int) Objects.checkIndex(offset, bytes.length + 1L);
            return new ByteArrayInputStream(bytes, from, bytes.length - from);
        }
    }

    private static final class FileSpool implements Spool {
        private final Path file;
        private final FileChannel channel;
        private long size;

        FileSpool(Path file) throws IOException {
            this.file = file;
            this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            long at = position;
            while (buffer.hasRemaining()) {
                at += channel.write(buffer, at);
            }
            synchronized (this) {
                size = Math.max(size, at);
            }
        }

        @Override
        public synchronized long size() {
            return size;
        }

        @Override
        public Content seal() throws IOException {
            channel.close();
            return new FileContent(file, size());
        }

        @Override
        public void discard() throws IOException {
            channel.close();
            Files.deleteIfExists(file);
        }
    }

    private record FileContent(Path file, long size) implements Content {
        @Override
        public InputStream open(long offset) throws IOException {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            channel.position(offset);
            return Channels.newInputStream(channel);
        }
    }
}
