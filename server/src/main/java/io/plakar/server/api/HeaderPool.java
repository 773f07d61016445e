package io.plakar.server.api;

import io.plakar.kloset.snapshot.SnapshotHeader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps one copy of what many headers have in common: with 100,000 snapshots the facts about their runs would otherwise
 * be most of the heap. For one thread at a time.
 */
final class HeaderPool {
    /** When there are that many different texts, they are not what headers have in common. */
    private static final int MOST = 100_000;

    private final Map<Object, Object> pool = new HashMap<>();

    /** The same header, made of what is in the pool. */
    SnapshotHeader pooled(SnapshotHeader header) {
        return new SnapshotHeader(
                header.version(),
                header.id(),
                header.timestamp(),
                header.duration(),
                header.identity(),
                one(header.name()),
                one(header.category()),
                one(header.environment()),
                one(header.perimeter()),
                one(header.job()),
                header.replicas(),
                one(header.dataset()),
                one(header.dataClasses()),
                one(header.classifications()),
                one(header.tags()),
                pairs(header.context()),
                header.sources().stream().map(this::source).toList());
    }

    private SnapshotHeader.Source source(SnapshotHeader.Source source) {
        return new SnapshotHeader.Source(
                one(source.type()),
                one(source.origin()),
                source.directoryBytes(),
                pairs(source.context()),
                source.roots(),
                source.indexes(),
                source.summary());
    }

    private List<SnapshotHeader.Pair> pairs(List<SnapshotHeader.Pair> pairs) {
        return pairs.stream().map(this::one).toList();
    }

    @SuppressWarnings("unchecked")
    private <T> T one(T value) {
        if (pool.size() >= MOST) {
            pool.clear();
        }
        return (T) pool.computeIfAbsent(value, any -> any);
    }
}
