package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.plakar.mount.fuse.FuseMount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mount} through the kernel; skipped, and saying so, where there is no FUSE. */
@Timeout(600)
class MountTest {
    private static final String PASSPHRASE = "correct horse battery staple 42!";
    private static final int NO_FUSE = 69;

    @TempDir
    Path scratch;

    private final List<PlakarProcess.Running> running = new ArrayList<>();
    private PlakarProcess plakar;
    private Path store;
    private Path source;
    private Path mountPoint;

    @BeforeEach
    void prepare() throws Exception {
        String missing = FuseMount.missing();
        if (!missing.isEmpty()) {
            skip(missing);
        }
        plakar = PlakarProcess.in(scratch.resolve("home")).withPassphrase(PASSPHRASE);
        store = scratch.resolve("store");
        source = Files.createDirectories(scratch.resolve("source"));
        mountPoint = Files.createDirectories(scratch.resolve("mnt"));
    }

    @AfterEach
    void endAll() throws Exception {
        for (PlakarProcess.Running run : running) {
            run.process().destroyForcibly().waitFor();
        }
        // A test directory with a dead mount in it could not be removed.
        new ProcessBuilder("sh", "-c", "fusermount3 -u -z \"$1\" || umount -l \"$1\"", "sh", mountPoint.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void skip(String why) {
        System.err.println("SKIPPED: tests of mount: " + why);
        Assumptions.abort("no FUSE here: " + why);
    }

    private void backup(String... createOptions) throws Exception {
        List<String> create = new ArrayList<>(List.of("at", store.toString(), "create"));
        create.addAll(List.of(createOptions));
        plakar.run(create.toArray(String[]::new)).succeeded();
        plakar.run("at", store.toString(), "backup", source.toString()).succeeded();
    }

    private PlakarProcess.Running start(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("at", store.toString(), "mount"));
        command.addAll(List.of(words));
        PlakarProcess.Running run = plakar.start(command.toArray(String[]::new));
        running.add(run);
        for (int i = 0; i < 1200; i++) {
            if (Files.readString(run.out()).startsWith("info: mounted repository ")) {
                return run;
            }
            if (run.process().waitFor(100, TimeUnit.MILLISECONDS)) {
                Outcome outcome = run.await();
                if (outcome.exit() == NO_FUSE) {
                    skip(outcome.err());
                }
                fail("mount ended: %s", outcome);
            }
        }
        return fail("nothing was mounted");
    }

    private PlakarProcess.Running mount(String what) throws Exception {
        return start("-to", mountPoint.toString(), what);
    }

    private void stop(PlakarProcess.Running run) throws Exception {
        signal(run, "INT");
        Outcome outcome = run.await().exitedWith(0);
        assertThat(outcome.err()).contains("received interrupt signal, stopping gracefully");
        assertThat(FuseMount.isMountPoint(mountPoint)).isFalse();
    }

    private static void signal(PlakarProcess.Running run, String signal) throws Exception {
        SourceTree.shell(
                Path.of("/"), "-c", "kill -" + signal + " " + run.process().pid());
    }

    @Test
    void a_mounted_directory_equals_its_source_in_everything() throws Exception {
        SourceTree.withEverything(source);
        backup();
        PlakarProcess.Running run = mount("latest");
        SourceTree.assertEqual(source, mountPoint);
        assertThat(SourceTree.shell(
                        mountPoint,
                        "-c",
                        "find . -samefile hard1 | sort | tr '\\n' ' '; touch x 2>&1 && echo written; :"))
                .contains("./docs/deep/hard2 ./docs/hello.txt ./hard1 ")
                .contains("Read-only file system")
                .doesNotContain("written");
        assertThat(SourceTree.shell(mountPoint, "-c", "tar cf - docs hard1 | tar tvf - | grep -c ' link to '")
                        .strip())
                .isEqualTo("2");
        assertThat(SourceTree.shell(scratch, "-c", "df mnt | grep -c plakar").strip())
                .isEqualTo("1");
        stop(run);
        assertThat(Files.list(mountPoint)).isEmpty();
    }

    @Test
    void without_a_snapshot_there_is_a_directory_for_each_and_the_directory_made_for_it_goes_again() throws Exception {
        Files.writeString(source.resolve("file"), "first");
        backup("-plaintext");
        Files.writeString(source.resolve("file"), "second");
        String second = plakar.run("at", store.toString(), "backup", source.toString())
                .succeeded()
                .snapshotId();
        PlakarProcess.Running run = start();
        Path made;
        try (Stream<Path> files = Files.list(scratch.resolve("home"))) {
            made = files.filter(path -> path.getFileName().toString().matches("[0-9a-f-]{36}"))
                    .findFirst()
                    .orElseThrow();
        }
        mountPoint = made;
        try (Stream<Path> snapshots = Files.list(made)) {
            assertThat(snapshots.map(path -> path.getFileName().toString()))
                    .hasSize(2)
                    .allMatch(name -> name.matches("[0-9a-f]{8}"))
                    .contains(second.substring(0, 8));
        }
        assertThat(made.resolve(second.substring(0, 8) + source + "/file")).hasContent("second");
        signal(run, "TERM");
        run.await().exitedWith(0);
        assertThat(made).doesNotExist();
    }

    @Test
    void random_reads_of_several_readers_give_the_bytes_of_the_source() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] content = new byte[40_000_000 + random.nextInt(1000)];
        random.nextBytes(content);
        // Half of it is easy to compress, so that chunks of all sizes come.
        Arrays.fill(content, 5_000_000, 25_000_000, (byte) 'x');
        Files.write(source.resolve("big"), content);
        backup();
        PlakarProcess.Running run = mount("latest");
        try (ExecutorService readers = Executors.newFixedThreadPool(4)) {
            List<Future<Void>> reads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SplittableRandom own = random.split();
                reads.add(readers.submit(() -> readRandomly(own, content, seed)));
            }
            for (Future<Void> read : reads) {
                read.get();
            }
        }
        stop(run);
    }

    private Void readRandomly(SplittableRandom random, byte[] content, long seed) throws Exception {
        try (FileChannel file = FileChannel.open(mountPoint.resolve("big"))) {
            assertThat(file.size()).isEqualTo(content.length);
            long at = 0;
            for (int i = 0; i < 150; i++) {
                at = random.nextInt(3) == 0 ? at : random.nextInt(content.length);
                ByteBuffer buffer = ByteBuffer.allocate(random.nextInt(1, 700_000));
                int wanted = (int) Math.min(buffer.capacity(), content.length - at);
                while (buffer.hasRemaining() && file.read(buffer, at + buffer.position()) >= 0) {
                    // on
                }
                assertThat(buffer.position()).as("seed %d, at %d", seed, at).isEqualTo(wanted);
                assertThat(Arrays.equals(buffer.array(), 0, wanted, content, (int) at, (int) at + wanted))
                        .as("seed %d: %d bytes at %d", seed, wanted, at)
                        .isTrue();
                at += wanted;
            }
        }
        return null;
    }

    @Test
    void a_killed_mount_is_cleared_by_the_next_one_and_a_live_one_is_not_mounted_over() throws Exception {
        Files.writeString(source.resolve("file"), "here");
        backup("-plaintext");
        PlakarProcess.Running killed = mount("latest");
        killed.process().destroyForcibly().waitFor();
        assertThat(FuseMount.isDead(mountPoint)).isTrue();
        PlakarProcess.Running next = mount("latest");
        assertThat(Files.readString(next.err())).contains("a mount whose program was gone was unmounted first");
        assertThat(mountPoint.resolve("file")).hasContent("here");

        Outcome second = plakar.run("at", store.toString(), "mount", "-to", mountPoint.toString());
        assertThat(second.exitedWith(1).err()).contains("already looks like a mountpoint; refusing to mount over it");
        Outcome nowhere = plakar.run("at", store.toString(), "mount", "-to", mountPoint + "/nowhere/at/all");
        assertThat(nowhere.exitedWith(1).err()).contains("no such file or directory");
        stop(next);
    }

    @Test
    void it_ends_when_somebody_else_unmounts_it() throws Exception {
        Files.writeString(source.resolve("file"), "here");
        backup("-plaintext");
        PlakarProcess.Running run = mount("latest");
        SourceTree.shell(scratch, "-c", "fusermount3 -u mnt || umount mnt");
        run.await().exitedWith(0);
    }

    @Test
    void damage_fails_the_read_that_meets_it_and_is_told_and_nothing_else_suffers() throws Exception {
        byte[] bad = new byte[6_000_000];
        new SplittableRandom(4).nextBytes(bad);
        Files.write(source.resolve("bad"), bad);
        Files.writeString(source.resolve("good"), "as ever");
        backup("-plaintext", "-no-compression");
        flip(store, Arrays.copyOfRange(bad, 5_999_000, 5_999_064));
        PlakarProcess.Running run = mount("latest");
        assertThatThrownBy(() -> Files.readAllBytes(mountPoint.resolve("bad")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Input/output error");
        try (FileChannel file = FileChannel.open(mountPoint.resolve("bad"))) {
            ByteBuffer head = ByteBuffer.allocate(4096);
            assertThat(file.read(head)).isEqualTo(4096);
            assertThat(head.array()).isEqualTo(Arrays.copyOf(bad, 4096));
        }
        assertThat(mountPoint.resolve("good")).hasContent("as ever");
        assertThat(Files.readString(run.err()))
                .contains("error: mount: /bad: chunk ")
                .contains("is damaged");
        stop(run);
    }

    /** Flips one bit of the first place in a packfile that holds {@code bytes}. */
    static void flip(Path store, byte[] bytes) throws IOException {
        List<Path> packfiles;
        try (Stream<Path> files = Files.walk(store.resolve("packfiles"))) {
            packfiles = files.filter(Files::isRegularFile).toList();
        }
        for (Path packfile : packfiles) {
            byte[] content = Files.readAllBytes(packfile);
            for (int i = 0; i + bytes.length <= content.length; i++) {
                if (content[i] == bytes[0] && Arrays.equals(content, i, i + bytes.length, bytes, 0, bytes.length)) {
                    content[i] ^= 1;
                    Files.write(packfile, content);
                    return;
                }
            }
        }
        fail("no packfile holds the bytes");
    }

    @Test
    void a_directory_of_many_entries_is_listed_whole() throws Exception {
        int count = 20_000;
        SourceTree.shell(source, "-c", "seq " + count + " | sed 's/^/a-file-with-number-/' | xargs touch");
        backup("-plaintext");
        PlakarProcess.Running run = mount("latest");
        assertThat(SourceTree.shell(mountPoint, "-c", "ls -U | wc -l; ls | sort -u | wc -l; ls -l | wc -l")
                        .lines())
                .containsExactly("" + count, "" + count, "" + (count + 1));
        stop(run);
    }
}
