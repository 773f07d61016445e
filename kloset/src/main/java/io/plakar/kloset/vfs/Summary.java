package io.plakar.kloset.vfs;

import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.msgpack.FieldNames;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;

/**
 * Counts over a directory: its own children, and everything deeper (format-snapshot §8). An accumulator: add the
 * children in ascending byte order of path, then {@link #finish()}. For one thread while it is filled.
 */
public final class Summary {
    private enum Kind {
        COUNT,
        TIME,
        ENTROPY
    }

    /** The fields in the order in which they are written. Three exist only for a directory's own children. */
    public enum Field {
        DIRECTORIES("directories", Kind.COUNT),
        FILES("files", Kind.COUNT),
        SYMLINKS("symlinks", Kind.COUNT),
        DEVICES("devices", Kind.COUNT),
        PIPES("pipes", Kind.COUNT),
        SOCKETS("sockets", Kind.COUNT),
        CHILDREN("children", Kind.COUNT),
        SETUID("setuid", Kind.COUNT),
        SETGID("setgid", Kind.COUNT),
        STICKY("sticky", Kind.COUNT),
        OBJECTS("objects", Kind.COUNT),
        CHUNKS("chunks", Kind.COUNT),
        MIN_SIZE("min_size", Kind.COUNT),
        MAX_SIZE("max_size", Kind.COUNT),
        AVG_SIZE("avg_size", Kind.COUNT),
        SIZE("size", Kind.COUNT),
        MIN_MOD_TIME("min_mod_time", Kind.TIME),
        MAX_MOD_TIME("max_mod_time", Kind.TIME),
        MIN_ENTROPY("min_entropy", Kind.ENTROPY),
        MAX_ENTROPY("max_entropy", Kind.ENTROPY),
        SUM_ENTROPY("sum_entropy", Kind.ENTROPY),
        AVG_ENTROPY("avg_entropy", Kind.ENTROPY),
        HI_ENTROPY("hi_entropy", Kind.COUNT),
        LO_ENTROPY("lo_entropy", Kind.COUNT),
        MIME_AUDIO("MIME_audio", Kind.COUNT),
        MIME_VIDEO("MIME_video", Kind.COUNT),
        MIME_IMAGE("MIME_image", Kind.COUNT),
        MIME_TEXT("MIME_text", Kind.COUNT),
        MIME_APPLICATION("MIME_application", Kind.COUNT),
        MIME_OTHER("MIME_other", Kind.COUNT),
        ERRORS("errors", Kind.COUNT);

        private static final Field[] ALL = values();
        private static final FieldNames NAMES =
                FieldNames.of(java.util.Arrays.stream(ALL).map(Field::label).toArray(String[]::new));

        private final String label;
        private final Kind kind;

        Field(String label, Kind kind) {
            this.label = label;
            this.kind = kind;
        }

        /** The key in the format. */
        public String label() {
            return label;
        }

        /** Whether it is read with {@link Counts#entropy}, else with {@link Counts#count}. */
        public boolean isEntropy() {
            return kind == Kind.ENTROPY;
        }

        private boolean onlyOfDirectory() {
            return this == AVG_SIZE || this == SUM_ENTROPY || this == AVG_ENTROPY;
        }
    }

    /** One set of counts. */
    public static final class Counts {
        // Entropies are held as the bits of a double; +0.0 is 0, so "unset" is 0 for every field.
        private final long[] values = new long[Field.ALL.length];

        /** A counter, a size in bytes, or a time in seconds since 1970. */
        public long count(Field field) {
            return values[field.ordinal()];
        }

        /** A field which is an entropy. */
        public double entropy(Field field) {
            return Double.longBitsToDouble(values[field.ordinal()]);
        }

        private void add(Field field, long amount) {
            values[field.ordinal()] += amount;
        }

        private void set(Field field, long value) {
            values[field.ordinal()] = value;
        }

