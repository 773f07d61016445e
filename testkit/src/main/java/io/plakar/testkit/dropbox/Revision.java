package io.plakar.testkit.dropbox;

import java.time.Instant;

/** One state of a file. Immutable; times have whole seconds. */
record Revision(
        String rev,
        String fileId,
        String name,
        ContentStore.Content content,
        String contentHash,
        Instant clientModified,
        Instant serverModified) {
    long size() {
        return content.size();
    }
}
