package io.plakar.server.job;

/** Where a job is. */
public enum JobState {
    /** Waits for those before it. */
    QUEUED,
    RUNNING,
    SUCCEEDED,
    /** Done, but not with everything: its log says with what not. */
    WARNINGS,
    FAILED,
    CANCELLED;

    public boolean isEnd() {
        return this != QUEUED && this != RUNNING;
    }
}
