package io.plakar.bench.kernels;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import io.plakar.connector.fs.FsProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Finding all files of a tree with all their attributes, against the JDK's own walk with its fewer ones. */
@NullUnmarked
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class WalkKernel {
    @Param("/usr/include")
    public String tree;

    @Param({"true", "false"})
    public boolean xattrs;

    @Benchmark
    public long importer() throws ConnectorException, InterruptedException {
        Path here = Path.of("").toAbsolutePath();
        ConnectorContext context = new ConnectorContext(
                "bench",
                here,
                Path.of(System.getProperty("java.io.tmpdir")),
                Runtime.getRuntime().availableProcessors(),
                xattrs,
                "bench",
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream());
        LongAdder count = new LongAdder();
        try (Importer importer = new FsProvider().importer(Location.parse(tree), Map.of(), context)) {
            importer.run(new RecordSink() {
                @Override
                public void entry(SourceEntry entry) {
                    count.increment();
                }

                @Override
                public void failure(BytePath path, String message) {}

                @Override
                public boolean excluded(BytePath path, boolean directory) {
                    return false;
                }
            });
        }
        return count.sum();
    }

    @Benchmark
    public long walkOfTheJdk() throws IOException {
        long[] sum = new long[1];
        Files.walkFileTree(Path.of(tree), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }
        });
        return sum[0];
    }
}