        private void set(Field field, double value) {
            values[field.ordinal()] = Double.doubleToRawLongBits(value);
        }

        private boolean isZero(Field field) {
            return field.kind == Kind.ENTROPY ? entropy(field) == 0 : count(field) == 0;
        }

        private void widen(Field min, Field max, long low, long high) {
            lower(min, low);
            raise(max, high);
        }

        private void lower(Field field, long value) {
            if (count(field) == 0 || value < count(field)) {
                set(field, value);
            }
        }

        private void raise(Field field, long value) {
            if (count(field) == 0 || value > count(field)) {
                set(field, value);
            }
        }

        private void lower(Field field, double value) {
            if (entropy(field) == 0 || value < entropy(field)) {
                set(field, value);
            }
        }

        private void raise(Field field, double value) {
            if (entropy(field) == 0 || value > entropy(field)) {
                set(field, value);
            }
        }

        private int encodedFields(boolean below) {
            int count = 0;
            for (Field field : Field.ALL) {
                count += isWritten(field, below) ? 1 : 0;
            }
            return count;
        }

        private boolean isWritten(Field field, boolean below) {
            return below ? field == Field.ERRORS || (!field.onlyOfDirectory() && !isZero(field)) : !isZero(field);
        }

        private void encode(MsgpackWriter out, boolean below) {
            out.mapHeader(encodedFields(below));
            for (Field field : Field.ALL) {
                if (isWritten(field, below)) {
                    out.str(field.label);
                    switch (field.kind) {
                        case COUNT -> out.u64(count(field));
                        case TIME -> out.i64(count(field));
                        case ENTROPY -> out.f64(entropy(field));
                    }
                }
            }
        }

