package io.plakar.kloset.repository;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.state.BlobLocation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The blobs of a repository for somebody who knows what will be needed. What is needed soon from a store far away comes in
 * few large requests instead of many small ones; with a near store nothing changes. Safe for use by many threads.
 */
public final class PlannedReads implements BlobSource {
    private final Repository repository;
    private final BlockReads blocks;
    private volatile boolean allMetadata;

    PlannedReads(Repository repository, BlockReads blocks) {
        this.repository = repository;
        this.blocks = blocks;
    }

    /** Whether plans make a difference. */
    public boolean useful() {
        return blocks.far();
    }

    /** Much of the metadata of a snapshot will be read: its packfiles are fetched whole. */
    public void expectMetadata() {
        allMetadata = true;
    }

    /** These blobs will be read soon; replaces what was expected before. */
    public void expect(BlobType type, Collection<Mac> ids) {
        List<BlobLocation> places = new ArrayList<>(ids.size());
        for (Mac id : ids) {
            BlobLocation place = repository.index().find(type.number(), id);
            if (place != null) {
                places.add(place);
            }
        }
        blocks.expect(places);
    }

    @Override
    public byte[] get(BlobType type, Mac id) throws KlosetException {
        // The chunks of listings lie together, but among those of files.
        BlockReads.Expected metadata = type == BlobType.CHUNK ? BlockReads.Expected.NEARBY : BlockReads.Expected.ALL;
        return repository.get(type, id, allMetadata ? metadata : BlockReads.Expected.NOTHING);
    }

    @Override
    public boolean contains(BlobType type, Mac id) {
        return repository.contains(type, id);
    }
}
