package io.plakar.app;

import io.plakar.kloset.codec.StoreKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The keys of stores which the user has unlocked for a while, kept by the operating system. Nothing secret touches a disk:
 * an empty file in the data directory, named by the repository's id, tells that it is worth asking the system, which
 * otherwise costs every start. Safe for many threads.
 */
public final class KeyRing {
    /** What the operating system keeps secrets in. */
    interface Vault {
        /** The secret, or null when there is none or it cannot be had; the caller wipes it. */
        byte @Nullable [] find(String name);

        void keep(String name, byte[] secret, Duration duration) throws Failure;

        /** Whether there was one. */
        boolean forget(String name) throws Failure;
    }

    private final @Nullable Vault vault;
    private final Path marks;

    KeyRing(@Nullable Vault vault, Path marks) {
        this.vault = vault;
        this.marks = marks;
    }

    /**
     * The key ring of this user.
     *
     * @param operatingSystem as in the system property {@code os.name}
     * @param dataDirectory where it is noted for which stores a key may be there
     */
    public static KeyRing of(String operatingSystem, Path dataDirectory) {
        Vault vault = operatingSystem.equals("Linux") ? new KernelKeyring() : null;
        return new KeyRing(vault, dataDirectory.resolve("unlocked"));
    }

    /**
     * Makes sure that keys can be kept here, before somebody is asked for a passphrase.
     *
     * @throws Failure on systems whose store for secrets is not served
     */
    public void check() throws Failure {
        vault();
    }

    /** The key of a store, which the caller closes; null when none is kept. */
    public @Nullable StoreKey find(UUID repository) {
        Path mark = mark(repository);
        if (vault == null || !Files.exists(mark)) {
            return null;
        }
        byte[] secret = vault.find(name(repository));
        if (secret == null || secret.length != StoreKey.BYTES) {
            unmark(mark);
            return null;
        }
        try {
            return StoreKey.of(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Keeps a copy of {@code key}, in place of an earlier one. */
    public void keep(UUID repository, StoreKey key, Duration duration) throws Failure {
        Path mark = mark(repository);
        byte[] secret = key.getEncoded();
        try {
            vault().keep(name(repository), secret, duration);
            Directories.make(marks);
            if (!Files.exists(mark)) {
                Files.createFile(mark);
            }
        } catch (IOException e) {
            vault().forget(name(repository));
            throw new Failure(
                    ExitCode.FAILURE,
                    "could not make " + mark + ": " + SystemMessages.of(e),
                    "choose another data directory with -datadir",
                    e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Forgets the key of a store, and tells whether there was one. */
    public boolean forget(UUID repository) throws Failure {
        boolean found = vault().forget(name(repository));
        unmark(mark(repository));
        return found;
    }

    private Vault vault() throws Failure {
        if (vault == null) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "keeping keys is not supported on this system yet",
                    "use -keyfile FILE or passphrase_cmd in the store's configuration");
        }
        return vault;
    }

    private static String name(UUID repository) {
        return "plakar:" + repository;
    }

    private Path mark(UUID repository) {
        return marks.resolve(repository.toString());
    }

    private static void unmark(Path mark) {
        try {
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            // It holds nothing, and costs a question to the system at the next start.
        }
    }
}
