package io.plakar.kloset.repository;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.SideTask;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.chunking.FastCdc;
import io.plakar.kloset.codec.Blake3;
import io.plakar.kloset.codec.Canary;
import io.plakar.kloset.codec.Codec;
import io.plakar.kloset.codec.Compression;
import io.plakar.kloset.codec.Encryption;
import io.plakar.kloset.codec.KeyDerivation;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.codec.StoreKey;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.state.BlobLocation;
import io.plakar.kloset.state.PackfileRecord;
import io.plakar.kloset.state.StateIndex;
import io.plakar.kloset.state.StateReader;
import io.plakar.kloset.state.StateVisitor;
import io.plakar.kloset.state.StateWriter;
import io.plakar.kloset.wrapper.WrappedType;
import io.plakar.kloset.wrapper.Wrapper;
import io.plakar.kloset.wrapper.WrapperInputStream;
import io.plakar.kloset.wrapper.WrapperOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open, unlocked store: reads blobs, lists snapshots, and is what a {@link RepositoryWriter} writes into. Safe for use
 * by many threads. Closing wipes the key and closes the connector.
 */
public final class Repository implements BlobSource, AutoCloseable {
    /** Largest blob that is not a chunk: a bound against hostile compressed data. */
    private static final int LARGEST_METADATA = 256 << 20;

    private static final int LARGEST_CHUNK = 1 << 30;
    private static final int LARGEST_LOCK = 64 << 10;
    private static final long DEFAULT_PACKFILE_BYTES = 64L << 20;
    private static final int CONFIG_VERSION = 0x00010000;

    private final MeteredStore store;
    private final StoreConfiguration configuration;
    private final EngineContext context;
    private final MacAlgorithm macs;
    private final Codec codec;
    private final FastCdc chunking;
    private final StateIndex index;
    private final BlockReads blocks;
    private final byte[] key;
    private final ThreadLocal<byte[]> readBuffer = ThreadLocal.withInitial(() -> new byte[64 << 10]);
    private final List<String> damagedStates = new ArrayList<>();

    private Repository(
            MeteredStore store,
            StoreConfiguration configuration,
            EngineContext context,
            byte[] key,
            MacAlgorithm macs,
            Codec codec,
            FastCdc chunking,
            StateIndex index) {
        this.store = store;
        this.configuration = configuration;
        this.context = context;
        this.key = key;
        this.macs = macs;
        this.codec = codec;
        this.chunking = chunking;
        this.index = index;
        this.blocks = new BlockReads(store);
    }

    /** Reads the configuration of a store, which needs no key. Nothing but its form is verified. */
    public static StoreConfiguration configuration(StoreConnector connector) throws KlosetException {
        return decodeConfiguration(readConfiguration(connector));
    }

    private static byte[] readConfiguration(StoreConnector connector) throws KlosetException {
        try {
            return connector.open();
        } catch (ConnectorException e) {
            throw new KlosetException.Unreachable(String.valueOf(e.getMessage()), e);
        }
    }

    private static StoreConfiguration decodeConfiguration(byte[] object) throws KlosetException {
        int version = Wrapper.version(object, WrappedType.CONFIG, "CONFIG");
        if (version != CONFIG_VERSION) {
            throw new KlosetException.UnsupportedVersion("incompatible repository version: " + Wrapper.text(version)
                    + " != " + Wrapper.text(CONFIG_VERSION));
        }
        return ConfigurationCodec.decode(Wrapper.payload(object, "CONFIG"));
    }

