package io.plakar.kloset.snapshot;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.vfs.Summary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a snapshot without reading its files (format-snapshot §3). Immutable.
 *
 * @param version format version, {@code major << 16 | minor << 8 | patch}
 * @param id the snapshot's id; random, not a MAC
 * @param timestamp start of the backup
 * @param duration from the start to the commit
 * @param replicas unsigned
 * @param context facts about the run, in order
 * @param sources at least one when decoded; only the first one counts
 */
public record SnapshotHeader(
        int version,
        Mac id,
        Instant timestamp,
        Duration duration,
        Identity identity,
        String name,
        String category,
        String environment,
        String perimeter,
        String job,
        int replicas,
        String dataset,
        List<String> dataClasses,
        List<Classification> classifications,
        List<String> tags,
        List<Pair> context,
        List<Source> sources) {

    public SnapshotHeader {
        dataClasses = List.copyOf(dataClasses);
        classifications = List.copyOf(classifications);
        tags = List.copyOf(tags);
        context = List.copyOf(context);
        sources = List.copyOf(sources);
    }

    /** A name and a value. */
    public record Pair(String key, String value) {}

    /** One class some analyzer found. */
    public record ClassProbability(String name, double probability) {}

    /** What one analyzer found. */
    public record Classification(String analyzer, List<ClassProbability> classes) {
        public Classification {
            classes = List.copyOf(classes);
        }
    }

    /**
     * Who signed; arrays are shared and not to be changed.
     *
     * @param identifier 16 bytes, zeros for an unsigned snapshot
     * @param publicKey raw Ed25519 key of 32 bytes; empty for none
     */
    public record Identity(byte[] identifier, byte[] publicKey) {
        /** The identity of an unsigned snapshot. */
        public static Identity none() {
            return new Identity(new byte[16], new byte[0]);
        }

        public boolean isNone() {
            for (byte b : identifier) {
                if (b != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Root blobs of the three trees of a source. */
    public record Roots(Mac vfs, Mac xattrs, Mac errors) {}

    /** An index: {@code content-type}, {@code dirpack} or {@code summary}, all of type {@code btree}. */
    public record Index(String name, String type, Mac value) {
        public static final String CONTENT_TYPE = "content-type";
        public static final String DIRPACK = "dirpack";
        public static final String SUMMARY = "summary";
        public static final String BTREE = "btree";
    }

    /**
     * Where the files came from, and the trees with what was found.
     *
     * @param type the connector
     * @param origin host or account
     * @param directoryBytes the root as bytes, just as the connector gave it
     */
    public record Source(
            String type,
            String origin,
            byte[] directoryBytes,
            List<Pair> context,
            Roots roots,
            List<Index> indexes,
            Summary summary) {
        public Source {
            context = List.copyOf(context);
            indexes = List.copyOf(indexes);
        }

        /** The root within the snapshot: where relative paths begin. */
        public BytePath directory() {
            return BytePath.clean(directoryBytes);
        }

        /** The root blob of an index. */
        public Optional<Mac> index(String name) {
            for (Index index : indexes) {
                if (index.name().equals(name) && index.type().equals(Index.BTREE)) {
                    return Optional.of(index.value());
                }
            }
            return Optional.empty();
        }
    }

    /** The source that counts. */
    public Source source() {
        return sources.getFirst();
    }

    public boolean isSigned() {
        return !identity.isNone();
    }

    /** Bytes of all files. */
    public long totalSize() {
        return source().summary().total(Summary.Field.SIZE);
    }

    /** The value of a fact about the run; empty when it is not told. */
    public String contextValue(String key) {
        for (Pair pair : context) {
            if (pair.key().equals(key)) {
                return pair.value();
            }
        }
        return "";
    }

    /** The same under another id. */
    public SnapshotHeader withId(Mac newId) {
        return new SnapshotHeader(
                version,
                newId,
                timestamp,
                duration,
                identity,
                name,
                category,
                environment,
                perimeter,
                job,
                replicas,
                dataset,
                dataClasses,
                classifications,
                tags,
                context,
                sources);
    }

    /** The same begun at another time, and as long as given. */
    public SnapshotHeader withTime(Instant newTimestamp, Duration newDuration) {
        return new SnapshotHeader(
                version,
                id,
                newTimestamp,
                newDuration,
                identity,
                name,
                category,
                environment,
                perimeter,
                job,
                replicas,
                dataset,
                dataClasses,
                classifications,
                tags,
                context,
                sources);
    }

    /** The same signed by another identity. */
    public SnapshotHeader withIdentity(Identity newIdentity) {
        return new SnapshotHeader(
                version,
                id,
                timestamp,
                duration,
                newIdentity,
                name,
                category,
                environment,
                perimeter,
                job,
                replicas,
                dataset,
                dataClasses,
                classifications,
                tags,
                context,
                sources);
    }

    /** The same with one source in place of all. */
    public SnapshotHeader withSource(Source source) {
        return new SnapshotHeader(
                version,
                id,
                timestamp,
                duration,
                identity,
                name,
                category,
                environment,
                perimeter,
                job,
                replicas,
                dataset,
                dataClasses,
                classifications,
                tags,
                context,
                List.of(source));
    }

    /** The canonical bytes, a fresh array. */
    public byte[] encode() {
        return HeaderCodec.encode(this);
    }

    /** @throws KlosetException.Corrupt when the bytes are not a header, or it has no source */
    public static SnapshotHeader decode(byte[] bytes) throws KlosetException {
        return HeaderCodec.decode(bytes);
    }
}
