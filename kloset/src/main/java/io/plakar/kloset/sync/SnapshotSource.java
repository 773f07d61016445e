package io.plakar.kloset.sync;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Importer;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import io.plakar.connector.Xattr;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.content.ContentReader;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.snapshot.ValueCursor;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.ErrorEntry;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/** A snapshot of one store as the source of a backup into another: everything from the root on, and its errors. */
final class SnapshotSource implements Importer {
    private final SnapshotHeader header;
    private final SnapshotTree tree;
    private final ContentReader contents;

    SnapshotSource(Repository repository, SnapshotHeader header) throws KlosetException {
        this.header = header;
        this.tree = repository.tree(header);
        this.contents = new ContentReader(repository);
    }

    @Override
    public String origin() {
        return header.source().origin();
    }

    @Override
    public String type() {
        return header.source().type();
    }

    @Override
    public BytePath root() {
        return header.source().directory();
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    @Override
    public void ping() {}

    @Override
    public void run(RecordSink sink) throws ConnectorException, InterruptedException {
        try {
            ValueCursor<ErrorEntry> errors = tree.errors();
            while (errors.next()) {
                sink.failure(errors.value().path(), errors.value().message());
            }
            Deque<BytePath> open = new ArrayDeque<>();
            Entry root = tree.lookup(BytePath.ROOT)
                    .orElseThrow(() -> new KlosetException.Corrupt("the snapshot has no entry for its root"));
            sink.entry(new CopiedEntry(root));
            open.push(BytePath.ROOT);
            while (!open.isEmpty()) {
                try (DirectoryCursor children = tree.children(open.pop())) {
                    while (children.next()) {
                        Entry child = children.entry();
                        sink.entry(new CopiedEntry(child));
                        if (child.isDirectory()) {
                            open.push(child.path());
                        }
                    }
                }
            }
        } catch (KlosetException e) {
            throw new ConnectorException(
                    ConnectorException.Reason.FAILED,
                    "snapshot " + header.id().toShortHex() + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void close() {}

    private final class CopiedEntry implements SourceEntry {
        private final Entry entry;

        CopiedEntry(Entry entry) {
            this.entry = entry;
        }

        @Override
        public BytePath path() {
            return entry.path();
        }

        @Override
        public FileInfo info() {
            return entry.info();
        }

        @Override
        public byte[] linkTarget() {
            return entry.symlinkTarget();
        }

        @Override
        public List<Xattr> xattrs() throws IOException {
            try {
                return tree.xattrsOf(entry);
            } catch (KlosetException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public ReadableByteChannel open() throws IOException {
            try {
                return Channels.newChannel(contents.open(contents.object(entry.object())));
            } catch (KlosetException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }
}
