package io.plakar.bench.peers;

import java.nio.file.Path;

/**
 * Where one program works in one round.
 *
 * @param source the directory to back up
 * @param work a directory of the program's own
 * @param file one file below {@code source}
 * @param folder one directory below {@code source}, with about a twentieth of its files
 */
record Place(Path source, Path work, Path file, Path folder) {
    Path store() {
        return work.resolve("store");
    }

    Path cache() {
        return work.resolve("cache");
    }

    Path restored() {
        return work.resolve("restored");
    }
}
