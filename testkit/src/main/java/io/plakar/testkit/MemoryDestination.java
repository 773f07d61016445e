package io.plakar.testkit;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A destination in memory; tells what it was given. Safe for use by many threads. */
public final class MemoryDestination implements Exporter {
    private final Map<BytePath, ExportEntry> entries = new ConcurrentSkipListMap<>();
    private final Map<BytePath, byte[]> contents = new ConcurrentSkipListMap<>();

    /** Everything stored, by path. */
    public Map<BytePath, ExportEntry> entries() {
        return entries;
    }

    /** The content of every stored file, by path. */
    public Map<BytePath, byte[]> contents() {
        return new TreeMap<>(contents);
    }

    @Override
    public String origin() {
        return "memory";
    }

    @Override
    public String type() {
        return "memory";
    }

    @Override
    public String root() {
        return "/";
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    @Override
    public void ping() {}

    @Override
    public Optional<FileInfo> existing(BytePath path) {
        return Optional.ofNullable(entries.get(path)).map(ExportEntry::info);
    }

    @Override
    public void makeDirectory(ExportEntry entry) throws IOException {
        ExportEntry there = entries.putIfAbsent(entry.path(), entry);
        if (there != null && !there.info().isDirectory()) {
            throw new ConnectorException(ConnectorException.Reason.EXISTS, entry.path() + ": not a directory");
        }
    }

    @Override
    public List<String> writeFile(ExportEntry entry, FileBody body) throws IOException, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        body.writeTo(from -> {
            byte[] copy = new byte[from.remaining()];
            from.get(copy);
            bytes.writeBytes(copy);
        });
        contents.put(entry.path(), bytes.toByteArray());
        entries.put(entry.path(), entry);
        return List.of();
    }

    @Override
    public boolean hardLink(ExportEntry entry, BytePath first) {
        byte[] content = contents.get(first);
        if (content == null) {
            return false;
        }
        contents.put(entry.path(), content);
        entries.put(entry.path(), entry);
        return true;
    }

    @Override
    public List<String> makeSymlink(ExportEntry entry) {
        entries.put(entry.path(), entry);
        return List.of();
    }

    @Override
    public List<String> makeSpecial(ExportEntry entry) {
        entries.put(entry.path(), entry);
        return List.of();
    }

    @Override
    public List<String> finishDirectory(ExportEntry entry) {
        entries.put(entry.path(), entry);
        return List.of();
    }

    @Override
    public void close() {}
}
