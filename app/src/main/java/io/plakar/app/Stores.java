package io.plakar.app;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.StoreConnector;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.StoreKey;
import io.plakar.kloset.repository.CreateOptions;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.repository.StoreConfiguration;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes and opens the store a word of the user means; says so when that cannot be done. */
public final class Stores {
    private final Connectors connectors;
    private final ConfiguredNames names;
    private final ConnectorContext connectorContext;
    private final EngineContext engineContext;
    private final KeyRing keyRing;

    /** @param keyRing asked for the key of an encrypted store before its passphrase is */
    public Stores(
            Connectors connectors,
            ConfiguredNames names,
            ConnectorContext connectorContext,
            EngineContext engineContext,
            KeyRing keyRing) {
        this.connectors = connectors;
        this.names = names;
        this.connectorContext = connectorContext;
        this.engineContext = engineContext;
        this.keyRing = keyRing;
    }

    /**
     * Opens the store at {@code place}; the caller closes it.
     *
     * @throws Failure with {@link ExitCode#NO_INPUT}, {@link ExitCode#NO_PERMISSION} or {@link ExitCode#CONFIG}
     */
    public Repository open(String place, Passphrases passphrases) throws Failure {
        StoreConnector connector = connect(place);
        boolean opened = false;
        try {
            Repository repository = open(connector, passphrases);
            opened = true;
            return repository;
        } catch (Failure e) {
            throw e;
        } catch (KlosetException e) {
            throw notOpened(place, e);
        } finally {
            if (!opened) {
                close(connector);
            }
        }
    }

    private StoreConnector connect(String place) throws Failure {
        try {
            return connectors.store(place, Map.of(), names, connectorContext);
        } catch (Failure e) {
            throw place.startsWith("@") && !isResolved(place) ? e : notOpened(place, e);
        } catch (ConnectorException e) {
            throw notOpened(place, e);
        }
    }

    /**
     * The store at {@code place} as it lies there, for whoever passes it on without reading it; the caller closes it.
     *
     * @param mayBeAbsent whether a place without a store will do
     * @throws Failure as {@link #open}
     */
    public StoreConnector openRaw(String place, boolean mayBeAbsent) throws Failure {
        StoreConnector connector = connect(place);
        boolean opened = false;
        try {
            Repository.configuration(connector);
            opened = true;
            return connector;
        } catch (KlosetException e) {
            if (mayBeAbsent
                    && e instanceof KlosetException.Unreachable unreachable
                    && unreachable.connectorFailure().reason() == ConnectorException.Reason.MISSING) {
                opened = true;
                return connector;
            }
            throw notOpened(place, e);
        } finally {
            if (!opened) {
                close(connector);
            }
        }
    }

    private Repository open(StoreConnector connector, Passphrases passphrases) throws KlosetException, Failure {
        StoreConfiguration configuration = Repository.configuration(connector);
        if (!configuration.encrypted()) {
            return Repository.open(connector, null, engineContext);
        }
        try (StoreKey key = keyRing.find(configuration.repositoryId())) {
            if (key != null) {
                return Repository.openWithKey(connector, key, engineContext);
            }
        } catch (KlosetException.NotAuthentic e) {
            // Another store of that id, or the passphrase was changed: the passphrase decides.
            keyRing.forget(configuration.repositoryId());
        }
        return passphrases.unlock(passphrase -> Repository.open(connector, passphrase, engineContext));
    }

    /**
     * Keeps the key of the store at {@code place}, so that it opens without its passphrase until {@code duration} is over.
     *
     * @return false when the store is not encrypted, and there is nothing to keep
     */
    public boolean unlock(String place, Passphrases passphrases, Duration duration)
            throws Failure, KlosetException, ConnectorException {
        keyRing.check();
        try (StoreConnector connector = connect(place)) {
            StoreConfiguration configuration = configuration(place, connector);
            if (!configuration.encrypted()) {
                return false;
            }
            try (StoreKey key =
                    passphrases.unlock(passphrase -> Repository.deriveKey(connector, passphrase, engineContext))) {
                keyRing.keep(configuration.repositoryId(), key, duration);
            }
            return true;
        }
    }

