package io.plakar.cli;

import io.plakar.app.RawText;
import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.snapshot.selection.Candidate;
import io.plakar.kloset.snapshot.selection.SnapshotFilter;
import io.plakar.kloset.snapshot.selection.SnapshotSelector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The snapshots of an open store as commands choose among them: by {@code SNAPSHOT[:PATH]} or by filter. Those whose
 * header cannot be read are known by id. Read once, on creation.
 */
public final class Snapshots {
    private final Repository repository;
    private final List<SnapshotHeader> newestFirst;
    private final Map<Mac, KlosetException> damaged = new LinkedHashMap<>();

    public Snapshots(Repository repository) throws KlosetException {
        this.repository = repository;
        this.newestFirst = repository.snapshots(damaged::put);
    }

    /**
     * A snapshot and a path in it.
     *
     * @param path absolute in the snapshot; the source's directory when none was typed
     * @param hasPath whether one was typed
     */
    public record Chosen(SnapshotHeader header, BytePath path, boolean hasPath) {}

    /** All that can be read, newest first. */
    public List<SnapshotHeader> all() {
        return newestFirst;
    }

    /** Those whose header cannot be read, and why. */
    public Map<Mac, KlosetException> damaged() {
        return damaged;
    }

    /** Tells of those whose header cannot be read. */
    public Snapshots warn(Notices notices) {
        damaged.forEach((id, reason) -> notices.warn("snapshot " + id.toShortHex() + ": " + reason.getMessage()));
        return this;
    }

    /** Those {@code filter} chooses, newest first. */
    public List<SnapshotHeader> select(SnapshotFilter filter, Instant now) {
        return select(newestFirst, filter, now);
    }

    /** Those of {@code headers} which {@code filter} chooses, newest first. */
    public static List<SnapshotHeader> select(List<SnapshotHeader> headers, SnapshotFilter filter, Instant now) {
        Map<Mac, SnapshotHeader> byId = new LinkedHashMap<>();
        List<Candidate> candidates = new ArrayList<>();
        for (SnapshotHeader header : headers) {
            byId.put(header.id(), header);
            candidates.add(candidate(header));
        }
        List<SnapshotHeader> chosen = new ArrayList<>();
        for (Candidate candidate : filter.select(candidates, now)) {
            SnapshotHeader header = byId.get(candidate.id());
            if (header != null) {
                chosen.add(header);
            }
        }
        return chosen;
    }

    /**
     * The one snapshot {@code argument} means.
     *
     * @throws KlosetException.Invalid when there is none, or more than one
     */
    public Chosen resolve(String argument) throws KlosetException {
        SnapshotSelector selector = SnapshotSelector.parse(RawText.encode(argument));
        return chosen(selector, selector.resolve(ids()));
    }

    /** Every snapshot {@code argument} may mean, newest first; may be empty. */
    public List<Chosen> matches(String argument) throws KlosetException {
        SnapshotSelector selector = SnapshotSelector.parse(RawText.encode(argument));
        List<Chosen> chosen = new ArrayList<>();
        for (Mac id : selector.matches(ids())) {
            chosen.add(chosen(selector, id));
        }
        return chosen;
    }

    public SnapshotTree tree(SnapshotHeader header) throws KlosetException {
        return repository.tree(header);
    }

    private Chosen chosen(SnapshotSelector selector, Mac id) throws KlosetException {
        KlosetException reason = damaged.get(id);
        if (reason != null) {
            throw reason;
        }
        for (SnapshotHeader header : newestFirst) {
            if (header.id().equals(id)) {
                return new Chosen(header, selector.path(header.source().directory()), selector.hasPath());
            }
        }
        throw new KlosetException.Missing("snapshot " + id + " is not there any more");
    }

    private List<Mac> ids() {
        List<Mac> ids = new ArrayList<>();
        newestFirst.forEach(header -> ids.add(header.id()));
        ids.addAll(damaged.keySet());
        return ids;
    }

    private static Candidate candidate(SnapshotHeader header) {
        List<String> origins = new ArrayList<>();
        List<String> types = new ArrayList<>();
        List<BytePath> roots = new ArrayList<>();
        for (SnapshotHeader.Source source : header.sources()) {
            origins.add(source.origin());
            types.add(source.type());
            roots.add(source.directory());
        }
        return new Candidate(
                header.id(),
                header.timestamp(),
                header.name(),
                header.category(),
                header.environment(),
                header.perimeter(),
                header.job(),
                header.dataset(),
                header.tags(),
                header.dataClasses(),
                origins,
                types,
                roots);
    }
}
