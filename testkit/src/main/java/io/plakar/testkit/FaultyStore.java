package io.plakar.testkit;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A store that breaks off: after a number of changes (objects committed or deleted) every further call fails, as if the
 * process or the line had died between two of them.
 */
public final class FaultyStore implements StoreConnector {
    private final StoreConnector store;
    private final AtomicLong changesLeft;
    private final Reason reason;

    /** @param changes how many commits and deletions still succeed */
    public FaultyStore(StoreConnector store, long changes, Reason reason) {
        this.store = store;
        this.changesLeft = new AtomicLong(changes);
        this.reason = reason;
    }

    private void change() throws ConnectorException {
        if (changesLeft.getAndDecrement() <= 0) {
            changesLeft.set(0);
            throw broken();
        }
    }

    private void use() throws ConnectorException {
        if (changesLeft.get() <= 0) {
            throw broken();
        }
    }

    private ConnectorException broken() {
        return new ConnectorException(reason, "the store broke off");
    }

    /** Changes that were not used up. */
    public long changesLeft() {
        return changesLeft.get();
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
        change();
        store.create(config);
    }

    @Override
    public void checkCreatable() throws ConnectorException {
        use();
        store.checkCreatable();
    }

    @Override
    public byte[] open() throws ConnectorException {
        use();
        return store.open();
    }

    @Override
    public void ping() throws ConnectorException {
        use();
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
        use();
        return store.size();
    }

    @Override
    public void list(Resource resource, Consumer<Mac> each) throws ConnectorException {
        use();
        store.list(resource, each);
    }

    @Override
    public List<String> foreignFiles(int limit) throws ConnectorException {
        use();
        return store.foreignFiles(limit);
    }

    @Override
    public ObjectWriter put(Resource resource) throws ConnectorException {
        use();
        ObjectWriter writer = store.put(resource);
        return new ObjectWriter() {
            @Override
            public void write(ByteBuffer bytes) throws ConnectorException {
                use();
                writer.write(bytes);
            }

            @Override
            public void commit(Mac name) throws ConnectorException {
                change();
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
        use();
        return store.get(resource, name);
    }

    @Override
    public void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        use();
        store.read(packfile, offset, into);
    }

    @Override
    public int readUpTo(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        use();
        return store.readUpTo(packfile, offset, into);
    }

    @Override
    public void delete(Resource resource, Mac name) throws ConnectorException {
        change();
        store.delete(resource, name);
    }

    @Override
    public void close() throws ConnectorException {
        store.close();
    }
}
