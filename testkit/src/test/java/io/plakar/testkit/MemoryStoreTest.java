package io.plakar.testkit;

import io.plakar.connector.StoreConformance;
import io.plakar.connector.StoreConnector;

class MemoryStoreTest extends StoreConformance {
    private final MemoryStore.Contents contents = new MemoryStore.Contents();

    @Override
    protected StoreConnector connect() {
        return new MemoryStore(contents, "memory");
    }
}