    /**
     * Forgets the key that {@link #unlock} kept.
     *
     * @return whether there was one
     */
    public boolean lock(String place) throws Failure, ConnectorException {
        keyRing.check();
        try (StoreConnector connector = connect(place)) {
            return keyRing.forget(configuration(place, connector).repositoryId());
        }
    }

    private StoreConfiguration configuration(String place, StoreConnector connector) throws Failure {
        try {
            return Repository.configuration(connector);
        } catch (KlosetException e) {
            throw notOpened(place, e);
        }
    }

    private boolean isResolved(String place) {
        try {
            return names.store(place.substring(1)).isPresent();
        } catch (Failure e) {
            return false;
        }
    }

    private Failure notOpened(String place, Exception cause) throws Failure {
        ExitCode code = cause instanceof KlosetException.UnsupportedVersion ? ExitCode.CONFIG : ExitCode.NO_INPUT;
        String where = connectors
                .storeLocation(
                        Connectors.resolveStore(place, names, new HashMap<>()), connectorContext.workingDirectory())
                .toString();
        return new Failure(
                code,
                "failed to open the repository at " + where + ": " + cause.getMessage()
                        + "\nTo specify an alternative repository, please use \"plakar at <location> <command>\".",
                remedy(place, cause),
                cause);
    }

    private static String remedy(String place, Exception cause) {
        if (cause instanceof KlosetException.Unreachable unreachable
                && unreachable.connectorFailure().reason() == ConnectorException.Reason.MISSING) {
            return "make a store there with `plakar at " + place + " create`";
        }
        return cause instanceof KlosetException.Corrupt
                ? "there is a store, but not all of it: put its CONFIG back from another copy"
                : ExitCode.remedy(cause);
    }

    /** Where a new store comes from: nothing is asked before it is clear that there is room for it. */
    public interface NewPassphrase {
        /** The passphrase, wiped after use. */
        byte[] get() throws Failure;
    }

    /**
     * Makes a store at {@code place}.
     *
     * @param passphrase null for a plaintext store
     */
    public void create(String place, CreateOptions options, @Nullable NewPassphrase passphrase)
            throws Failure, KlosetException, ConnectorException {
        try (StoreConnector connector = connectors.store(place, Map.of(), names, connectorContext)) {
            wipe(make(connector, options, passphrase));
        }
    }

    /**
     * Makes a store which is one file and opens it for writing; the file is complete when the repository is closed.
     *
     * @param overwrite whether a file that is there may be replaced
     * @param passphrase null for a plaintext store
     */
    public Repository createFile(
            String place, boolean overwrite, CreateOptions options, @Nullable NewPassphrase passphrase)
            throws Failure, KlosetException, ConnectorException {
        StoreConnector connector =
                connectors.store(place, Map.of("overwrite", String.valueOf(overwrite)), names, connectorContext);
        byte[] secret = null;
        boolean opened = false;
        try {
            secret = make(connector, options, passphrase);
            Repository repository = Repository.open(connector, secret, engineContext);
            opened = true;
            return repository;
        } finally {
            wipe(secret);
            if (!opened) {
                close(connector);
            }
        }
    }

    private byte @Nullable [] make(StoreConnector connector, CreateOptions options, @Nullable NewPassphrase passphrase)
            throws Failure, KlosetException, ConnectorException {
        connector.checkCreatable();
        byte[] secret = passphrase == null ? null : passphrase.get();
        boolean made = false;
        try {
            Repository.create(connector, options, secret, engineContext);
            made = true;
            return secret;
        } finally {
            if (!made) {
                wipe(secret);
            }
        }
    }

    private static void wipe(byte @Nullable [] secret) {
        if (secret != null) {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static void close(StoreConnector connector) {
        try {
            connector.close();
        } catch (ConnectorException e) {
            // The store could not be opened, which is being reported; nothing was written to it.
        }
    }
}
