package io.plakar.server.job;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A directory of another destination as a destination. Safe for as many threads as the other; closing it closes nothing.
 */
final class ExporterBelow implements Exporter {
    private final Exporter whole;
    private final BytePath directory;

    ExporterBelow(Exporter whole, BytePath directory) {
        this.whole = whole;
        this.directory = directory;
    }

    private BytePath there(BytePath path) {
        return directory.resolve(path);
    }

    private ExportEntry there(ExportEntry entry) {
        return new ExportEntry(there(entry.path()), entry.info(), entry.linkTarget(), entry.xattrs());
    }

    @Override
    public String origin() {
        return whole.origin();
    }

    @Override
    public String type() {
        return whole.type();
    }

    @Override
    public String root() {
        return whole.root();
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return whole.flags();
    }

    @Override
    public void ping() throws ConnectorException {
        whole.ping();
    }

    @Override
    public Optional<FileInfo> existing(BytePath path) throws IOException {
        return whole.existing(there(path));
    }

    @Override
    public void makeDirectory(ExportEntry entry) throws IOException {
        whole.makeDirectory(there(entry));
    }

    @Override
    public List<String> writeFile(ExportEntry entry, FileBody body) throws IOException, InterruptedException {
        return whole.writeFile(there(entry), body);
    }

    @Override
    public boolean hardLink(ExportEntry entry, BytePath first) throws IOException {
        return whole.hardLink(there(entry), there(first));
    }

    @Override
    public List<String> makeSymlink(ExportEntry entry) throws IOException {
        return whole.makeSymlink(there(entry));
    }

    @Override
    public List<String> makeSpecial(ExportEntry entry) throws IOException {
        return whole.makeSpecial(there(entry));
    }

    @Override
    public List<String> finishDirectory(ExportEntry entry) throws IOException {
        return whole.finishDirectory(there(entry));
    }

    @Override
    public void close() {
        // The whole is closed by its owner.
    }
}
