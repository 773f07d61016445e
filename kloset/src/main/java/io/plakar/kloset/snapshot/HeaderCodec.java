package io.plakar.kloset.snapshot;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.msgpack.FieldNames;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;
import io.plakar.kloset.snapshot.SnapshotHeader.ClassProbability;
import io.plakar.kloset.snapshot.SnapshotHeader.Classification;
import io.plakar.kloset.snapshot.SnapshotHeader.Identity;
import io.plakar.kloset.snapshot.SnapshotHeader.Index;
import io.plakar.kloset.snapshot.SnapshotHeader.Pair;
import io.plakar.kloset.snapshot.SnapshotHeader.Roots;
import io.plakar.kloset.snapshot.SnapshotHeader.Source;
import io.plakar.kloset.vfs.Summary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Headers to bytes and back (format-snapshot §3). */
final class HeaderCodec {
    private static final FieldNames FIELDS = FieldNames.of(
            "version",
            "identifier",
            "timestamp",
            "duration",
            "identity",
            "name",
            "category",
            "environment",
            "perimeter",
            "job",
            "replicas",
            "dataset",
            "data_classes",
            "classifications",
            "tags",
            "context",
            "sources");
    private static final FieldNames IDENTITY = FieldNames.of("identifier", "public_key");
    private static final FieldNames PAIR = FieldNames.of("key", "value");
    private static final FieldNames CLASSIFICATION = FieldNames.of("analyzer", "classes");
    private static final FieldNames CLASS = FieldNames.of("name", "probability");
    private static final FieldNames SOURCE = FieldNames.of("importer", "context", "root", "indexes", "summary");
    private static final FieldNames IMPORTER = FieldNames.of("type", "origin", "directory");
    private static final FieldNames ROOTS = FieldNames.of("root", "xattrs", "errors");
    private static final FieldNames INDEX = FieldNames.of("name", "type", "value");
    private static final int IDENTIFIER_BYTES = 16;

    private HeaderCodec() {}

    static byte[] encode(SnapshotHeader header) {
        MsgpackWriter out = new MsgpackWriter(2048);
        out.mapHeader(17);
        out.str("version");
        out.u32(header.version());
        out.str("identifier");
        out.mac(header.id());
        out.str("timestamp");
        out.time(header.timestamp());
        out.str("duration");
        out.i64(header.duration().toNanos());
        out.str("identity");
        out.mapHeader(2);
        out.str("identifier");
        out.bin(header.identity().identifier());
        out.str("public_key");
        if (header.identity().publicKey().length == 0) {
            out.nil();
        } else {
            out.bin(header.identity().publicKey());
        }
        text(out, "name", header.name());
        text(out, "category", header.category());
        text(out, "environment", header.environment());
        text(out, "perimeter", header.perimeter());
        text(out, "job", header.job());
        out.str("replicas");
        out.u32(header.replicas());
        text(out, "dataset", header.dataset());
        texts(out, "data_classes", header.dataClasses());
        out.str("classifications");
        out.arrayHeader(header.classifications().size());
        for (Classification each : header.classifications()) {
            out.mapHeader(2);
            text(out, "analyzer", each.analyzer());
            out.str("classes");
            out.arrayHeader(each.classes().size());
            for (ClassProbability found : each.classes()) {
                out.mapHeader(2);
                text(out, "name", found.name());
                out.str("probability");
                out.f64(found.probability());
            }
        }
        texts(out, "tags", header.tags());
        pairs(out, header.context());
        out.str("sources");
        out.arrayHeader(header.sources().size());
        for (Source source : header.sources()) {
            source(out, source);
        }
        return out.toByteArray();
    }

    private static void source(MsgpackWriter out, Source source) {
        out.mapHeader(5);
        out.str("importer");
        out.mapHeader(3);
        text(out, "type", source.type());
        text(out, "origin", source.origin());
        out.str("directory");
        out.str(source.directoryBytes());
        pairs(out, source.context());
        out.str("root");
        out.mapHeader(3);
        out.str("root");
        out.mac(source.roots().vfs());
        out.str("xattrs");
        out.mac(source.roots().xattrs());
        out.str("errors");
        out.mac(source.roots().errors());
        out.str("indexes");
        out.arrayHeader(source.indexes().size());
        for (Index index : source.indexes()) {
            out.mapHeader(3);
            text(out, "name", index.name());
            text(out, "type", index.type());
            out.str("value");
            out.mac(index.value());
        }
        out.str("summary");
        source.summary().encode(out);
    }

    private static void text(MsgpackWriter out, String key, String value) {
        out.str(key);
        out.str(value);
    }

    private static void texts(MsgpackWriter out, String key, List<String> values) {
        out.str(key);
        out.arrayHeader(values.size());
        values.forEach(out::str);
    }

    private static void pairs(MsgpackWriter out, List<Pair> pairs) {
        out.str("context");
        out.arrayHeader(pairs.size());
        for (Pair pair : pairs) {
            out.mapHeader(2);
            text(out, "key", pair.key());
            text(out, "value", pair.value());
        }
    }