        private void decode(MsgpackReader in) throws KlosetException {
            int index = -1;
            for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
                index = in.key(Field.NAMES, index + 1);
                if (index < 0) {
                    in.skip();
                } else if (Field.ALL[index].kind == Kind.ENTROPY) {
                    set(Field.ALL[index], in.f64());
                } else {
                    set(Field.ALL[index], in.integer());
                }
            }
        }
    }

    private static final FieldNames PARTS = FieldNames.of("directory", "below");

    private final Counts directory = new Counts();
    private final Counts below = new Counts();

    /** Counts over the children themselves. */
    public Counts directory() {
        return directory;
    }

    /** Counts over everything below the children; its errors include those of the children. */
    public Counts below() {
        return below;
    }

    /** The counter over the whole subtree. */
    public long total(Field field) {
        return directory.count(field) + below.count(field);
    }

    /** Adds a child which is not a directory. */
    public void addChild(Entry child) {
        FileInfo info = child.info();
        int mode = info.mode();
        Counts d = directory;
        d.add(Field.CHILDREN, 1);
        d.add(kindOf(mode), 1);
        if ((mode & GoMode.SETUID) != 0) {
            d.add(Field.SETUID, 1);
        }
        if ((mode & GoMode.SETGID) != 0) {
            d.add(Field.SETGID, 1);
        }
        if ((mode & GoMode.STICKY) != 0) {
            d.add(Field.STICKY, 1);
        }
        if (child.hasObject()) {
            d.add(Field.OBJECTS, 1);
            d.add(Field.CHUNKS, child.chunks());
        }
        long seconds = info.modTime().getEpochSecond();
        long size = info.isRegular() ? info.size() : 0;
        double entropy = child.entropy();
        d.widen(Field.MIN_MOD_TIME, Field.MAX_MOD_TIME, seconds, seconds);
        d.widen(Field.MIN_SIZE, Field.MAX_SIZE, size, size);
        d.lower(Field.MIN_ENTROPY, entropy);
        d.raise(Field.MAX_ENTROPY, entropy);
        if (entropy <= 2.0) {
            d.add(Field.LO_ENTROPY, 1);
        } else if (entropy >= 7.0) {
            d.add(Field.HI_ENTROPY, 1);
        }
        d.add(typeOf(child.contentType()), 1);
        d.add(Field.SIZE, size);
        d.set(Field.SUM_ENTROPY, d.entropy(Field.SUM_ENTROPY) + entropy);
    }

    /** Adds a child which is a directory, with its finished summary. */
    public void addDirectory(Summary child) {
        directory.add(Field.CHILDREN, 1);
        directory.add(Field.DIRECTORIES, 1);
        addBelow(child);
    }

    private void addBelow(Summary child) {
        for (Field field : Field.ALL) {
            switch (field) {
                case MIN_SIZE, MIN_MOD_TIME -> {
                    below.lower(field, child.below.count(field));
                    below.lower(field, child.directory.count(field));
                }
                case MAX_SIZE, MAX_MOD_TIME -> {
                    below.raise(field, child.below.count(field));
                    below.raise(field, child.directory.count(field));
                }
                case MIN_ENTROPY -> {
                    below.lower(field, child.below.entropy(field));
                    below.lower(field, child.directory.entropy(field));
                }
                case MAX_ENTROPY -> {
                    below.raise(field, child.below.entropy(field));
                    below.raise(field, child.directory.entropy(field));
                }
                case AVG_SIZE, SUM_ENTROPY, AVG_ENTROPY -> {}
                default -> below.add(field, child.total(field));
            }
        }
    }

    /** Adds paths with an error whose parent is this directory. */
    public void addErrors(long count) {
        below.add(Field.ERRORS, count);
    }

    /** Computes the averages; to be called once, after everything was added. */
    public void finish() {
        long files = directory.count(Field.FILES);
        if (files > 0) {
            directory.set(Field.AVG_SIZE, directory.count(Field.SIZE) / files);
            directory.set(Field.AVG_ENTROPY, directory.entropy(Field.SUM_ENTROPY) / files);
        }
    }

    private static Field kindOf(int mode) {
        if ((mode & GoMode.SYMLINK) != 0) {
            return Field.SYMLINKS;
        }
        if ((mode & GoMode.DEVICE) != 0) {
            return Field.DEVICES;
        }
        if ((mode & GoMode.NAMED_PIPE) != 0) {
            return Field.PIPES;
        }
        return (mode & GoMode.SOCKET) != 0 ? Field.SOCKETS : Field.FILES;
    }

    private static Field typeOf(String contentType) {
        int slash = contentType.indexOf('/');
        return switch (slash < 0 ? "" : contentType.substring(0, slash)) {
            case "text" -> Field.MIME_TEXT;
            case "image" -> Field.MIME_IMAGE;
            case "audio" -> Field.MIME_AUDIO;
            case "video" -> Field.MIME_VIDEO;
            case "application" -> Field.MIME_APPLICATION;
            default -> Field.MIME_OTHER;
        };
    }

    /** The canonical bytes, a fresh array. */
    public byte[] encode() {
        MsgpackWriter out = new MsgpackWriter(512);
        encode(out);
        return out.toByteArray();
    }

    /** Appends the canonical bytes to {@code out}. */
    public void encode(MsgpackWriter out) {
        boolean own = directory.encodedFields(false) > 0;
        out.mapHeader(own ? 2 : 1);
        if (own) {
            out.str("directory");
            directory.encode(out, false);
        }
        out.str("below");
        below.encode(out, true);
    }

    /** @throws KlosetException.Corrupt when the bytes are not a summary */
    public static Summary decode(byte[] bytes) throws KlosetException {
        return decode(new MsgpackReader(bytes));
    }

    /** Reads a summary which lies inside another value. */
    public static Summary decode(MsgpackReader in) throws KlosetException {
        Summary summary = new Summary();
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(PARTS, field + 1);
            switch (field) {
                case 0 -> summary.directory.decode(in);
                case 1 -> summary.below.decode(in);
                default -> in.skip();
            }
        }
        return summary;
    }
}
