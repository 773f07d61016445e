package io.plakar.server.job;

/** The kinds of jobs. */
public enum JobKind {
    BACKUP,
    RESTORE,
    CHECK
}
