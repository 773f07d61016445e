package io.plakar.connector.tar;

import io.plakar.connector.BytePath;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Keeps what an importer delivers; contents are read when the entry arrives unless the test says otherwise. */
final class CollectingSink implements RecordSink {
    final Map<BytePath, SourceEntry> entries = new LinkedHashMap<>();
    final Map<BytePath, byte[]> contents = new HashMap<>();
    final Map<BytePath, String> failures = new LinkedHashMap<>();
    Predicate<BytePath> unwanted = path -> false;
    boolean reading = true;

    @Override
    public void entry(SourceEntry entry) {
        if (entries.put(entry.path(), entry) != null) {
            throw new AssertionError("delivered twice: " + entry.path());
        }
        if (entry.info().isRegular() && reading) {
            contents.put(entry.path(), read(entry));
        }
        if (reading) {
            entry.release();
        }
    }

    static byte[] read(SourceEntry entry) {
        try (var channel = entry.open()) {
            return Channels.newInputStream(channel).readAllBytes();
        } catch (IOException e) {
            throw new AssertionError("cannot read " + entry.path(), e);
        }
    }

    SourceEntry at(String path) {
        SourceEntry entry = entries.get(BytePath.clean(path));
        if (entry == null) {
            throw new AssertionError("no entry " + path + " in " + entries.keySet());
        }
        return entry;
    }

    byte[] content(String path) {
        byte[] content = contents.get(BytePath.clean(path));
        if (content == null) {
            throw new AssertionError("no content of " + path);
        }
        return content;
    }

    @Override
    public void failure(BytePath path, String message) {
        failures.put(path, message);
    }

    @Override
    public boolean excluded(BytePath path, boolean directory) {
        return unwanted.test(path);
    }
}
