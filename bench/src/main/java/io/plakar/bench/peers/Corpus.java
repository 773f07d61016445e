package io.plakar.bench.peers;

import io.plakar.kloset.sort.PrivateDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A directory to back up. Made once below the directory given, and used again by later runs. */
enum Corpus {
    SMALL("many small real files") {
        @Override
        void fill(Path tree) throws IOException {
            copySmallFiles(tree);
        }
    },
    LARGE("few large real binaries") {
        @Override
        void fill(Path tree) throws IOException {
            joinBinaries(tree);
        }
    },
    RANDOM("incompressible data, 64 files of 16 MiB") {
        @Override
        void fill(Path tree) throws IOException {
            SplittableRandom random = new SplittableRandom(1);
            byte[] block = new byte[16 << 20];
            for (int i = 0; i < 64; i++) {
                random.nextBytes(block);
                Path folder = Files.createDirectories(tree.resolve("part-" + i / 4));
                Files.write(folder.resolve("random-" + i), block);
            }
        }
    },
    DEEP("ten chains of 400 nested directories") {
        @Override
        void fill(Path tree) throws IOException {
            SplittableRandom random = new SplittableRandom(2);
            for (int chain = 0; chain < 10; chain++) {
                Path folder = tree.resolve("chain-" + chain);
                for (int depth = 0; depth < 400; depth++) {
                    Files.createDirectories(folder);
                    Files.writeString(folder.resolve("a.txt"), text(random, 1000));
                    Files.writeString(folder.resolve("b.txt"), text(random, 300));
                    folder = folder.resolve("d" + depth);
                }
            }
        }
    },
    TINY("200,000 files of up to 200 bytes") {
        @Override
        void fill(Path tree) throws IOException {
            SplittableRandom random = new SplittableRandom(3);
            for (int i = 0; i < 400; i++) {
                Path folder = Files.createDirectories(tree.resolve("folder-" + i));
                for (int j = 0; j < 500; j++) {
                    Files.writeString(folder.resolve("file-" + j), text(random, 20 + random.nextInt(180)));
                }
            }
        }
    };

    private static final int SMALL_FILES = 20_000;
    private static final long SMALL_BYTES = 240_000_000;
    private static final long LARGEST_SMALL = 4 << 20;
    private static final int LARGE_FILES = 8;
    private static final long LARGE_BYTES = 200_000_000;
    private static final long SMALLEST_BINARY = 1 << 20;
    private static final byte FLIP = 0x15;

    private final String meaning;

    Corpus(String meaning) {
        this.meaning = meaning;
    }

