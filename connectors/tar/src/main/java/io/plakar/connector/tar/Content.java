package io.plakar.connector.tar;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Where the stored bytes of a member can be read from. */
sealed interface Content {
    ReadableByteChannel open() throws IOException;

    /** Nobody will open it any more. */
    void release();

    /** Bytes of a local file: of the archive itself, or of a copy. Opened any number of times, by any thread. */
    record StoredRange(Path file, long offset, long length) implements Content {
        @Override
        public ReadableByteChannel open() throws IOException {
            // A channel of its own for each reader: an interrupt closes the channel it meets.
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            return new ReadableByteChannel() {
                private long position = offset;

                @Override
                public int read(ByteBuffer into) throws IOException {
                    long left = offset + length - position;
                    if (left <= 0) {
                        return -1;
                    }
                    int limit = into.limit();
                    into.limit((int) Math.min(limit, into.position() + left));
                    try {
                        int count = channel.read(into, position);
                        if (count < 0) {
                            throw new IOException(file + ": unexpected end of file at byte " + position);
                        }
                        position += count;
                        return count;
                    } finally {
                        into.limit(limit);
                    }
                }

                @Override
                public boolean isOpen() {
                    return channel.isOpen();
                }

                @Override
                public void close() throws IOException {
                    channel.close();
                }
            };
        }

        @Override
        public void release() {}
    }

    /** Bytes in memory, charged to a budget which is given back once. */
    final class InMemory implements Content {
        private final byte[] bytes;
        private final AtomicLong budget;
        private final AtomicBoolean givenBack = new AtomicBoolean();

        InMemory(byte[] bytes, AtomicLong budget) {
            this.bytes = bytes;
            this.budget = budget;
        }

        @Override
        public ReadableByteChannel open() {
            return Channels.newChannel(new ByteArrayInputStream(bytes) {
                @Override
                public void close() {
                    release();
                }
            });
        }

        @Override
        public void release() {
            if (givenBack.compareAndSet(false, true)) {
                budget.addAndGet(bytes.length);
            }
        }
    }

    /**
     * Bytes which are still to come in the stream of the archive. The importer waits until they were read or are not
     * wanted; one reader, once.
     */
    final class HandOver implements Content {
        private final ArchiveBytes archive;
        private final long end;
        private final CountDownLatch finished = new CountDownLatch(1);
        private final byte[] copy = new byte[1 << 16];
        private boolean opened;
        private boolean over;

        HandOver(ArchiveBytes archive, long length) {
            this.archive = archive;
            this.end = archive.position() + length;
        }

        /** Returns when no reader will touch the archive any more. */
        void await() throws InterruptedException {
            try {
                finished.await();
            } catch (InterruptedException e) {
                release();
                throw e;
            }
        }

        @Override
        public synchronized ReadableByteChannel open() throws IOException {
            if (opened || over) {
                throw new IOException("a member of a compressed archive can be read only once");
            }
            opened = true;
            return new ReadableByteChannel() {
                @Override
                public int read(ByteBuffer into) throws IOException {
                    return HandOver.this.read(into);
                }

                @Override
                public boolean isOpen() {
                    synchronized (HandOver.this) {
                        return !over;
                    }
                }

                @Override
                public void close() {
                    release();
                }
            };
        }

        // The lock keeps an importer which was cancelled from closing the stream in the middle of a read.
        private synchronized int read(ByteBuffer into) throws IOException {
            if (over) {
                throw new ClosedChannelException();
            }
            long left = end - archive.position();
            if (left <= 0) {
                return -1;
            }
            int count = archive.read(copy, 0, (int) Math.min(Math.min(left, copy.length), into.remaining()));
            if (count < 0) {
                throw new IOException("unexpected end of archive");
            }
            into.put(copy, 0, count);
            return count;
        }

        @Override
        public synchronized void release() {
            over = true;
            finished.countDown();
        }
    }

    /** Stored regions of a sparse file, expanded when read. */
    record Sparse(Content stored, long[] map, long size) implements Content {
        @Override
        public ReadableByteChannel open() throws IOException {
            return new SparseChannel(stored.open(), map, size);
        }

        @Override
        public void release() {
            stored.release();
        }
    }
}
