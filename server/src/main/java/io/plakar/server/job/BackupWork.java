package io.plakar.server.job;

import io.plakar.app.Failure;
import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Importer;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.backup.Backup;
import io.plakar.kloset.backup.BackupListener;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.BackupResult;
import io.plakar.kloset.repository.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes one snapshot of some places. Run once. */
public final class BackupWork implements Work {
    private final Repository repository;
    private final WorkContext context;
    private final List<String> places;
    private final BackupOptions options;

    /** @param places as they would be written on the command line */
    public BackupWork(Repository repository, WorkContext context, List<String> places, BackupOptions options) {
        this.repository = repository;
        this.context = context;
        this.places = List.copyOf(places);
        this.options = options;
    }

    @Override
    public Result run(Job job) throws Failure, KlosetException, IOException {
        List<Importer> importers = new ArrayList<>();
        try {
            for (String place : places) {
                importers.add(
                        context.connectors().importer(place, Map.of(), context.names(), context.connectorContext()));
            }
            BackupResult result = Backup.run(repository, importers, options, new Listener(job));
            return new Result.Builder()
                    .with("snapshot", result.snapshot().toHex())
                    .with("files_new", result.filesNew())
                    .with("files_changed", result.filesChanged())
                    .with("files_unchanged", result.filesUnchanged())
                    .with("directories", result.directories())
                    .with("others", result.others())
                    .with("errors", result.errors())
                    .with("content_bytes", result.contentBytes())
                    .with("content_read", result.contentRead())
                    .with("bytes_stored", result.bytesStored())
                    .build(result.errors() == 0);
        } finally {
            for (Importer importer : importers) {
                importer.close();
            }
        }
    }

    /** Feeds a job. */
    private record Listener(Job job) implements BackupListener {
        @Override
        public void phase(Phase phase) {
            job.phase(phase.name().toLowerCase(Locale.ROOT));
        }

        @Override
        public void found(BytePath path, FileInfo info, long size) {
            job.planned(1, Math.max(0, size));
            job.current(path.toString());
        }

        @Override
        public void processed(long bytes) {
            job.done(0, bytes);
        }

        @Override
        public void done(BytePath path, FileInfo info, Outcome outcome) {
            job.done(1, 0);
        }

        @Override
        public void failed(BytePath path, String message) {
            job.log(LogLine.Level.ERROR, path.toString(), message);
        }

        @Override
        public void warning(String message) {
            job.log(LogLine.Level.WARNING, null, message);
        }
    }
}
