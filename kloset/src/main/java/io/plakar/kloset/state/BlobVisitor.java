package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.util.List;

/** Receives one blob after the other with all its copies. */
@FunctionalInterface
public interface BlobVisitor {
    /** @param copies usable ones first, then those in coloured packfiles; never empty, valid during the call only */
    void blob(long ordinal, int type, Mac blob, List<BlobLocation> copies) throws KlosetException;
}
