package io.plakar.server.api;

/** A file was asked for its children. */
final class NotADirectory extends Exception {
    private static final long serialVersionUID = 1;

    NotADirectory() {
        super("not a directory", null, false, false);
    }
}
