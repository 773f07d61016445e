package io.plakar.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every source with directories and files must do. A connector extends this and says how things are made at its
 * place.
 */
@Timeout(120)
public abstract class ImporterConformance {
    private final List<Importer> opened = new ArrayList<>();

    /** An empty directory of this test, as the path it has in snapshots. */
    protected abstract BytePath place() throws Exception;

    /** A new importer of {@code root}, which is {@link #place()} or lies in it. */
    protected abstract Importer connect(BytePath root) throws Exception;

    protected abstract void makeDirectory(BytePath path) throws Exception;

    /** Makes a file, or replaces its content. */
    protected abstract void makeFile(BytePath path, byte[] content) throws Exception;

    /** Makes a symbolic link; {@code false} where there are none. */
    protected boolean makeSymlink(BytePath path, byte[] target) throws Exception {
        return false;
    }

    /** Makes a directory's listing fail; {@code false} where that cannot be. */
    protected boolean makeUnreadable(BytePath directory) throws Exception {
        return false;
    }

    /** Whether a name may be any bytes. */
    protected boolean namesAreBytes() {
        return true;
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (Importer importer : opened) {
            importer.close();
        }
    }

    /** One more importer, closed after the test. */
    protected final Importer open(BytePath root) throws Exception {
        Importer importer = connect(root);
        opened.add(importer);
        return importer;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private BytePath at(String relative) throws Exception {
        return place().resolve(BytePath.clean(relative));
    }

    private void makeSample() throws Exception {
        makeDirectory(at("/b"));
        makeDirectory(at("/b/empty"));
        makeDirectory(at("/b/deep"));
        makeFile(at("/b/deep/file"), text("deep"));
        makeFile(at("/b/z"), new byte[0]);
        makeFile(at("/a"), text("content of a"));
        makeFile(at("/name with blanks, ünïcödé 🦉"), text("u"));
    }

    private List<BytePath> sample() throws Exception {
        List<BytePath> paths = new ArrayList<>(List.of(place()));
        for (String path :
                List.of("/b", "/b/empty", "/b/deep", "/b/deep/file", "/b/z", "/a", "/name with blanks, ünïcödé 🦉")) {
            paths.add(at(path));
        }
        return paths;
    }

    @Test
    void every_path_is_given_once_with_its_name_type_and_size() throws Exception {
        makeSample();
        CollectedRecords records = CollectedRecords.of(open(place()));
        assertThat(records.failures()).isEmpty();
        assertThat(records.below(place())).containsExactlyInAnyOrderElementsOf(sample());
        for (SourceEntry entry : records.entries().values()) {
            assertThat(entry.info().name()).isEqualTo(entry.path().name());
            if (!entry.path().isRoot()) {
                assertThat(entry.path().bytes())
                        .startsWith('/')
                        .endsWith(entry.info().name());
            }
        }
        assertThat(records.get(at("/b")).info().isDirectory()).isTrue();
        assertThat(records.get(at("/b/empty")).info().isDirectory()).isTrue();
        FileInfo file = records.get(at("/a")).info();
        assertThat(file.isRegular()).isTrue();
        assertThat(file.size()).isIn(12L, -1L);
        assertThat(records.get(at("/a")).linkTarget()).isEmpty();
    }

    @Test
    void nothing_outside_the_root_is_given_but_its_ancestors_which_are_directories() throws Exception {
        makeSample();
        BytePath root = at("/b/deep");
        CollectedRecords records = CollectedRecords.of(open(root));
        assertThat(records.below(root)).containsExactlyInAnyOrder(root, at("/b/deep/file"));
        for (SourceEntry entry : records.entries().values()) {
            if (!entry.path().startsWith(root)) {
                assertThat(root.startsWith(entry.path())).as("%s", entry.path()).isTrue();
                assertThat(entry.info().isDirectory()).as("%s", entry.path()).isTrue();
            }
        }
    }

    @Test
    void content_is_read_exactly_and_as_often_as_asked() throws Exception {
        Random random = new Random(7);
        int[] sizes = {0, 1, 4095, 4096, 4097, 65_536, 300_001};
        for (int size : sizes) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            makeFile(at("/" + size), content);
        }
        Importer importer = open(place());
        CollectedRecords records = CollectedRecords.of(importer);
        random = new Random(7);
        for (int size : sizes) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            SourceEntry entry = records.get(at("/" + size));
            assertThat(CollectedRecords.content(entry)).isEqualTo(content);
            assertThat(CollectedRecords.content(entry)).isEqualTo(content);
        }
        try (ReadableByteChannel channel = records.get(at("/65536")).open()) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(100).position(10).limit(20);
            assertThat(channel.read(buffer)).isBetween(1, 10);
        }
    }

    @Test
    void a_single_file_can_be_the_root() throws Exception {
        makeSample();
        CollectedRecords records = CollectedRecords.of(open(at("/a")));
        assertThat(records.below(place())).contains(at("/a")).doesNotContain(at("/b"), at("/b/z"));
        assertThat(records.content(at("/a"))).isEqualTo(text("content of a"));
    }

    @Test
    void what_is_excluded_is_not_given_and_an_excluded_directory_is_not_entered() throws Exception {
        makeSample();
        List<BytePath> asked = new ArrayList<>();
        CollectedRecords records = new CollectedRecords((path, directory) -> {
            synchronized (asked) {
                asked.add(path);
            }
            String name = new String(path.name(), StandardCharsets.UTF_8);
            return (directory && name.equals("deep")) || (!directory && name.equals("z"));
        });
        open(place()).run(records);
        assertThat(records.below(place()))
                .contains(place(), at("/b"), at("/b/empty"), at("/a"))
                .doesNotContain(at("/b/deep"), at("/b/deep/file"), at("/b/z"));
        assertThat(asked).doesNotContain(at("/b/deep/file"));
        assertThat(records.failures()).isEmpty();
    }

    @Test
    void two_runs_and_two_importers_see_the_same() throws Exception {
        makeSample();
        Importer first = open(place());
        Importer second = open(place());
        assertThat(first.origin()).isEqualTo(second.origin());
        assertThat(first.type()).isEqualTo(second.type()).isNotEmpty();
        assertThat(first.root()).isEqualTo(second.root());
        assertThat(first.flags()).isEqualTo(second.flags());
        CollectedRecords one = CollectedRecords.of(first);
        assumeTrue(!first.flags().contains(ConnectorFlag.STREAM), "SKIPPED: this source is read only once");
        CollectedRecords again = CollectedRecords.of(first);
        CollectedRecords other = CollectedRecords.of(second);
        for (CollectedRecords records : List.of(again, other)) {
            assertThat(records.below(place())).isEqualTo(one.below(place()));
            for (BytePath path : one.below(place())) {
                assertThat(records.get(path).info())
                        .usingRecursiveComparison()
                        .isEqualTo(one.get(path).info());
            }
        }
    }

    @Test
    void a_missing_root_is_said_to_be_missing() throws Exception {
        assertThatThrownBy(() -> {
                    Importer importer = open(at("/nothing here"));
                    importer.ping();
                    importer.run(new CollectedRecords());
                })
                .isInstanceOfSatisfying(
                        ConnectorException.class,
                        e -> assertThat(e.reason()).isEqualTo(ConnectorException.Reason.MISSING))
                .hasMessageContaining("nothing here");
    }

    @Test
    void names_are_kept_as_bytes() throws Exception {
        assumeTrue(namesAreBytes(), "SKIPPED: names of this source are text");
        byte[] odd = {'o', (byte) 0xff, (byte) 0x80, '\n', (byte) 0xc3};
        byte[] longest = new byte[255];
        java.util.Arrays.fill(longest, (byte) 'x');
        makeFile(place().child(odd), text("odd"));
        makeDirectory(place().child(longest));
        makeFile(place().child(longest).child(odd), text("odder"));
        CollectedRecords records = CollectedRecords.of(open(place()));
        assertThat(records.failures()).isEmpty();
        assertThat(records.content(place().child(odd))).isEqualTo(text("odd"));
        assertThat(records.get(place().child(odd)).info().name()).isEqualTo(odd);
        assertThat(records.content(place().child(longest).child(odd))).isEqualTo(text("odder"));
    }

    @Test
    void links_are_given_with_their_text_and_not_followed() throws Exception {
        makeDirectory(at("/d"));
        makeFile(at("/d/f"), text("f"));
        assumeTrue(makeSymlink(at("/to-d"), text("d")), "SKIPPED: no symbolic links at this source");
        makeSymlink(at("/dangling"), text("../no/such//thing/."));
        makeSymlink(at("/loop"), text("loop"));
        CollectedRecords records = CollectedRecords.of(open(place()));
        assertThat(records.failures()).isEmpty();
        assertThat(records.below(place()))
                .containsExactlyInAnyOrder(place(), at("/d"), at("/d/f"), at("/to-d"), at("/dangling"), at("/loop"));
        assertThat(records.get(at("/to-d")).linkTarget()).isEqualTo(text("d"));
        assertThat(records.get(at("/dangling")).linkTarget()).isEqualTo(text("../no/such//thing/."));
        assertThat(records.get(at("/loop")).info().isSymlink()).isTrue();
    }

    @Test
    void what_cannot_be_read_is_a_failure_and_the_rest_is_given() throws Exception {
        makeSample();
        assumeTrue(makeUnreadable(at("/b/deep")), "SKIPPED: nothing can be made unreadable here (root may read all)");
        CollectedRecords records = CollectedRecords.of(open(place()));
        assertThat(records.failures()).containsOnlyKeys(at("/b/deep"));
        assertThat(records.failures().get(at("/b/deep"))).isNotBlank().doesNotContain("\n");
        List<BytePath> expected = sample();
        expected.remove(at("/b/deep/file"));
        assertThat(records.below(place())).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void a_file_that_changed_is_noticed_where_the_source_can_tell() throws Exception {
        makeFile(at("/f"), text("short"));
        Importer importer = open(place());
        SourceEntry entry = CollectedRecords.of(importer).get(at("/f"));
        FileInfo before = entry.info();
        entry.current()
                .ifPresent(now -> assertThat(now).usingRecursiveComparison().isEqualTo(before));
        makeFile(at("/f"), text("longer than it was"));
        entry.current().ifPresent(now -> assertThat(now.size()).isEqualTo(18));
    }

    @Test
    void a_large_directory_is_given_whole() throws Exception {
        List<BytePath> expected = new ArrayList<>(List.of(place()));
        for (int i = 0; i < 3000; i++) {
            BytePath path = at("/a rather long name of a file, so that a listing needs several calls-" + i);
            makeFile(path, new byte[0]);
            expected.add(path);
        }
        CollectedRecords records = CollectedRecords.of(open(place()));
        assertThat(records.below(place())).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void an_interrupted_run_ends_while_the_sink_is_busy() throws Exception {
        for (int i = 0; i < 20; i++) {
            makeDirectory(at("/d" + i));
            makeFile(at("/d" + i + "/f"), text("f"));
        }
        Importer importer = open(place());
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        RecordSink busy = new RecordSink() {
            @Override
            public void entry(SourceEntry entry) throws InterruptedException {
                if (entry.path().startsWith(importer.root().child("d7"))) {
                    entered.countDown();
                    never.await();
                }
            }

            @Override
            public void failure(BytePath path, String message) {}

            @Override
            public boolean excluded(BytePath path, boolean directory) {
                return false;
            }
        };
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread runner = new Thread(() -> {
            try {
                importer.run(busy);
            } catch (Throwable e) {
                outcome.set(e);
            }
        });
        runner.start();
        entered.await();
        runner.interrupt();
        runner.join();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void a_sink_that_fails_ends_the_run_with_its_failure() throws Exception {
        makeSample();
        Importer importer = open(place());
        IllegalStateException full = new IllegalStateException("full");
        BytePath trigger = at("/b/deep/file");
        CollectedRecords records = new CollectedRecords((path, directory) -> {
            if (path.equals(trigger)) {
                throw full;
            }
            return false;
        });
        assertThatThrownBy(() -> importer.run(records)).isSameAs(full);
    }
}
