package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.Node.Folder;

/**
 * On whose behalf a call is made.
 *
 * @param base the folder that the paths of the call start at
 */
record Caller(DropboxAccount account, Folder base) {
    DropboxTree tree() {
        return account.tree();
    }
}
