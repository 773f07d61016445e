package io.plakar.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plakar.connector.ConnectorException.Reason;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every store must do. A connector extends this and says how its place is reached. */
public abstract class StoreConformance {
    private final List<StoreConnector> opened = new ArrayList<>();

    /** A new connector to this test's place, which is empty when the test begins. Called several times per test. */
    protected abstract StoreConnector connect() throws Exception;

    /** Puts a file called {@code name} beside the objects of that kind; {@code false} where that cannot be. */
    protected boolean addForeignFile(Resource beside, String name) throws Exception {
        return false;
    }

    /** Makes the place refuse to be written to; {@code false} where that cannot be. */
    protected boolean refuseWrites() throws Exception {
        return false;
    }

    /** Number of files at the place which no object accounts for: what aborted writes left. */
    protected int leftovers() throws Exception {
        return 0;
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (StoreConnector store : opened) {
            store.close();
        }
    }

    /** One more connector, closed after the test. */
    protected final StoreConnector open() throws Exception {
        StoreConnector store = connect();
        opened.add(store);
        return store;
    }

    private static final byte[] CONFIG = random(1, 300);

    private StoreConnector created() throws Exception {
        StoreConnector store = open();
        store.create(CONFIG);
        return store;
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Mac name(long number) {
        return Mac.of(random(number ^ 0x5deece66dL, Mac.BYTES));
    }

    private static void put(StoreConnector store, Resource resource, Mac name, byte[] content) throws Exception {
        try (ObjectWriter writer = store.put(resource)) {
            writer.write(ByteBuffer.wrap(content));
            writer.commit(name);
        }
    }

    private static byte[] get(StoreConnector store, Resource resource, Mac name) throws Exception {
        try (InputStream in = store.get(resource, name)) {
            return in.readAllBytes();
        }
    }

    private static Set<Mac> list(StoreConnector store, Resource resource) throws Exception {
        List<Mac> names = new ArrayList<>();
        store.list(resource, names::add);
        assertThat(names).doesNotHaveDuplicates();
        return new HashSet<>(names);
    }

    private static byte[] read(StoreConnector store, Mac name, long offset, int length) throws Exception {
        ByteBuffer into = ByteBuffer.allocateDirect(length + 7).position(3).limit(3 + length);
        store.read(name, offset, into);
        assertThat(into.hasRemaining()).isFalse();
        byte[] bytes = new byte[length];
        into.position(3).get(bytes);
        return bytes;
    }

    private static void assertReason(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .message()
                .isNotBlank()
                .doesNotContain("\n");
    }

    @Test
    void what_is_created_can_be_opened_by_another_connector() throws Exception {
        StoreConnector store = created();
        assertThat(store.open()).isEqualTo(CONFIG);
        StoreConnector other = open();
        assertThat(other.open()).isEqualTo(CONFIG);
        other.ping();
        assertThat(other.readable()).isTrue();
        assertThat(other.writable()).isTrue();
        assertThat(other.origin()).isEqualTo(store.origin());
        assertThat(other.root()).isEqualTo(store.root());
        for (Resource resource : Resource.values()) {
            assertThat(list(other, resource)).isEmpty();
        }
        assertThat(leftovers()).isZero();
    }

    @Test
    void opening_nothing_says_it_is_missing() throws Exception {
        assertReason(Reason.MISSING, open()::open);
    }

    @Test
    void a_store_is_not_created_over_another_and_nothing_is_changed() throws Exception {
        StoreConnector first = open();
        first.checkCreatable();
        first.create(CONFIG);
        put(first, Resource.STATE, name(1), random(2, 100));
        StoreConnector second = open();
        assertReason(Reason.EXISTS, second::checkCreatable);
        assertReason(Reason.EXISTS, () -> second.create(random(3, 10)));
        assertThat(first.open()).isEqualTo(CONFIG);
        assertThat(list(first, Resource.STATE)).containsExactly(name(1));
    }

    @ParameterizedTest
    @EnumSource(Resource.class)
    void an_object_is_stored_listed_read_and_removed(Resource resource) throws Exception {
        StoreConnector store = created();
        byte[] content = random(4, 100_000);
        put(store, resource, name(1), content);
        put(store, resource, name(2), new byte[0]);
        StoreConnector other = open();
        assertThat(list(other, resource)).containsExactlyInAnyOrder(name(1), name(2));
        assertThat(get(other, resource, name(1))).isEqualTo(content);
        assertThat(get(other, resource, name(2))).isEmpty();
        for (Resource kind : Resource.values()) {
            if (kind != resource) {
                assertThat(list(other, kind)).isEmpty();
            }
        }
        other.delete(resource, name(1));
        assertThat(list(store, resource)).containsExactly(name(2));
        assertReason(Reason.MISSING, () -> get(store, resource, name(1)));
        store.delete(resource, name(1));
    }

    @ParameterizedTest
    @EnumSource(Resource.class)
    void nothing_is_visible_before_the_commit(Resource resource) throws Exception {
        StoreConnector store = created();
        try (ObjectWriter writer = store.put(resource)) {
            writer.write(ByteBuffer.wrap(random(5, 50_000)));
            assertThat(list(store, resource)).isEmpty();
            assertReason(Reason.MISSING, () -> get(store, resource, name(1)));
            writer.commit(name(1));
            assertThat(list(store, resource)).containsExactly(name(1));
        }
        assertThat(list(store, resource)).containsExactly(name(1));
        assertThat(leftovers()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Resource.class)
    void a_writer_closed_without_commit_leaves_nothing(Resource resource) throws Exception {
        StoreConnector store = created();
        put(store, resource, name(1), random(6, 10));
        try (ObjectWriter writer = store.put(resource)) {
            writer.write(ByteBuffer.wrap(random(7, 50_000)));
        }
        store.put(resource).close();
        assertThat(list(store, resource)).containsExactly(name(1));
        assertThat(leftovers()).isZero();
        assertThat(store.foreignFiles(10)).isEmpty();
    }

    @Test
    void closing_a_writer_twice_does_no_harm() throws Exception {
        StoreConnector store = created();
        ObjectWriter writer = store.put(Resource.PACKFILE);
        writer.write(ByteBuffer.wrap(random(8, 10)));
        writer.commit(name(1));
        writer.close();
        writer.close();
        assertThat(get(store, Resource.PACKFILE, name(1))).hasSize(10);
    }

    @ParameterizedTest
    @EnumSource(Resource.class)
    void an_object_of_the_same_name_is_replaced_whole(Resource resource) throws Exception {
        StoreConnector store = created();
        put(store, resource, name(1), random(9, 5000));
        byte[] second = random(10, 3000);
        if (resource == Resource.PACKFILE) {
            assertThat(read(store, name(1), 0, 5000)).isEqualTo(random(9, 5000));
        }
        put(store, resource, name(1), second);
        assertThat(get(store, resource, name(1))).isEqualTo(second);
        assertThat(list(store, resource)).containsExactly(name(1));
        if (resource == Resource.PACKFILE) {
            assertThat(read(store, name(1), 0, 3000)).isEqualTo(second);
        }
    }

    @Test
    void writes_take_heap_and_direct_buffers_from_position_to_limit() throws Exception {
        StoreConnector store = created();
        byte[] content = random(11, 300_000);
        try (ObjectWriter writer = store.put(Resource.PACKFILE)) {
            ByteBuffer heap = ByteBuffer.wrap(content, 0, 100_000);
            writer.write(heap);
            assertThat(heap.remaining()).isZero();
            ByteBuffer direct = ByteBuffer.allocateDirect(200_010).position(5);
            direct.put(content, 100_000, 200_000).flip().position(5);
            writer.write(direct.asReadOnlyBuffer());
            writer.write(ByteBuffer.allocate(0));
            writer.commit(name(1));
        }
        assertThat(get(store, Resource.PACKFILE, name(1))).isEqualTo(content);
    }

    @Test
    void ranges_are_exact_up_to_the_last_byte() throws Exception {
        StoreConnector store = created();
        byte[] content = random(12, 70_001);
        put(store, Resource.PACKFILE, name(1), content);
        int[][] ranges = {{0, 0}, {0, 1}, {0, 70_001}, {1, 70_000}, {70_000, 1}, {70_001, 0}, {65_535, 2}, {4096, 4096}
        };
        for (int[] range : ranges) {
            assertThat(read(store, name(1), range[0], range[1]))
                    .as("offset %d length %d", range[0], range[1])
                    .isEqualTo(Arrays.copyOfRange(content, range[0], range[0] + range[1]));
        }
        ByteBuffer heap = ByteBuffer.allocate(100).position(10).limit(20);
        store.read(name(1), 500, heap);
        assertThat(Arrays.copyOfRange(heap.array(), 10, 20)).isEqualTo(Arrays.copyOfRange(content, 500, 510));
    }

    @Test
    void a_range_beyond_the_end_is_malformed() throws Exception {
        StoreConnector store = created();
        put(store, Resource.PACKFILE, name(1), random(13, 1000));
        assertReason(Reason.MALFORMED, () -> read(store, name(1), 0, 1001));
        assertReason(Reason.MALFORMED, () -> read(store, name(1), 1000, 1));
        assertReason(Reason.MALFORMED, () -> read(store, name(1), 1L << 40, 1));
        assertThat(read(store, name(1), 999, 1)).hasSize(1);
    }

    @Test
    void a_missing_object_is_missing_in_every_way_of_asking() throws Exception {
        StoreConnector store = created();
        for (Resource resource : Resource.values()) {
            assertReason(Reason.MISSING, () -> get(store, resource, name(1)));
            store.delete(resource, name(1));
        }
        assertReason(Reason.MISSING, () -> read(store, name(1), 0, 1));
        put(store, Resource.PACKFILE, name(1), random(14, 10));
        read(store, name(1), 0, 10);
        store.delete(Resource.PACKFILE, name(1));
        assertReason(Reason.MISSING, () -> read(store, name(1), 0, 10));
    }

    @Test
    void names_at_both_ends_of_the_range_are_kept_apart() throws Exception {
        StoreConnector store = created();
        Mac last = Mac.of(-1, -1, -1, -1);
        put(store, Resource.PACKFILE, Mac.ZERO, random(15, 10));
        put(store, Resource.PACKFILE, last, random(16, 10));
        assertThat(list(store, Resource.PACKFILE)).containsExactlyInAnyOrder(Mac.ZERO, last);
        assertThat(read(store, Mac.ZERO, 0, 10)).isEqualTo(random(15, 10));
        assertThat(read(store, last, 0, 10)).isEqualTo(random(16, 10));
    }

    @ParameterizedTest
    @EnumSource(Resource.class)
    void files_of_other_names_are_passed_over_and_reported(Resource resource) throws Exception {
        StoreConnector store = created();
        put(store, resource, name(1), random(17, 10));
        String almost = name(2).toHex();
        List<String> names = List.of("README", almost + "0", almost.substring(2), almost.replace('a', 'g') + "", "..x");
        boolean possible = true;
        int foreign = 0;
        for (String name : names) {
            // An id without an "a" stays an id.
            if (!name.equals(almost)) {
                possible &= addForeignFile(resource, name);
                foreign++;
            }
        }
        assumeTrue(possible, "SKIPPED: foreign files cannot be put at this place");
        assertThat(list(store, resource)).containsExactly(name(1));
        assertThat(store.foreignFiles(100)).hasSize(foreign);
        assertThat(store.foreignFiles(2)).hasSize(2);
    }

    @Test
    void many_writers_and_readers_at_once_do_not_disturb_each_other() throws Exception {
        StoreConnector store = created();
        StoreConnector other = open();
        int count = 64;
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            work.add(() -> {
                StoreConnector mine = number % 2 == 0 ? store : other;
                byte[] content = random(1000 + number, 1 + number * 1500);
                try (ObjectWriter writer = mine.put(Resource.PACKFILE)) {
                    for (int at = 0; at < content.length; at += 4000) {
                        writer.write(ByteBuffer.wrap(content, at, Math.min(4000, content.length - at)));
                    }
                    writer.commit(name(number));
                }
                assertThat(list(mine, Resource.PACKFILE)).contains(name(number));
                for (int at = 0; at < content.length; at += 997) {
                    int length = Math.min(700, content.length - at);
                    assertThat(read(mine, name(number), at, length))
                            .isEqualTo(Arrays.copyOfRange(content, at, at + length));
                }
                return null;
            });
        }
        run(work);
        assertThat(list(other, Resource.PACKFILE)).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(get(store, Resource.PACKFILE, name(i))).isEqualTo(random(1000 + i, 1 + i * 1500));
        }
        assertThat(leftovers()).isZero();
    }

