package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.Node.Folder;

/**
 * On whose behalf a call is made.
 *
 * @param base the folder that the paths of the call start at
 * @param contended whether writes are refused because others write
 */
record Caller(DropboxAccount account, Folder base, boolean contended) {
    DropboxTree tree() {
        return account.tree();
    }

    /** Passes when this call may write now. */
    void beginWrite() throws Refusal {
        if (contended) {
            throw Refusal.write("too_many_write_operations");
        }
    }
}
