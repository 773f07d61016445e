package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.tar.TarWriter;
import io.plakar.connector.tar.ZipWriter;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.content.ContentReader;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.vfs.Entry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Chosen files and all below them, written as an archive as they are read. For one thread. */
final class ArchiveStream {
    private static final int BUFFER = 64 << 10;

    /** What a download can be. */
    enum Format {
        TAR("tar", "application/x-tar", ".tar"),
        TARBALL("tarball", "application/x-gzip", ".tar.gz"),
        ZIP("zip", "application/zip", ".zip");

        private final String word;
        private final String mediaType;
        private final String extension;

        Format(String word, String mediaType, String extension) {
            this.word = word;
            this.mediaType = mediaType;
            this.extension = extension;
        }

        static @Nullable Format named(String word) {
            for (Format format : values()) {
                if (format.word.equals(word)) {
                    return format;
                }
            }
            return null;
        }

        String mediaType() {
            return mediaType;
        }

        String extension() {
            return extension;
        }
    }

    private final SnapshotFiles files;
    private final ContentReader contents;
    private final List<BytePath> items;
    private final boolean rebase;

    /** @param rebase whether names begin at each item instead of at the root */
    ArchiveStream(SnapshotFiles files, ContentReader contents, List<BytePath> items, boolean rebase) {
        this.files = files;
        this.contents = contents;
        this.items = items;
        this.rebase = rebase;
    }

    /** Fails when an item is not there; before anything is written. */
    void checkItems() throws ApiError, KlosetException {
        for (BytePath item : items) {
            files.resolve(item);
        }
    }

    void write(Format format, OutputStream out) throws ApiError, KlosetException, IOException, InterruptedException {
        switch (format) {
            case ZIP -> {
                try (ZipWriter zip = new ZipWriter(new BufferedOutputStream(out, BUFFER))) {
                    visitItems(new ZipMembers(zip));
                }
            }
            case TAR -> {
                try (TarWriter tar = new TarWriter(new BufferedOutputStream(out, BUFFER))) {
                    visitItems(new TarMembers(tar));
                }
            }
            case TARBALL -> {
                try (TarWriter tar =
                        new TarWriter(new BufferedOutputStream(new GZIPOutputStream(out, BUFFER), BUFFER))) {
                    visitItems(new TarMembers(tar));
                }
            }
        }
    }

    private interface Members {
        void directory(byte[] name, FileInfo info) throws IOException;

        void file(byte[] name, FileInfo info, FileBody body) throws IOException, InterruptedException;

        void symlink(byte[] name, FileInfo info, byte[] target) throws IOException;
    }

    private record TarMembers(TarWriter tar) implements Members {
        @Override
        public void directory(byte[] name, FileInfo info) throws IOException {
            tar.directory(name, info, List.of());
        }

        @Override
        public void file(byte[] name, FileInfo info, FileBody body) throws IOException, InterruptedException {
            tar.file(name, info, List.of(), body);
        }

        @Override
        public void symlink(byte[] name, FileInfo info, byte[] target) throws IOException {
            tar.symlink(name, info, target, List.of());
        }
    }

    private record ZipMembers(ZipWriter zip) implements Members {
        @Override
        public void directory(byte[] name, FileInfo info) throws IOException {
            zip.directory(name, info);
        }

        @Override
        public void file(byte[] name, FileInfo info, FileBody body) throws IOException, InterruptedException {
            zip.file(name, info, body);
        }

        @Override
        public void symlink(byte[] name, FileInfo info, byte[] target) throws IOException {
            zip.symlink(name, info, target);
        }
    }

    private void visitItems(Members members) throws ApiError, KlosetException, IOException, InterruptedException {
        for (BytePath item : items) {
            Entry top = files.resolve(item);
            BytePath base = !rebase ? BytePath.ROOT : top.isDirectory() ? top.path() : top.parent();
            visit(top, base, members);
        }
    }

    private void visit(Entry entry, BytePath base, Members members)
            throws KlosetException, IOException, InterruptedException {
        byte[] below = entry.path().relativeTo(base).bytes();
        byte[] name = Arrays.copyOfRange(below, 1, below.length);
        if (entry.isRegular()) {
            members.file(name, entry.info(), target -> copy(entry, target));
        } else if (entry.isSymlink()) {
            members.symlink(name, entry.info(), entry.symlinkTarget());
        } else if (GoMode.isDirectory(entry.info().mode())) {
            boolean empty = true;
            try (DirectoryCursor children = files.tree().children(entry.path())) {
                while (children.next()) {
                    empty = false;
                    visit(children.entry(), base, members);
                }
            }
            // Directories with something in them come by themselves.
            if (empty && name.length > 0) {
                members.directory(name, entry.info());
            }
        }
    }

    private void copy(Entry entry, FileBody.Target target) throws IOException, InterruptedException {
        if (!entry.hasObject()) {
            return;
        }
        try {
            contents.copy(contents.object(entry.object()), target);
        } catch (KlosetException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
