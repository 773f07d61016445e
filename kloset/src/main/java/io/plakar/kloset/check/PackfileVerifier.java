package io.plakar.kloset.check;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.packfile.PackfileIndex;
import io.plakar.kloset.packfile.PackfileReader;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.state.BlobLocation;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads one packfile after the other from front to back and verifies every blob asked for, the packfile's MAC, footer
 * and index. Keeps nothing between packfiles; safe for use by many threads.
 */
final class PackfileVerifier {
    /** The blobs of one packfile that are wanted, in ascending order of offset; flat arrays, filled by one thread. */
    static final class Wanted implements PackfileReader.BlobRanges {
        final Mac packfile;
        private int count;
        private int[] types = new int[16];
        private long[] macs = new long[64];
        private long[] offsets = new long[16];
        private int[] lengths = new int[16];
        private long[] ordinals = new long[16];
        private long bytes;

        Wanted(Mac packfile) {
            this.packfile = packfile;
        }

        void add(int type, Mac blob, long offset, int length, long ordinal) {
            if (count == types.length) {
                types = Arrays.copyOf(types, count * 2);
                macs = Arrays.copyOf(macs, count * 8);
                offsets = Arrays.copyOf(offsets, count * 2);
                lengths = Arrays.copyOf(lengths, count * 2);
                ordinals = Arrays.copyOf(ordinals, count * 2);
            }
            types[count] = type;
            for (int i = 0; i < 4; i++) {
                macs[count * 4 + i] = blob.word(i);
            }
            offsets[count] = offset;
            lengths[count] = length;
            ordinals[count] = ordinal;
            bytes += Integer.toUnsignedLong(length);
            count++;
        }

        @Override
        public int size() {
            return count;
        }

        @Override
        public long offset(int i) {
            return offsets[i];
        }

        @Override
        public long length(int i) {
            return Integer.toUnsignedLong(lengths[i]);
        }

        int type(int i) {
            return types[i];
        }

        Mac blob(int i) {
            return Mac.of(macs[i * 4], macs[i * 4 + 1], macs[i * 4 + 2], macs[i * 4 + 3]);
        }

        long ordinal(int i) {
            return ordinals[i];
        }

        BlobLocation location(int i) {
            return new BlobLocation(packfile, offsets[i], lengths[i]);
        }

        long bytes() {
            return bytes;
        }
    }

    /** Told of every verdict. */
    interface Verdicts {
        /** @param bytes of the blob; not kept */
        void whole(BlobType type, long ordinal, byte[] bytes);

        void damaged(int type, Mac blob, long ordinal, String message);

        void damagedPackfile(String message);
    }

    private final Repository repository;
    private final Verdicts verdicts;
    private final CheckListener listener;

    PackfileVerifier(Repository repository, Verdicts verdicts, CheckListener listener) {
        this.repository = repository;
        this.verdicts = verdicts;
        this.listener = listener;
    }

    /** @throws KlosetException.Unreachable when the store fails for another reason than the packfile */
    void verify(Wanted wanted) throws KlosetException {
        String what = "packfile " + wanted.packfile;
        int[] handed = new int[1];
        try (InputStream in = repository.store().get(Resource.PACKFILE, wanted.packfile)) {
            PackfileReader reader = new PackfileReader(in, repository.codec(), repository.macs(), what);
            reader.readBlobs(wanted, (i, encoded, length) -> {
                handed[0] = i + 1;
                blob(wanted, i, encoded, length);
                listener.verified(length);
            });
            PackfileReader.Tail tail = reader.readTail();
            compare(wanted, tail.index(), what);
        } catch (ConnectorException e) {
            if (e.reason() != ConnectorException.Reason.MISSING && e.reason() != ConnectorException.Reason.MALFORMED) {
                throw repository.unreachable("cannot read " + what, e);
            }
            damagedFrom(
                    wanted,
                    handed[0],
                    e.reason() == ConnectorException.Reason.MISSING
                            ? what + " is missing from the store"
                            : what + ": " + e.getMessage());
        } catch (IOException e) {
            damagedFrom(wanted, handed[0], what + " cannot be read: " + e.getMessage());
        } catch (KlosetException.Corrupt | KlosetException.UnsupportedVersion e) {
            damagedFrom(wanted, handed[0], String.valueOf(e.getMessage()));
        }
    }

    private void damagedFrom(Wanted wanted, int first, String message) {
        verdicts.damagedPackfile(message);
        for (int i = first; i < wanted.size(); i++) {
            if (wanted.type(i) == BlobType.RANDOM.number()) {
                continue;
            }
            verdicts.damaged(
                    wanted.type(i),
                    wanted.blob(i),
                    wanted.ordinal(i),
                    label(wanted.type(i)) + " " + wanted.blob(i) + ": " + message);
        }
    }

    private static String label(int type) {
        BlobType known = BlobType.ofNumber(type);
        return known == null ? "blob of type " + type : known.label();
    }

    private void blob(Wanted wanted, int i, byte[] encoded, int length) {
        BlobType type = BlobType.ofNumber(wanted.type(i));
        if (type == null || type == BlobType.RANDOM) {
            return;
        }
        Mac id = wanted.blob(i);
        if (length < wanted.length(i)) {
            verdicts.damaged(
                    wanted.type(i),
                    id,
                    wanted.ordinal(i),
                    type.label() + " " + id + ": packfile " + wanted.packfile + " is cut off at offset "
                            + (wanted.offset(i) + length));
            return;
        }
        try {
            byte[] bytes = repository.decode(type, id, encoded, 0, length, wanted.location(i));
            verdicts.whole(type, wanted.ordinal(i), bytes);
        } catch (KlosetException e) {
            verdicts.damaged(wanted.type(i), id, wanted.ordinal(i), String.valueOf(e.getMessage()));
        }
    }

    /** The packfile's own index must agree with what the states said. */
    private void compare(Wanted wanted, PackfileIndex index, String what) {
        int at = 0;
        boolean sorted = true;
        for (int i = 1; i < index.size() && sorted; i++) {
            sorted = index.offset(i - 1) <= index.offset(i);
        }
        if (!sorted) {
            return; // a ptar's index is sorted otherwise; its blobs were verified one by one
        }
        for (int i = 0; i < wanted.size(); i++) {
            while (at < index.size()
                    && (index.offset(at) < wanted.offset(i)
                            || (index.offset(at) == wanted.offset(i)
                                    && !index.id(at).equals(wanted.blob(i))
                                    && index.length(at) == 0))) {
                at++;
            }
            if (at == index.size()
                    || index.offset(at) != wanted.offset(i)
                    || index.length(at) != wanted.length(i)
                    || index.type(at) != wanted.type(i)
                    || !index.id(at).equals(wanted.blob(i))) {
                verdicts.damagedPackfile(what + ": its index does not agree with the states about the blob at offset "
                        + wanted.offset(i));
                return;
            }
        }
    }
}
