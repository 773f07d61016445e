package io.plakar.app.packages;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;

/** Told what became part of a package, or was unpacked from one; from many threads. */
public interface PackageListener {
    void done(Mac snapshot, BytePath path);
}