    static SnapshotHeader decode(byte[] bytes) throws KlosetException {
        MsgpackReader in = new MsgpackReader(bytes);
        int version = 0;
        Mac id = Mac.ZERO;
        Instant timestamp = MsgpackReader.ZERO_TIME;
        long duration = 0;
        Identity identity = Identity.none();
        String name = "";
        String category = "";
        String environment = "";
        String perimeter = "";
        String job = "";
        int replicas = 0;
        String dataset = "";
        List<String> dataClasses = List.of();
        List<Classification> classifications = List.of();
        List<String> tags = List.of();
        List<Pair> context = List.of();
        List<Source> sources = List.of();
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(FIELDS, field + 1);
            switch (field) {
                case 0 -> version = in.integer32();
                case 1 -> id = in.mac();
                case 2 -> timestamp = in.time();
                case 3 -> duration = in.integer();
                case 4 -> identity = identity(in);
                case 5 -> name = in.text();
                case 6 -> category = in.text();
                case 7 -> environment = in.text();
                case 8 -> perimeter = in.text();
                case 9 -> job = in.text();
                case 10 -> replicas = in.integer32();
                case 11 -> dataset = in.text();
                case 12 -> dataClasses = list(in, MsgpackReader::text);
                case 13 -> classifications = list(in, HeaderCodec::classification);
                case 14 -> tags = list(in, MsgpackReader::text);
                case 15 -> context = list(in, HeaderCodec::pair);
                case 16 -> sources = list(in, HeaderCodec::source);
                default -> in.skip();
            }
        }
        if (sources.isEmpty()) {
            throw new KlosetException.Corrupt("snapshot " + id.toShortHex() + " has no source");
        }
        return new SnapshotHeader(
                version,
                id,
                timestamp,
                Duration.ofNanos(duration),
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

    @FunctionalInterface
    private interface Element<T> {
        T read(MsgpackReader in) throws KlosetException;
    }

    private static <T> List<T> list(MsgpackReader in, Element<T> element) throws KlosetException {
        int count = in.arrayHeader();
        List<T> out = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            out.add(element.read(in));
        }
        return out;
    }

    private static Identity identity(MsgpackReader in) throws KlosetException {
        byte[] identifier = new byte[IDENTIFIER_BYTES];
        byte[] publicKey = new byte[0];
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(IDENTITY, field + 1);
            switch (field) {
                case 0 -> {
                    byte[] read = in.bytes();
                    if (read.length != 0 && read.length != IDENTIFIER_BYTES) {
                        throw new KlosetException.Corrupt("an identity of " + read.length + " bytes");
                    }
                    identifier = Arrays.copyOf(read, IDENTIFIER_BYTES);
                }
                case 1 -> publicKey = in.bytes();
                default -> in.skip();
            }
        }
        return new Identity(identifier, publicKey);
    }

    private static Pair pair(MsgpackReader in) throws KlosetException {
        String key = "";
        String value = "";
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(PAIR, field + 1);
            switch (field) {
                case 0 -> key = in.text();
                case 1 -> value = in.text();
                default -> in.skip();
            }
        }
        return new Pair(key, value);
    }

    private static Classification classification(MsgpackReader in) throws KlosetException {
        String analyzer = "";
        List<ClassProbability> classes = List.of();
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(CLASSIFICATION, field + 1);
            switch (field) {
                case 0 -> analyzer = in.text();
                case 1 -> classes = list(in, HeaderCodec::probability);
                default -> in.skip();
            }
        }
        return new Classification(analyzer, classes);
    }

    private static ClassProbability probability(MsgpackReader in) throws KlosetException {
        String name = "";
        double probability = 0;
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(CLASS, field + 1);
            switch (field) {
                case 0 -> name = in.text();
                case 1 -> probability = in.f64();
                default -> in.skip();
            }
        }
        return new ClassProbability(name, probability);
    }

    private static Source source(MsgpackReader in) throws KlosetException {
        String type = "";
        String origin = "";
        byte[] directory = new byte[0];
        List<Pair> context = List.of();
        Roots roots = new Roots(Mac.ZERO, Mac.ZERO, Mac.ZERO);
        List<Index> indexes = List.of();
        Summary summary = new Summary();
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(SOURCE, field + 1);
            switch (field) {
                case 0 -> {
                    int inner = -1;
                    for (int left = in.mapHeader(); left > 0; left--) {
                        inner = in.key(IMPORTER, inner + 1);
                        switch (inner) {
                            case 0 -> type = in.text();
                            case 1 -> origin = in.text();
                            case 2 -> directory = in.bytes();
                            default -> in.skip();
                        }
                    }
                }
                case 1 -> context = list(in, HeaderCodec::pair);
                case 2 -> roots = roots(in);
                case 3 -> indexes = list(in, HeaderCodec::index);
                case 4 -> summary = Summary.decode(in);
                default -> in.skip();
            }
        }
        return new Source(type, origin, directory, context, roots, indexes, summary);
    }

    private static Roots roots(MsgpackReader in) throws KlosetException {
        Mac[] macs = {Mac.ZERO, Mac.ZERO, Mac.ZERO};
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(ROOTS, field + 1);
            if (field < 0) {
                in.skip();
            } else {
                macs[field] = in.mac();
            }
        }
        return new Roots(macs[0], macs[1], macs[2]);
    }

    private static Index index(MsgpackReader in) throws KlosetException {
        String name = "";
        String type = "";
        Mac value = Mac.ZERO;
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(INDEX, field + 1);
            switch (field) {
                case 0 -> name = in.text();
                case 1 -> type = in.text();
                case 2 -> value = in.mac();
                default -> in.skip();
            }
        }
        return new Index(name, type, value);
    }
}
