package io.plakar.cli.command;

import io.plakar.connector.FileBody;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.content.ContentReader;
import io.plakar.kloset.repository.Repository;
import java.io.IOException;
import java.io.InputStream;

/** Reads the contents of files by their object ids. Safe for use by many threads. */
final class Contents {
    private final ContentReader reader;

    Contents(Repository repository) {
        this.reader = new ContentReader(repository);
    }

    /** Hands the verified content of {@code object} to {@code target}, in order. */
    void copy(Mac object, FileBody.Target target) throws KlosetException, IOException, InterruptedException {
        reader.copy(reader.object(object), target);
    }

    /** {@link #copy} for those who may throw an {@link IOException} only: a failure of the engine is its cause. */
    void write(Mac object, FileBody.Target target) throws IOException, InterruptedException {
        try {
            copy(object, target);
        } catch (KlosetException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The verified content as a stream; a failure of the engine is the cause of its {@link IOException}. */
    InputStream open(Mac object) throws KlosetException {
        return reader.open(reader.object(object));
    }
}
