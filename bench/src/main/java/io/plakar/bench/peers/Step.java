package io.plakar.bench.peers;

import java.util.Locale;

/** What every program is asked to do in a round, in this order. */
enum Step {
    INIT("make a store"),
    OPEN("list the snapshots of the empty store: what unlocking costs"),
    FIRST("back up everything"),
    UNCHANGED("back up again"),
    CHANGED("back up after 1 % has changed"),
    LS("list all paths of the newest snapshot"),
    CAT("print one file"),
    RESTORE("restore everything"),
    FOLDER("restore one folder"),
    CHECK("read and verify everything");

    private final String meaning;

    Step(String meaning) {
        this.meaning = meaning;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String meaning() {
        return meaning;
    }

    boolean isBackup() {
        return this == FIRST || this == UNCHANGED || this == CHANGED;
    }

    /** Whether the step opens a store that is there, and so contains the cost of {@link #OPEN}. */
    boolean opensStore() {
        return this != INIT && this != OPEN;
    }
}
