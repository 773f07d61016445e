package io.plakar.kloset.snapshot;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.btree.BTreeReader;
import org.jspecify.annotations.Nullable;

/**
 * The values of a tree in the order of its keys, each read and decoded as it comes. After a value which cannot be read,
 * {@link #next()} goes on with the one behind it. For one thread.
 */
public final class ValueCursor<T> {
    /** Makes a value of a blob. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(byte[] bytes) throws KlosetException;
    }

    private final BlobSource source;
    private final BTreeReader.Cursor keys;
    private final BlobType type;
    private final Decoder<T> decoder;
    private @Nullable T value;

    ValueCursor(BlobSource source, BTreeReader.Cursor keys, BlobType type, Decoder<T> decoder) {
        this.source = source;
        this.keys = keys;
        this.type = type;
        this.decoder = decoder;
    }

    /** Moves to the next value; false when there is none. */
    public boolean next() throws KlosetException {
        value = null;
        if (!keys.next()) {
            return false;
        }
        value = decoder.decode(source.get(type, keys.value()));
        return true;
    }

    /** The value at the cursor. */
    public T value() {
        if (value == null) {
            throw new IllegalStateException("no value here");
        }
        return value;
    }

    /** The key of the value, as the tree says; shared, not to be changed. Also known when the value failed. */
    public byte[] key() {
        return keys.key();
    }

    /** The id of the value's blob. */
    public Mac mac() {
        return keys.value();
    }
}