    String meaning() {
        return meaning;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract void fill(Path tree) throws IOException;

    /** The corpus below {@code base}, made if it is not there yet. */
    Path make(Path base) throws IOException {
        Path tree = base.resolve(word());
        Path done = base.resolve(word() + ".complete");
        if (!Files.exists(done)) {
            delete(tree);
            Files.createDirectories(tree);
            fill(tree);
            Files.createFile(done);
        }
        return tree;
    }

    /** All regular files below {@code tree}, in order of their names. */
    static List<Path> files(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }

    static long bytes(Path tree) throws IOException {
        long[] sum = new long[1];
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }
        });
        return sum[0];
    }

    /** The directory that holds nearest to a twentieth of {@code files}, at any depth. */
    static Path folder(Path tree, List<Path> files) {
        Map<Path, Integer> counts = new HashMap<>();
        for (Path file : files) {
            for (Path above = parent(file); !above.equals(tree); above = parent(above)) {
                counts.merge(above, 1, Integer::sum);
            }
        }
        double wanted = files.size() / 20.0;
        return counts.entrySet().stream()
                .min(Comparator.comparingDouble((Map.Entry<Path, Integer> e) -> Math.abs(e.getValue() - wanted))
                        .thenComparing(Map.Entry::getKey))
                .orElseThrow()
                .getKey();
    }

    private static Path parent(Path path) {
        Path above = path.getParent();
        if (above == null) {
            throw new IllegalArgumentException(path + " is not in the tree");
        }
        return above;
    }

    /**
     * Changes about 1 %: some bytes of each hundredth of many files, or a hundredth of each of a few. Done twice, the
     * contents are as before.
     */
    static void change(List<Path> files) throws IOException {
        boolean many = files.size() >= 1000;
        for (int i = 0; i < files.size(); i += many ? 100 : 1) {
            Path file = files.get(i);
            long size = Files.size(file);
            int length = (int) (many ? Math.min(16, size) : size / 100);
            flip(file, (size - length) / 2, length);
        }
    }

    private static void flip(Path file, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.position(position);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            bytes.flip();
            for (int i = 0; i < bytes.limit(); i++) {
                bytes.put(i, (byte) (bytes.get(i) ^ FLIP));
            }
            channel.position(position);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            PrivateDirectory.delete(tree);
        }
    }

    private static String text(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder(length + 8);
        while (text.length() < length) {
            text.append(Integer.toString(random.nextInt(60_000), 36)).append(text.length() % 7 == 0 ? '\n' : ' ');
        }
        return text.toString();
    }

    private static List<Path> roots() {
        String home = System.getProperty("user.home");
        return Stream.of(
                        "/usr/include",
                        "/usr/lib/python3",
                        "/usr/local/go/src",
                        home + "/go/pkg/mod",
                        "/usr/share",
                        home + "/.m2/repository",
                        "/usr/lib")
                .map(Path::of)
                .filter(Files::isDirectory)
                .toList();
    }

    private static void copySmallFiles(Path tree) throws IOException {
        long[] total = new long[2];
        for (Path root : roots()) {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (total[0] >= SMALL_FILES && total[1] >= SMALL_BYTES) {
                        return FileVisitResult.TERMINATE;
                    }
                    if (attributes.isRegularFile()
                            && attributes.size() <= LARGEST_SMALL
                            && Files.isReadable(file)
                            && (total[1] < SMALL_BYTES || attributes.size() < 10_000)) {
                        Path target = tree.resolve(file.toString().substring(1));
                        Files.createDirectories(parent(target));
                        Files.copy(file, target);
                        total[0]++;
                        total[1] += attributes.size();
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        if (total[0] < SMALL_FILES) {
            throw new IOException("this machine has only " + total[0] + " small files where they are looked for");
        }
    }

    /**
     * Joins real binaries to large files. When there are not enough, they are used again with every byte XORed with one
     * number: it compresses as before, and is another content to every program.
     */
    private static void joinBinaries(Path tree) throws IOException {
        List<Path> sources = binaries();
        int next = 0;
        for (int i = 0; i < LARGE_FILES; i++) {
            Path folder = Files.createDirectories(tree.resolve("part-" + i / 2));
            try (OutputStream out = Files.newOutputStream(folder.resolve("binary-" + i))) {
                for (long written = 0; written < LARGE_BYTES; next++) {
                    byte[] content = Files.readAllBytes(sources.get(next % sources.size()));
                    int mask = next / sources.size() * 37;
                    for (int j = 0; mask != 0 && j < content.length; j++) {
                        content[j] ^= (byte) mask;
                    }
                    out.write(content);
                    written += content.length;
                }
            }
        }
    }

    private static List<Path> binaries() throws IOException {
        List<Path> roots =
                new ArrayList<>(List.of(Path.of("/usr/lib/jvm"), Path.of("/usr/local/go"), Path.of("/usr/bin")));
        roots.addAll(roots());
        Set<Object> seen = new HashSet<>();
        List<Path> found = new ArrayList<>();
        for (Path root : roots) {
            if (!Files.isDirectory(root)) {
                continue;
            }
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isRegularFile()
                            && attributes.size() >= SMALLEST_BINARY
                            && attributes.size() <= LARGE_BYTES
                            && Files.isReadable(file)
                            && isBinary(file)
                            && attributes.fileKey() != null
                            && seen.add(attributes.fileKey())) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        if (found.isEmpty()) {
            throw new IOException("this machine has no binaries where they are looked for");
        }
        return found;
    }

    private static boolean isBinary(Path file) throws IOException {
        byte[] head = new byte[512];
        int length;
        try (var in = Files.newInputStream(file)) {
            length = in.readNBytes(head, 0, head.length);
        }
        String text = new String(head, 0, length, StandardCharsets.ISO_8859_1);
        return text.indexOf('\0') >= 0;
    }
}
