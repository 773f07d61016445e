package io.plakar.bench.kernels;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.chunking.FastCdc;
import io.plakar.kloset.codec.Codec;
import io.plakar.kloset.codec.Compression;
import io.plakar.kloset.codec.Encryption;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.codec.StoreKey;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Hashing, cutting, compressing and sealing. Times are per call, so bytes per microsecond are MB/s. The data is random words
 * of text, which LZ4 halves, but for {@code random}.
 */
@NullUnmarked
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class ByteKernels {
    @Param({"4096", "65536", "1048576"})
    public int bytes;

    private byte[] text;
    private byte[] random;
    private byte[] wide;
    private MacAlgorithm mac;
    private FastCdc chunking;
    private Codec compressing;
    private Codec sealing;
    private Codec both;
    private byte[] sealed;
    private byte[] packed;

    @Setup
    public void prepare() throws KlosetException {
        SplittableRandom numbers = new SplittableRandom(1);
        random = new byte[bytes];
        numbers.nextBytes(random);
        text = new byte[bytes];
        for (int i = 0; i < bytes; ) {
            for (char c : Integer.toString(numbers.nextInt(4000) * 37, 36).toCharArray()) {
                if (i < bytes) {
                    text[i++] = (byte) c;
                }
            }
            if (i < bytes) {
                text[i++] = ' ';
            }
        }
        wide = new byte[8 << 20];
        numbers.nextBytes(wide);
        mac = MacAlgorithm.of(MacAlgorithm.BLAKE3, new byte[32]);
        chunking = FastCdc.of("fastcdc-v1.0.0", 512 << 10, 1 << 20, 8 << 20);
        compressing = Codec.of(Compression.LZ4, null);
        sealing = Codec.of(Compression.NONE, encryption());
        both = Codec.of(Compression.LZ4, encryption());
        sealed = copy(sealing.encode(text, 0, bytes));
        packed = copy(both.encode(text, 0, bytes));
    }

    private static Encryption encryption() throws KlosetException {
        return Encryption.of(
                Encryption.AES256_KW,
                Encryption.AES256_GCM_SIV,
                Encryption.DEFAULT_PIECE,
                StoreKey.of(new byte[32]),
                new SecureRandom());
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @TearDown
    public void close() {
        compressing.close();
        sealing.close();
        both.close();
        mac.close();
    }

    @Benchmark
    public Mac blake3() {
        return mac.mac(text, 0, bytes);
    }

    /** A cut of 8 MiB whatever {@link #bytes} is; the result tells how many of them were looked at. */
    @Benchmark
    public int cutOfUpTo8MiB() {
        return chunking.cut(wide, 0, wide.length);
    }

    @Benchmark
    public ByteBuffer lz4() {
        return compressing.encode(text, 0, bytes);
    }

    @Benchmark
    public ByteBuffer lz4Random() {
        return compressing.encode(random, 0, bytes);
    }

    @Benchmark
    public ByteBuffer seal() {
        return sealing.encode(text, 0, bytes);
    }

    @Benchmark
    public ByteBuffer lz4AndSeal() {
        return both.encode(text, 0, bytes);
    }

    @Benchmark
    public byte[] unseal() throws KlosetException {
        return sealing.decode(sealed, bytes);
    }

    @Benchmark
    public byte[] unsealAndUnpack() throws KlosetException {
        return both.decode(packed, bytes);
    }
}