    @Test
    void two_writers_of_one_name_leave_one_whole_object() throws Exception {
        StoreConnector store = created();
        byte[] first = random(20, 40_000);
        byte[] second = random(21, 30_000);
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] content = i % 2 == 0 ? first : second;
            work.add(() -> {
                put(store, Resource.STATE, name(1), content);
                return null;
            });
            work.add(() -> {
                if (list(store, Resource.STATE).contains(name(1))) {
                    byte[] seen = get(store, Resource.STATE, name(1));
                    assertThat(Arrays.equals(seen, first) || Arrays.equals(seen, second))
                            .isTrue();
                }
                return null;
            });
        }
        run(work);
        assertThat(list(store, Resource.STATE)).containsExactly(name(1));
        assertThat(leftovers()).isZero();
    }

    private static void run(List<Callable<Void>> work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        }
    }

    @Test
    void a_place_that_refuses_writes_can_be_read_and_says_why_it_refuses() throws Exception {
        StoreConnector store = created();
        put(store, Resource.PACKFILE, name(1), random(22, 10));
        assumeTrue(refuseWrites(), "SKIPPED: this place cannot be made read-only here");
        StoreConnector other = open();
        assertThat(other.open()).isEqualTo(CONFIG);
        assertThat(read(other, name(1), 0, 10)).isEqualTo(random(22, 10));
        assertThat(list(other, Resource.PACKFILE)).containsExactly(name(1));
        assertThatThrownBy(() -> put(other, Resource.PACKFILE, name(2), random(23, 10)))
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isIn(Reason.DENIED, Reason.READ_ONLY));
        assertThat(list(other, Resource.PACKFILE)).containsExactly(name(1));
    }

    @Test
    void the_size_grows_with_what_is_stored_or_is_unknown() throws Exception {
        StoreConnector store = created();
        long before = store.size();
        put(store, Resource.PACKFILE, name(1), random(24, 12_345));
        assertThat(store.size()).isEqualTo(before == -1 ? -1 : before + 12_345);
    }
}
