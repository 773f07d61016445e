package io.plakar.server.job;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How far a job is. Counters that many threads add to; read at any time. */
public final class Progress {
    private final LongAdder files = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder totalFiles = new LongAdder();
    private final LongAdder totalBytes = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder warnings = new LongAdder();
    private volatile String phase = "";
    private volatile @Nullable String current;

    /** The counters at one moment. */
    public record Reading(
            String phase,
            long files,
            long bytes,
            long totalFiles,
            long totalBytes,
            long errors,
            long warnings,
            @Nullable String current) {}

    public Reading read() {
        return new Reading(
                phase,
                files.sum(),
                bytes.sum(),
                totalFiles.sum(),
                totalBytes.sum(),
                errors.sum(),
                warnings.sum(),
                current);
    }

    void planned(long moreFiles, long moreBytes) {
        totalFiles.add(moreFiles);
        totalBytes.add(moreBytes);
    }

    void done(long moreFiles, long moreBytes) {
        files.add(moreFiles);
        bytes.add(moreBytes);
    }

    void error() {
        errors.increment();
    }

    void warning() {
        warnings.increment();
    }

    void phase(String word) {
        phase = word;
    }

    void current(@Nullable String path) {
        current = path;
    }
}
