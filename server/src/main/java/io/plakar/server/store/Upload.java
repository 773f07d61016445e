package io.plakar.server.store;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes objects in. Bytes go to the store as they come and are seen only after the commit; a body that breaks off leaves
 * nothing. An append-only client cannot replace an object: sending the same one again is a success, another one is
 * refused. Safe for many threads.
 */
final class Upload {
    /** Largest object of each kind: a length inside a packfile and a range of one have 32 bits. */
    private static final long LARGEST = 0xffff_ffffL;

    private static final long LARGEST_LOCK = 1 << 20;
    private static final int PIECE = 64 << 10;
    private static final int STRIPES = 64;

    private final StoreConnector store;
    private final Quota quota;
    private final Lock[] names = new Lock[STRIPES];

    Upload(StoreConnector store, Quota quota) {
        this.store = store;
        this.quota = quota;
        for (int i = 0; i < STRIPES; i++) {
            names[i] = new ReentrantLock();
        }
    }

    /**
     * What may happen to an object that is there already.
     */
    enum Existing {
        REPLACE,
        KEEP_EQUAL,
        REFUSE
    }

    /**
     * Stores {@code body} as {@code name}.
     *
     * @param announced length of the body; -1 when the client did not tell
     */
    void take(Resource resource, Mac name, InputStream body, long announced, Existing existing)
            throws Refusal, IOException {
        long largest = resource == Resource.LOCK ? LARGEST_LOCK : LARGEST;
        if (announced > largest) {
            throw tooLarge(largest);
        }
        long reserved = Math.max(0, announced);
        quota.reserve(reserved);
        boolean stored = false;
        long size = 0;
        MessageDigest digest = sha256();
        try (ObjectWriter writer = store.put(resource)) {
            Pace pace = new Pace();
            byte[] piece = new byte[PIECE];
            for (int count = read(body, piece); count >= 0; count = read(body, piece)) {
                size += count;
                if (size > largest) {
                    throw tooLarge(largest);
                }
                if (size > reserved) {
                    quota.reserve(size - reserved);
                    reserved = size;
                }
                pace.moved(count);
                if (existing == Existing.KEEP_EQUAL) {
                    digest.update(piece, 0, count);
                }
                writer.write(ByteBuffer.wrap(piece, 0, count));
            }
            stored = commit(writer, resource, name, digest, existing);
        } finally {
            quota.settle(reserved, stored);
        }
    }

    /** Tells a client that went away from a store that failed. */
    private static int read(InputStream body, byte[] piece) throws IOException {
        try {
            return body.read(piece);
        } catch (IOException e) {
            throw new Interrupted(e);
        }
    }

    /** The client broke off. */
    static final class Interrupted extends IOException {
        private static final long serialVersionUID = 1;

        Interrupted(IOException cause) {
            super("the upload broke off", cause);
        }
    }

    private boolean commit(ObjectWriter writer, Resource resource, Mac name, MessageDigest digest, Existing existing)
            throws Refusal, IOException {
        if (existing == Existing.REPLACE) {
            writer.commit(name);
            quota.shrunk();
            return true;
        }
        Lock alone = names[name.hashCode() & (STRIPES - 1)];
        alone.lock();
        try (InputStream old = store.get(resource, name)) {
            if (existing == Existing.REFUSE) {
                throw new Refusal(412, "it is there already", Reason.EXISTS);
            }
            if (!MessageDigest.isEqual(digest.digest(), digestOf(old))) {
                throw new Refusal(403, "not allowed to overwrite", Reason.DENIED);
            }
            return false;
        } catch (ConnectorException e) {
            if (e.reason() != Reason.MISSING) {
                throw e;
            }
            writer.commit(name);
            return true;
        } finally {
            alone.unlock();
        }
    }

    private static byte[] digestOf(InputStream content) throws IOException {
        MessageDigest digest = sha256();
        byte[] piece = new byte[PIECE];
        for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
            digest.update(piece, 0, count);
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static Refusal tooLarge(long largest) {
        return new Refusal(413, "larger than the " + largest + " bytes such an object may have", Reason.INVALID);
    }
}