    /**
     * Makes a store.
     *
     * @param passphrase null for a plaintext store; not kept, not wiped
     */
    public static void create(
            StoreConnector connector, CreateOptions options, byte @Nullable [] passphrase, EngineContext context)
            throws KlosetException {
        String hashing = options.hashing().toUpperCase(Locale.ROOT);
        if (!hashing.equals("BLAKE3") && !hashing.equals("SHA256")) {
            throw new KlosetException.Invalid("unknown hashing algorithm " + options.hashing());
        }
        StoreConfiguration.Encryption encryption = null;
        byte[] key = null;
        if (passphrase != null) {
            if (passphrase.length == 0) {
                throw new KlosetException.Invalid("can't encrypt the repository with an empty passphrase");
            }
            byte[] salt = new byte[16];
            context.random().nextBytes(salt);
            KeyDerivation derivation = KeyDerivation.Argon2id.DEFAULT;
            key = derivation.derive(passphrase, salt);
            try (Encryption cipher = Encryption.of(
                    Encryption.AES256_KW,
                    Encryption.AES256_GCM_SIV,
                    Encryption.DEFAULT_PIECE,
                    StoreKey.of(key),
                    context.random())) {
                encryption = new StoreConfiguration.Encryption(
                        Encryption.AES256_KW,
                        Encryption.AES256_GCM_SIV,
                        Encryption.DEFAULT_PIECE,
                        derivation,
                        salt,
                        Canary.create(cipher, context.random()));
            }
        }
        byte[] uuid = new byte[16];
        context.random().nextBytes(uuid);
        uuid[6] = (byte) (uuid[6] & 0x0f | 0x40);
        uuid[8] = (byte) (uuid[8] & 0x3f | 0x80);
        ByteBuffer id = ByteBuffer.wrap(uuid);
        StoreConfiguration configuration = new StoreConfiguration(
                context.clock().instant(),
                new UUID(id.getLong(), id.getLong()),
                new StoreConfiguration.PackfileSizes(0, 0, options.singlePackfile() ? -1 : DEFAULT_PACKFILE_BYTES),
                new StoreConfiguration.Chunking("fastcdc-v1.0.0", 512 << 10, 1 << 20, 8 << 20),
                new StoreConfiguration.Hashing(hashing, 256),
                options.compressed() ? new StoreConfiguration.Compression("LZ4", 131072, -1, -1, -1, false) : null,
                encryption);
        byte[] payload = ConfigurationCodec.encode(configuration);
        byte[] object = Arrays.copyOf(
                Wrapper.header(WrappedType.CONFIG), Wrapper.HEADER_BYTES + payload.length + Wrapper.TRAILER_BYTES);
        System.arraycopy(payload, 0, object, Wrapper.HEADER_BYTES, payload.length);
        int end = object.length - Wrapper.TRAILER_BYTES;
        System.arraycopy(Blake3.hash(key, object, 0, end), 0, object, end, Wrapper.TRAILER_BYTES);
        if (key != null) {
            Arrays.fill(key, (byte) 0);
        }
        try {
            connector.create(object);
        } catch (ConnectorException e) {
            throw new KlosetException.Unreachable(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Opens a store and brings the local index up to date with its states.
     *
     * @param connector closed by {@link #close()}, and by the caller when this throws
     * @param passphrase may be null for a plaintext store; not kept, not wiped
     * @throws KlosetException.NotAuthentic when it is wrong, or missing
     */
    public static Repository open(StoreConnector connector, byte @Nullable [] passphrase, EngineContext context)
            throws KlosetException {
        MeteredStore store = new MeteredStore(connector);
        byte[] object = readConfiguration(store);
        StoreConfiguration configuration = decodeConfiguration(object);
        return open(store, configuration, key(configuration, object, passphrase, context), context);
    }

    /**
     * Opens an encrypted store with the key that {@link #deriveKey} gave. It is verified as one just derived would be.
     *
     * @param connector closed by {@link #close()}, and by the caller when this throws
     * @param key copied; closed by the caller
     * @throws KlosetException.NotAuthentic when it is not the store's key, or the store has none
     */
    public static Repository openWithKey(StoreConnector connector, StoreKey key, EngineContext context)
            throws KlosetException {
        MeteredStore store = new MeteredStore(connector);
        byte[] object = readConfiguration(store);
        StoreConfiguration configuration = decodeConfiguration(object);
        StoreConfiguration.Encryption encryption = configuration.encryption();
        if (encryption == null) {
            throw new KlosetException.NotAuthentic("the store is not encrypted, so it has no key");
        }
        byte[] own = key.getEncoded();
        verifyKey(encryption, object, own, "the key is not that of this store", context);
        return open(store, configuration, own, context);
    }

    /**
     * The key of an encrypted store, for {@link #openWithKey}. Nothing but the configuration is read.
     *
     * @param connector stays open
     * @param passphrase not kept, not wiped
     * @return a verified key, closed by the caller
     * @throws KlosetException.NotAuthentic when the passphrase is wrong, or the store is not encrypted
     */
    public static StoreKey deriveKey(StoreConnector connector, byte[] passphrase, EngineContext context)
            throws KlosetException {
        byte[] object = readConfiguration(connector);
        StoreConfiguration configuration = decodeConfiguration(object);
        if (!configuration.encrypted()) {
            throw new KlosetException.NotAuthentic("the store is not encrypted, so it has no key");
        }
        byte[] key = key(configuration, object, passphrase, context);
        try {
            return StoreKey.of(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** @param key taken over, wiped by {@link #close()} */
    private static Repository open(
            MeteredStore store, StoreConfiguration configuration, byte[] key, EngineContext context)
            throws KlosetException {
        MacAlgorithm macs = MacAlgorithm.of(configuration.hashing().algorithm(), key);
        StoreConfiguration.Chunking cut = configuration.chunking();
        if (Integer.compareUnsigned(cut.max(), LARGEST_CHUNK) > 0) {
            throw new KlosetException.UnsupportedVersion(
                    "the store's chunks of up to " + Integer.toUnsignedString(cut.max()) + " bytes are too large");
        }
        FastCdc chunking = FastCdc.of(cut.algorithm(), cut.min(), cut.normal(), cut.max());
        Codec codec = codec(configuration, key, context);
        StateIndex index = StateIndex.open(cacheDirectory(store, configuration, context), context.scratchDirectory());
        Repository repository = new Repository(store, configuration, context, key, macs, codec, chunking, index);
        boolean opened = false;
        try {
            repository.refresh();
            opened = true;
        } finally {
            if (!opened) {
                index.close();
                codec.close();
                Arrays.fill(key, (byte) 0);
            }
        }
        return repository;
    }

    private static Codec codec(StoreConfiguration configuration, byte[] key, EngineContext context)
            throws KlosetException {
        StoreConfiguration.Compression compression = configuration.compression();
        StoreConfiguration.Encryption encryption = configuration.encryption();
        return Codec.of(
                Compression.of(compression == null ? null : compression.algorithm()),
                encryption == null ? null : cipher(encryption, key, context));
    }

    private static Encryption cipher(StoreConfiguration.Encryption encryption, byte[] key, EngineContext context)
            throws KlosetException {
        return Encryption.of(
                encryption.subKeyAlgorithm(),
                encryption.dataAlgorithm(),
                encryption.chunkSize(),
                StoreKey.of(key),
                context.random());
    }

    private static byte[] key(
            StoreConfiguration configuration, byte[] object, byte @Nullable [] passphrase, EngineContext context)
            throws KlosetException {
        StoreConfiguration.Encryption encryption = configuration.encryption();
        if (encryption == null) {
            verifyConfiguration(object, null);
            return MacAlgorithm.plainHash(
                    configuration.hashing().algorithm(), ConfigurationCodec.bytes(configuration.repositoryId()));
        }
        if (passphrase == null) {
            throw new KlosetException.NotAuthentic("the store is encrypted and no passphrase was given");
        }
        SideTask<Boolean> warmUp = SideTask.start("warm-up", () -> {
            warmUp(configuration, context);
            return true;
        });
        byte[] key;
        try {
            key = encryption.keyDerivation().derive(passphrase, encryption.salt());
        } finally {
            warmUp.join();
        }
        verifyKey(encryption, object, key, "failed to unlock repository: the passphrase is wrong", context);
        return key;
    }

    /**
     * Loads and tries the ciphers while the key is being derived: a derivation keeps one core busy for a second, and the
     * native libraries take a good part of one.
     */
    private static void warmUp(StoreConfiguration configuration, EngineContext context) {
        try (Codec codec = codec(configuration, new byte[StoreKey.BYTES], context)) {
            codec.warmUp();
            MacAlgorithm.of(configuration.hashing().algorithm(), new byte[StoreKey.BYTES])
                    .mac(new byte[1024]);
        } catch (KlosetException e) {
            // What does not work is said by whoever needs it.
        }
    }

    /** Wipes the key when it is not the right one. */
    private static void verifyKey(
            StoreConfiguration.Encryption encryption,
            byte[] object,
            byte[] key,
            String complaint,
            EngineContext context)
            throws KlosetException {
        boolean verified = false;
        try (Encryption cipher = cipher(encryption, key, context)) {
            if (!Canary.verify(cipher, encryption.canary())) {
                throw new KlosetException.NotAuthentic(complaint);
            }
            verifyConfiguration(object, key);
            verified = true;
        } finally {
            if (!verified) {
                Arrays.fill(key, (byte) 0);
            }
        }
    }

    /** CONFIG is always authenticated with BLAKE3, whatever the store hashes with (format-storage §4.1). */
    private static void verifyConfiguration(byte[] object, byte @Nullable [] key) throws KlosetException {
        int end = object.length - Wrapper.TRAILER_BYTES;
        if (!MessageDigest.isEqual(Blake3.hash(key, object, 0, end), Arrays.copyOfRange(object, end, object.length))) {
            throw new KlosetException.Corrupt("CONFIG is damaged: its bytes do not match its MAC");
        }
    }

    /** Stores with one id can exist twice (a copy of a directory): the place is part of the name. */
    private static Path cacheDirectory(StoreConnector store, StoreConfiguration configuration, EngineContext context) {
        byte[] place = (store.type() + '\0' + store.origin() + '\0' + store.root()).getBytes(StandardCharsets.UTF_8);
        Mac hash = Mac.of(Blake3.hash(null, place, 0, place.length));
        return context.cacheDirectory().resolve(configuration.repositoryId() + "-" + hash.toShortHex());
    }

    /** Reads the states that appeared in the store since; damaged ones are kept for {@link #damagedStates()}. */
    public synchronized void refresh() throws KlosetException {
        List<Mac> ids = new ArrayList<>();
        try {
            store.list(Resource.STATE, ids::add);
        } catch (ConnectorException e) {
            throw unreachable("cannot list the states", e);
        }
        damagedStates.clear();
        List<Mac> unknown = index.unknown(ids);
        if (blocks.far()) {
            try (ReadAhead ahead = new ReadAhead(store, Resource.STATE, unknown)) {
                for (Mac id : unknown) {
                    take(id, ahead::next);
                }
            }
        } else {
            for (Mac id : unknown) {
                take(id, () -> store.get(Resource.STATE, id));
            }
        }
        index.refresh(ids);
    }

    private void take(Mac id, Opening opening) throws KlosetException {
        try {
            readState(id, opening, index::add);
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            damagedStates.add(String.valueOf(e.getMessage()));
        }
    }

    /** Opens the bytes of an object. */
    private interface Opening {
        InputStream open() throws IOException;
    }

    /** Takes the decoded stream of a state; must read it to its end. */
    private interface StateConsumer {
        void accept(Mac id, int version, InputStream plain) throws KlosetException;
    }

    private void readState(Mac id, Opening opening, StateConsumer consumer) throws KlosetException {
        String what = "state " + id;
        try (InputStream raw = opening.open();
                WrapperInputStream object = new WrapperInputStream(raw, WrappedType.STATE, macs, what);
                InputStream plain = codec.decoder(object)) {
            consumer.accept(id, object.version(), plain);
        } catch (KlosetException.UnsupportedVersion e) {
            throw authentic(Resource.STATE, id, what)
                    ? e
                    : new KlosetException.Corrupt(what + " is damaged: its bytes do not match its MAC", e);
        } catch (ConnectorException e) {
            if (e.reason() == ConnectorException.Reason.MISSING) {
                throw new KlosetException.Missing(what + " is gone", e);
            }
            throw unreachable("cannot read " + what, e);
        } catch (IOException e) {
            if (e.getCause() instanceof KlosetException cause) {
                throw cause;
            }
            throw new KlosetException.Corrupt(what + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether an object's MAC fits: a version from the future may be a flipped bit. */
    private boolean authentic(Resource resource, Mac id, String what) throws KlosetException {
        try (InputStream in = store.get(resource, id)) {
            byte[] object = in.readNBytes(LARGEST_METADATA);
            Wrapper.payload(object, what);
            Wrapper.verify(object, macs, what);
            return true;
        } catch (KlosetException.Corrupt e) {
            return false;
        } catch (ConnectorException e) {
            throw unreachable("cannot read " + what, e);
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads every state of the store again and tells of those that are damaged. */
    public void verifyStates(Consumer<String> damaged) throws KlosetException {
        List<Mac> ids = new ArrayList<>();
        try {
            store.list(Resource.STATE, ids::add);
        } catch (ConnectorException e) {
            throw unreachable("cannot list the states", e);
        }
        List<String> known = damagedStates();
        for (Mac id : ids) {
            try {
                readState(
                        id,
                        () -> store.get(Resource.STATE, id),
                        (state, version, plain) -> StateReader.read(state, version, plain, new StateVisitor() {}));
            } catch (KlosetException.Corrupt | KlosetException.Missing e) {
                if (!known.contains(e.getMessage())) {
                    damaged.accept(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    /**
     * Looks which packfiles the store really has, so that a backup stores again what lay in lost ones instead of relying
     * on it.
     *
     * @return whether some are lost: what still is there may then refer to what is not
     */
    public boolean excludeLostPackfiles(Consumer<String> warnings) throws KlosetException {
        if (store.flags().contains(ConnectorFlag.FILE)) {
            return false; // the one packfile of a ptar has a fixed name
        }
        Set<Mac> lost = new HashSet<>();
        for (PackfileRecord packfile : index.packfiles()) {
            lost.add(packfile.packfile());
        }
        try {
            store.list(Resource.PACKFILE, lost::remove);
        } catch (ConnectorException e) {
            throw unreachable("cannot list the packfiles", e);
        }
        if (!lost.isEmpty()) {
            warnings.accept(lost.size() + (lost.size() == 1 ? " packfile is" : " packfiles are")
                    + " missing from the store; what this backup needs of them is stored again. Run a check");
        }
        index.exclude(lost);
        return !lost.isEmpty();
    }

    /** One line for each state of the store that could not be read; what it describes is not visible. */
    public synchronized List<String> damagedStates() {
        return List.copyOf(damagedStates);
    }

    public StoreConfiguration configuration() {
        return configuration;
    }

    /** The place behind this store. */
    public StoreConnector store() {
        return store;
    }

    public EngineContext context() {
        return context;
    }

    public StateIndex index() {
        return index;
    }

    /** The MAC algorithm of this store, with its key. */
    public MacAlgorithm macs() {
        return macs;
    }

    public Codec codec() {
        return codec;
    }

    public FastCdc chunking() {
        return chunking;
    }

    public long bytesFetched() {
        return store.bytesFetched();
    }

    public long bytesStored() {
        return store.bytesStored();
    }

    public long requests() {
        return store.requests();
    }

    @Override
    public boolean contains(BlobType type, Mac id) {
        return index.contains(type.number(), id);
    }

    /** The same blobs, for a reader who can tell beforehand what it needs. */
    public PlannedReads plannedReads() {
        return new PlannedReads(this, blocks);
    }

    @Override
    public byte[] get(BlobType type, Mac id) throws KlosetException {
        return get(type, id, BlockReads.Expected.NOTHING);
    }

    /** @param expected what else of the packfile will be needed */
    byte[] get(BlobType type, Mac id, BlockReads.Expected expected) throws KlosetException {
        BlobLocation first = index.find(type.number(), id);
        if (first == null) {
            throw new KlosetException.Missing(
                    type.label() + " " + id + " is in no packfile that the store's states know");
        }
        try {
            return get(type, id, first, expected);
        } catch (KlosetException.Missing | KlosetException.Corrupt e) {
            for (BlobLocation other : index.findAll(type.number(), id)) {
                if (!other.equals(first)) {
                    try {
                        return get(type, id, other, expected);
                    } catch (KlosetException.Missing | KlosetException.Corrupt again) {
                        e.addSuppressed(again);
                    }
                }
            }
            throw e;
        }
    }

    private byte[] get(BlobType type, Mac id, BlobLocation at, BlockReads.Expected expected) throws KlosetException {
        byte[] buffer = readBuffer.get();
        if (buffer.length < at.length()) {
            buffer = new byte[at.length()];
            if (at.length() <= 16 << 20) {
                readBuffer.set(buffer);
            }
        }
        try {
            ByteBuffer into = ByteBuffer.wrap(buffer, 0, at.length());
            blocks.read(at.packfile(), Wrapper.HEADER_BYTES + at.offset(), into, expected);
        } catch (ConnectorException e) {
            String message = describe(type, id, at) + ": " + e.getMessage();
            throw switch (e.reason()) {
                case MISSING -> new KlosetException.Missing(message, e);
                case MALFORMED -> new KlosetException.Corrupt(message, e);
                default -> new KlosetException.Unreachable("cannot read " + message, e);
            };
        }
        return decode(type, id, buffer, 0, at.length(), at);
    }

    /**
     * Decodes and verifies a blob read by somebody else.
     *
     * @param at where it came from, for the message
     */
    public byte[] decode(BlobType type, Mac id, byte[] encoded, int offset, int length, BlobLocation at)
            throws KlosetException {
        byte[] plain;
        try {
            plain = codec.decode(
                    ByteBuffer.wrap(encoded, offset, length),
                    type == BlobType.CHUNK ? chunking.maxSize() : LARGEST_METADATA);
        } catch (KlosetException.Corrupt e) {
            throw new KlosetException.Corrupt(describe(type, id, at) + " is damaged: " + e.getMessage(), e);
        }
        boolean keyIsMac = type != BlobType.SNAPSHOT && type != BlobType.SIGNATURE;
        if (keyIsMac && !macs.mac(plain, 0, plain.length).equals(id)) {
            throw new KlosetException.Corrupt(describe(type, id, at) + " is damaged: its bytes do not match its MAC");
        }
        return plain;
    }

    /** {@code chunk 12ab… (packfile 34cd…, offset 56, 78 bytes)}. */
    static String describe(BlobType type, Mac id, BlobLocation at) {
        return type.label() + " " + id + " (packfile " + at.packfile() + ", offset " + at.offset() + ", " + at.length()
                + " bytes)";
    }

    /** All live snapshots, newest first. One that cannot be read goes to {@code damaged} with its reason. */
    public List<SnapshotHeader> snapshots(BiConsumer<Mac, KlosetException> damaged) throws KlosetException {
        List<SnapshotHeader> headers = new ArrayList<>();
        List<Mac> ids = index.snapshots();
        if (blocks.far()) {
            // Side by side, since each costs a request.
            try (ExecutorService threads = Executors.newFixedThreadPool(
                    ReadAhead.REQUESTS, Thread.ofVirtual().name("headers-", 0).factory())) {
                List<Future<SnapshotHeader>> coming = new ArrayList<>();
                ids.forEach(id -> coming.add(threads.submit(() -> header(id))));
                for (int i = 0; i < ids.size(); i++) {
                    try {
                        headers.add(result(coming.get(i)));
                    } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                        damaged.accept(ids.get(i), e);
                    }
                }
            }
        } else {
            for (Mac id : ids) {
                try {
                    headers.add(header(id));
                } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                    damaged.accept(id, e);
                }
            }
        }
        headers.sort(Comparator.comparing(SnapshotHeader::timestamp).reversed().thenComparing(SnapshotHeader::id));
        return headers;
    }

    private static SnapshotHeader result(Future<SnapshotHeader> coming) throws KlosetException {
        try {
            return coming.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KlosetException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KlosetException.Cancelled("interrupted");
        }
    }

    public List<SnapshotHeader> snapshots() throws KlosetException {
        return snapshots((id, e) -> {});
    }

    public SnapshotHeader header(Mac id) throws KlosetException {
        return SnapshotHeader.decode(get(BlobType.SNAPSHOT, id));
    }

    /** The files of a snapshot. */
    public SnapshotTree tree(SnapshotHeader header) throws KlosetException {
        return new SnapshotTree(this, header);
    }

    /** Hides a snapshot for good; its data stays until maintenance (format-storage §12.1). */
    public void removeSnapshot(Mac id) throws KlosetException {
        refresh();
        writeState(random(), out -> out.coloured(BlobType.SNAPSHOT.number(), id, nowNanos()));
    }

    /** What goes into a state; called once per copy that is made of it. */
    interface StateContent {
        void writeTo(StateWriter out) throws IOException;
    }

    /** Writes a state and takes it into the local index. */
    void writeState(Mac id, StateContent content) throws KlosetException {
        Mac parent = index.newestState();
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        boolean ptar = configuration.packfile().max() == -1;
        try {
            StateWriter state = new StateWriter(plain, parent == null ? Mac.ZERO : parent);
            content.writeTo(state);
            state.finish(nowNanos(), ptar ? configuration.repositoryId() : new UUID(0, 0));
        } catch (IOException e) {
            throw new IllegalStateException("a byte array does not fail", e);
        }
        byte[] bytes = plain.toByteArray();
        try (ObjectWriter writer = store.put(Resource.STATE)) {
            WrapperOutputStream object = new WrapperOutputStream(writer, WrappedType.STATE, macs);
            try (OutputStream encoded = codec.encoder(object)) {
                encoded.write(bytes);
            }
            object.finish();
            writer.commit(id);
        } catch (ConnectorException e) {
            throw unreachable("cannot write state " + id, e);
        } catch (IOException e) {
            throw new KlosetException.Corrupt("cannot encode state " + id + ": " + e.getMessage(), e);
        }
        if (!ptar) {
            index.add(id, WrappedType.STATE.version(), new ByteArrayInputStream(bytes));
            List<Mac> known = new ArrayList<>();
            index.states().forEach(state -> known.add(state.id()));
            if (!known.contains(id)) {
                known.add(id);
            }
            index.refresh(known);
        }
    }

    /** All locks; those that cannot be read go to {@code damaged}. */
    public List<StoreLock> locks(Consumer<String> damaged) throws KlosetException {
        List<Mac> ids = new ArrayList<>();
        try {
            store.list(Resource.LOCK, ids::add);
        } catch (ConnectorException e) {
            throw unreachable("cannot list the locks", e);
        }
        List<StoreLock> locks = new ArrayList<>();
        for (Mac id : ids) {
            try {
                locks.add(readLock(id));
            } catch (KlosetException.Missing e) {
                // released in between
            } catch (KlosetException.Corrupt e) {
                damaged.accept(e.getMessage());
            }
        }
        return locks;
    }

    StoreLock readLock(Mac id) throws KlosetException {
        String what = "lock " + id;
        byte[] object;
        try (InputStream in = store.get(Resource.LOCK, id)) {
            object = in.readNBytes(LARGEST_LOCK);
        } catch (ConnectorException e) {
            if (e.reason() == ConnectorException.Reason.MISSING) {
                throw new KlosetException.Missing(what + " is gone", e);
            }
            throw unreachable("cannot read " + what, e);
        } catch (IOException e) {
            throw new KlosetException.Corrupt(what + " cannot be read: " + e.getMessage(), e);
        }
        byte[] payload = Wrapper.unwrap(WrappedType.LOCK, object, macs, what).payload();
        return StoreLock.decode(id, codec.decode(payload, LARGEST_LOCK));
    }

    void writeLock(StoreLock lock) throws KlosetException {
        byte[] plain = lock.encode();
        ByteBuffer encoded = codec.encode(plain, 0, plain.length);
        byte[] payload = new byte[encoded.remaining()];
        encoded.get(payload);
        try (ObjectWriter writer = store.put(Resource.LOCK)) {
            writer.write(ByteBuffer.wrap(Wrapper.wrap(WrappedType.LOCK, payload, macs)));
            writer.commit(lock.id());
        } catch (ConnectorException e) {
            throw unreachable("cannot write a lock", e);
        }
    }

    void deleteLock(Mac id) throws KlosetException {
        try {
            store.delete(Resource.LOCK, id);
        } catch (ConnectorException e) {
            throw unreachable("cannot remove lock " + id, e);
        }
    }

    /** Thirty-two fresh random bytes. */
    public Mac random() {
        byte[] bytes = new byte[Mac.BYTES];
        context.random().nextBytes(bytes);
        return Mac.of(bytes);
    }

    long nowNanos() {
        Instant now = context.clock().instant();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    }

    /** Wraps a connector's failure; the message says what was being done. */
    public KlosetException unreachable(String doing, ConnectorException e) {
        return new KlosetException.Unreachable(doing + ": " + e.getMessage(), e);
    }

    @Override
    public void close() throws KlosetException {
        index.close();
        codec.close();
        Arrays.fill(key, (byte) 0);
        try {
            store.close();
        } catch (ConnectorException e) {
            throw unreachable("cannot close the store", e);
        }
    }
}
