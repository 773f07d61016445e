package io.plakar.kloset.repository;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** A store connector that counts the bytes going through it and the requests made. Safe for use by many threads. */
final class MeteredStore implements StoreConnector {
    private final StoreConnector store;
    private final LongAdder fetched = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder requests = new LongAdder();

    MeteredStore(StoreConnector store) {
        this.store = store;
    }

    long bytesFetched() {
        return fetched.sum();
    }

    long bytesStored() {
        return stored.sum();
    }

    long requests() {
        return requests.sum();
    }

    @Override
    public String origin() {
        return store.origin();
    }

    @Override
    public String type() {
        return store.type();
    }

    @Override
    public String root() {
        return store.root();
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return store.flags();
    }

    @Override
    public void create(byte[] config) throws ConnectorException {
        requests.increment();
        store.create(config);
        stored.add(config.length);
    }

    @Override
    public void checkCreatable() throws ConnectorException {
        store.checkCreatable();
    }

    @Override
    public byte[] open() throws ConnectorException {
        requests.increment();
        byte[] config = store.open();
        fetched.add(config.length);
        return config;
    }

    @Override
    public void ping() throws ConnectorException {
        store.ping();
    }

    @Override
    public boolean readable() {
        return store.readable();
    }

    @Override
    public boolean writable() {
        return store.writable();
    }

    @Override
    public long size() throws ConnectorException {
        return store.size();
    }

    @Override
    public void list(Resource resource, Consumer<Mac> each) throws ConnectorException {
        requests.increment();
        store.list(resource, each);
    }

    @Override
    public List<String> foreignFiles(int limit) throws ConnectorException {
        return store.foreignFiles(limit);
    }

    @Override
    public ObjectWriter put(Resource resource) throws ConnectorException {
        requests.increment();
        ObjectWriter writer = store.put(resource);
        return new ObjectWriter() {
            @Override
            public void write(ByteBuffer bytes) throws ConnectorException {
                int n = bytes.remaining();
                writer.write(bytes);
                stored.add(n);
            }

            @Override
            public void commit(Mac name) throws ConnectorException {
                writer.commit(name);
            }

            @Override
            public void close() throws ConnectorException {
                writer.close();
            }
        };
    }

    @Override
    public InputStream get(Resource resource, Mac name) throws ConnectorException {
        requests.increment();
        return new FilterInputStream(store.get(resource, name)) {
            @Override
            public int read() throws IOException {
                int b = in.read();
                if (b >= 0) {
                    fetched.increment();
                }
                return b;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int n = in.read(into, offset, length);
                if (n > 0) {
                    fetched.add(n);
                }
                return n;
            }
        };
    }

    @Override
    public void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        requests.increment();
        int n = into.remaining();
        store.read(packfile, offset, into);
        fetched.add(n);
    }

    @Override
    public int readUpTo(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        requests.increment();
        int n = store.readUpTo(packfile, offset, into);
        fetched.add(n);
        return n;
    }

    @Override
    public void delete(Resource resource, Mac name) throws ConnectorException {
        requests.increment();
        store.delete(resource, name);
    }

    @Override
    public void close() throws ConnectorException {
        store.close();
    }
}
