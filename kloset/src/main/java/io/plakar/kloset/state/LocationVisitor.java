package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;

/** Receives one location after the other. */
@FunctionalInterface
public interface LocationVisitor {
    void location(int type, Mac blob, Mac packfile, long offset, int length) throws KlosetException;
}
