package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.util.Objects;

/** What a decoding {@link java.io.InputStream} throws when the bytes are wrong, as opposed to when reading them failed. */
public final class DecodingException extends IOException {
    private static final long serialVersionUID = 1;

    DecodingException(KlosetException failure) {
        super(failure.getMessage(), failure);
    }

    /** The engine's error. */
    public KlosetException failure() {
        return (KlosetException) Objects.requireNonNull(getCause());
    }
}
