package io.plakar.connector.tar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.ImporterConformance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Every rule for sources, on an archive which is written anew for each importer. */
class TarImporterConformanceTest {
    @Nested
    class Plain extends Archive {
        Plain() {
            super("tar");
        }
    }

    @Nested
    class Compressed extends Archive {
        Compressed() {
            super("tgz");
        }
    }

    abstract static class Archive extends ImporterConformance {
        @TempDir
        Path directory;

        private final String scheme;
        private final Map<BytePath, Member> members = new LinkedHashMap<>();

        Archive(String scheme) {
            this.scheme = scheme;
        }

        private interface Member {
            void writeTo(TarWriter tar, byte[] name) throws IOException, InterruptedException;
        }

        private static FileInfo info(int mode, long size) {
            return new FileInfo(new byte[] {'x'}, size, mode, Instant.EPOCH, 0, 0, 0, 0, 1, "", "");
        }

        @Override
        protected BytePath place() {
            return BytePath.ROOT;
        }

        @Override
        protected void makeDirectory(BytePath path) {
            members.put(path, (tar, name) -> tar.directory(name, info(GoMode.DIRECTORY | 0755, 0), List.of()));
        }

        @Override
        protected void makeFile(BytePath path, byte[] content) {
            members.put(
                    path,
                    (tar, name) -> tar.file(
                            name, info(0644, content.length), List.of(), to -> to.write(ByteBuffer.wrap(content))));
        }

        @Override
        protected boolean makeSymlink(BytePath path, byte[] target) {
            members.put(path, (tar, name) -> tar.symlink(name, info(GoMode.SYMLINK | 0777, 0), target, List.of()));
            return true;
        }

        @Override
        protected Importer connect(BytePath root) throws Exception {
            Path file = directory.resolve("archive");
            if (root.toString().equals("/nothing here")) {
                file = directory.resolve("nothing here");
            } else {
                assumeTrue(root.isRoot(), "SKIPPED: the root of an archive is /");
                try (OutputStream out = Files.newOutputStream(file);
                        TarWriter tar = new TarWriter(scheme.equals("tar") ? out : new GZIPOutputStream(out))) {
                    for (Map.Entry<BytePath, Member> member : members.entrySet()) {
                        byte[] path = member.getKey().bytes();
                        member.getValue().writeTo(tar, Arrays.copyOfRange(path, 1, path.length));
                    }
                }
            }
            ConnectorContext context = new ConnectorContext(
                    "box",
                    directory,
                    directory.resolve("scratch"),
                    2,
                    true,
                    "plakar/test",
                    InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(),
                    OutputStream.nullOutputStream());
            return TarImporter.of(scheme, file, context);
        }
    }
}
