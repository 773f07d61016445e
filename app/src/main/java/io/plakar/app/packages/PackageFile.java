package io.plakar.app.packages;

import io.plakar.app.ConfiguredNames;
import io.plakar.app.Connectors;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.Mac;
import io.plakar.connector.StoreConnector;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.backup.Backup;
import io.plakar.kloset.backup.BackupListener;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.BackupResult;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.repository.CreateOptions;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.restore.Restore;
import io.plakar.kloset.restore.RestoreListener;
import io.plakar.kloset.restore.RestoreOptions;
import io.plakar.kloset.restore.RestoreResult;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Makes and unpacks package files: plaintext ptar archives with one snapshot. */
final class PackageFile {
    private final Connectors connectors;
    private final ConnectorContext connectorContext;
    private final EngineContext engineContext;

    PackageFile(Connectors connectors, ConnectorContext connectorContext, EngineContext engineContext) {
        this.connectors = connectors;
        this.connectorContext = connectorContext;
        this.engineContext = engineContext;
    }

    /**
     * Makes {@code target}, which must not exist.
     *
     * @param context facts about the run for the snapshot's header
     * @return the snapshot's id
     */
    Mac create(Path target, List<PackagedFile> files, List<SnapshotHeader.Pair> context)
            throws Failure, KlosetException, IOException {
        StoreConnector connector = connectors.store("ptar:" + target, Map.of(), ConfiguredNames.NONE, connectorContext);
        boolean opened = false;
        try {
            connector.checkCreatable();
            Repository.create(connector, new CreateOptions("BLAKE3", true, true), null, engineContext);
            try (Repository repository = Repository.open(connector, null, engineContext)) {
                opened = true;
                BackupResult result = Backup.run(
                        repository,
                        List.of(new PackageSource(files, engineContext.clock().instant())),
                        options(context),
                        BackupListener.NONE);
                if (result.errors() > 0) {
                    throw new Failure(ExitCode.FAILURE, "failed to read the files of the package");
                }
                return result.snapshot();
            }
        } finally {
            if (!opened) {
                connector.close();
            }
        }
    }

    private static BackupOptions options(List<SnapshotHeader.Pair> context) {
        return new BackupOptions(
                "default", "", "", "", "", "", List.of(), null, false, false, ExcludeRules.NONE, context);
    }

    /** Unpacks {@code file} into {@code directory}, which must not exist. */
    void unpack(Path file, Path directory, PackageListener listener) throws Failure, KlosetException, IOException {
        StoreConnector connector = connectors.store("ptar:" + file, Map.of(), ConfiguredNames.NONE, connectorContext);
        boolean opened = false;
        try {
            if (Repository.configuration(connector).encrypted()) {
                throw new Failure(ExitCode.FAILURE, "this is no package: it is encrypted");
            }
            try (Repository repository = Repository.open(connector, null, engineContext)) {
                opened = true;
                List<SnapshotHeader> snapshots = repository.snapshots();
                if (snapshots.size() != 1) {
                    throw new Failure(
                            ExitCode.FAILURE,
                            "this is no package: it holds " + snapshots.size() + " snapshots instead of one");
                }
                restore(repository, snapshots.getFirst(), directory, listener);
            }
        } finally {
            if (!opened) {
                connector.close();
            }
        }
    }

    private void restore(Repository repository, SnapshotHeader header, Path directory, PackageListener listener)
            throws Failure, KlosetException, ConnectorException, IOException {
        ExportOptions permissionsOnly = new ExportOptions(false, false, true, false, false);
        try (Exporter exporter = connectors.exporter(
                "fs:" + directory, Map.of(), permissionsOnly, ConfiguredNames.NONE, connectorContext)) {
            RestoreResult result = Restore.run(
                    repository,
                    header,
                    BytePath.ROOT,
                    exporter,
                    new RestoreOptions(RestoreOptions.Overwrite.ALWAYS, false),
                    new RestoreListener() {
                        @Override
                        public void done(BytePath path, io.plakar.connector.FileInfo info, Outcome outcome) {
                            listener.done(header.id(), path);
                        }
                    });
            if (result.errors() > 0) {
                throw new Failure(ExitCode.FAILURE, "the package could not be unpacked whole");
            }
        }
    }
}
