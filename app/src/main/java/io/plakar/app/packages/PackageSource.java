package io.plakar.app.packages;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The source a package is made from: its files below {@code /}. */
final class PackageSource implements Importer {
    private final List<PackagedFile> files;
    private final Instant now;

    PackageSource(List<PackagedFile> files, Instant now) {
        this.files = List.copyOf(files);
        this.now = now;
    }

    @Override
    public String origin() {
        return "";
    }

    @Override
    public String type() {
        return "pkger";
    }

    @Override
    public BytePath root() {
        return BytePath.ROOT;
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    @Override
    public void ping() {}

    @Override
    public void run(RecordSink sink) throws InterruptedException {
        Set<String> directories = new TreeSet<>();
        for (PackagedFile file : files) {
            for (int i = file.path().indexOf('/'); i >= 0; i = file.path().indexOf('/', i + 1)) {
                directories.add(file.path().substring(0, i));
            }
        }
        sink.entry(entry(BytePath.ROOT, 0, GoMode.DIRECTORY | 0755, null));
        for (String directory : directories) {
            sink.entry(entry(BytePath.clean(directory), 0, GoMode.DIRECTORY | 0755, null));
        }
        for (PackagedFile file : files) {
            sink.entry(entry(BytePath.clean(file.path()), file.size(), file.executable() ? 0755 : 0644, file));
        }
    }

    @Override
    public void close() {}

    private Entry entry(BytePath path, long size, int mode, @Nullable PackagedFile file) {
        return new Entry(path, new FileInfo(path.name(), size, mode, now, 0, 0, 0, 0, 1, "", ""), file);
    }

    private record Entry(
            BytePath path, FileInfo info, @Nullable PackagedFile file) implements SourceEntry {
        @Override
        public ReadableByteChannel open() throws IOException {
            if (file == null) {
                throw new IOException("is a directory");
            }
            return file.content().open();
        }
    }
}
