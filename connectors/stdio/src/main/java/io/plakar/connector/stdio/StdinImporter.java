package io.plakar.connector.stdio;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A source whose only file is what arrives on standard input, under a name the user chose. It can be run and read once;
 * the content is read while the engine reads the entry, before or after {@link #run} has returned.
 */
public final class StdinImporter implements Importer {
    private final BytePath path;
    private final String hostname;
    private final InputStream input;
    private final Clock clock;
    private final AtomicBoolean opened = new AtomicBoolean();

    private StdinImporter(BytePath path, String hostname, InputStream input, Clock clock) {
        this.path = path;
        this.hostname = hostname;
        this.input = input;
        this.clock = clock;
    }

    /**
     * Standard input under {@code name}, which is cleaned and taken below {@code /}.
     *
     * @throws ConnectorException {@code INVALID} when nothing is left of the name
     */
    public static StdinImporter of(String name, ConnectorContext context, Clock clock) throws ConnectorException {
        BytePath path = BytePath.clean(name);
        if (path.isRoot()) {
            throw new ConnectorException(
                    Reason.INVALID, "stdin: a name to store the data under is missing, say for example stdin:dump.sql");
        }
        return new StdinImporter(path, context.hostname(), context.standardInput(), clock);
    }

    @Override
    public String origin() {
        return hostname;
    }

    @Override
    public String type() {
        return "stdin";
    }

    @Override
    public BytePath root() {
        return BytePath.ROOT;
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return EnumSet.of(ConnectorFlag.STREAM);
    }

    @Override
    public void ping() {}

    @Override
    public void run(RecordSink sink) throws InterruptedException {
        Instant now = clock.instant();
        Deque<BytePath> ancestors = new ArrayDeque<>();
        for (BytePath above = path.parent(); !above.isRoot(); above = above.parent()) {
            ancestors.push(above);
        }
        ancestors.push(BytePath.ROOT);
        for (BytePath directory : ancestors) {
            sink.entry(new Entry(directory, info(directory, 0, GoMode.DIRECTORY | 0755, now)));
        }
        sink.entry(new Entry(path, info(path, -1, 0644, now)));
    }

    private static FileInfo info(BytePath path, long size, int mode, Instant now) {
        return new FileInfo(path.name(), size, mode, now, 0, 0, 0, 0, 1, "", "");
    }

    /** Leaves standard input open. */
    @Override
    public void close() {}

    private final class Entry implements SourceEntry {
        private final BytePath path;
        private final FileInfo info;

        Entry(BytePath path, FileInfo info) {
            this.path = path;
            this.info = info;
        }

        @Override
        public BytePath path() {
            return path;
        }

        @Override
        public FileInfo info() {
            return info;
        }

        @Override
        public ReadableByteChannel open() throws IOException {
            if (!info.isRegular()) {
                throw new IOException(path + ": is a directory");
            }
            if (!opened.compareAndSet(false, true)) {
                throw new IOException("standard input can be read only once");
            }
            return Channels.newChannel(new Unclosed(input));
        }
    }

    /** Keeps the program's stream open when the channel over it is closed. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
