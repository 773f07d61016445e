package io.plakar.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plakar.connector.ConnectorException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every destination with directories and files must do. A connector extends this and says how its place is read
 * back.
 */
@Timeout(120)
public abstract class ExporterConformance {
    /** What a destination can keep. */
    public enum Feature {
        PERMISSIONS,
        /** Setuid, setgid and sticky bits. */
        SPECIAL_BITS,
        /** Any user and group; needs privilege nearly everywhere. */
        OWNERS,
        /** Users and groups by name. */
        OWNER_NAMES,
        /** Modification times of directories. */
        DIRECTORY_TIMES,
        NANOSECONDS,
        SYMLINKS,
        /** The text of a link as it is, not cleaned as a path. */
        VERBATIM_LINKS,
        HARD_LINKS,
        /** Named pipes and sockets. */
        SPECIAL_FILES,
        XATTRS,
        /** Names of any bytes. */
        BYTE_NAMES
    }

    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000L, 123_456_789);

    private final List<AutoCloseable> opened = new ArrayList<>();

    /** A new exporter to this test's place, which is an empty or missing directory when the test begins. */
    protected abstract Exporter connect(ExportOptions options) throws Exception;

    /** An importer of the destination, with the destination's root as its root. */
    protected abstract Importer readBack() throws Exception;

    protected Set<Feature> features() {
        return EnumSet.allOf(Feature.class);
    }

    /** The owner new things have. */
    protected abstract long ownUser() throws Exception;

    protected abstract long ownGroup() throws Exception;

    /** Puts a link to a directory outside the root at {@code path}; {@code false} where there are none. */
    protected boolean plantLink(BytePath path) throws Exception {
        return false;
    }

    /** Number of things in the directory which {@link #plantLink} leads to. */
    protected int thingsOutside() throws Exception {
        return 0;
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    /** One more exporter, closed after the test. */
    protected final Exporter open(ExportOptions options) throws Exception {
        Exporter exporter = connect(options);
        opened.add(exporter);
        return exporter;
    }

    protected final Exporter open() throws Exception {
        return open(ExportOptions.DEFAULT);
    }

    private CollectedRecords seen() throws Exception {
        Importer importer = readBack();
        opened.add(importer);
        CollectedRecords all = CollectedRecords.of(importer);
        assertThat(all.failures()).isEmpty();
        return all;
    }

    private SourceEntry seen(String path) throws Exception {
        Importer importer = readBack();
        opened.add(importer);
        return CollectedRecords.of(importer).get(importer.root().resolve(BytePath.clean(path)));
    }

    private List<String> paths() throws Exception {
        Importer importer = readBack();
        opened.add(importer);
        return CollectedRecords.of(importer).below(importer.root()).stream()
                .map(path -> path.relativeTo(importer.root()).toString())
                .toList();
    }

    private void require(Feature feature) {
        assumeTrue(features().contains(feature), "SKIPPED: this destination does not have " + feature);
    }

    private FileInfo info(BytePath path, int mode, Instant time) throws Exception {
        return new FileInfo(path.name(), 0, mode, time, 1, 2, ownUser(), ownGroup(), 1, "", "");
    }

    private ExportEntry entry(BytePath path, int mode, byte[] link, Xattr... xattrs) throws Exception {
        return new ExportEntry(path, info(path, mode, TIME), link, List.of(xattrs));
    }

    /** A file or directory with usual attributes. */
    protected final ExportEntry entry(String path, int mode, Xattr... xattrs) throws Exception {
        return entry(BytePath.clean(path), mode, new byte[0], xattrs);
    }

    private ExportEntry link(String path, String target) throws Exception {
        return entry(BytePath.clean(path), GoMode.SYMLINK | 0777, text(target));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A body that gives {@code content} in odd pieces, by heap and direct buffers in turn. */
    protected static FileBody body(byte[] content) {
        return target -> {
            int at = 0;
            int size = 1;
            while (at < content.length) {
                int count = Math.min(size, content.length - at);
                ByteBuffer piece = ByteBuffer.wrap(content, at, count);
                if (size % 2 == 0) {
                    piece = ByteBuffer.allocateDirect(count).put(piece).flip();
                }
                target.write(piece);
                assertThat(piece.hasRemaining()).isFalse();
                at += count;
                size = size * 3 % 50_021;
            }
        };
    }

    private void file(Exporter exporter, String path, String content) throws Exception {
        assertThat(exporter.writeFile(entry(path, 0644), body(text(content)))).isEmpty();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ConnectorException.class)
                .message()
                .isNotBlank()
                .doesNotContain("\n");
    }

    @Test
    void directories_and_files_come_back_with_their_attributes() throws Exception {
        Exporter exporter = open();
        exporter.ping();
        exporter.makeDirectory(entry("/", GoMode.DIRECTORY | 0755));
        exporter.makeDirectory(entry("/d", GoMode.DIRECTORY | 0750));
        exporter.makeDirectory(entry("/d/e", GoMode.DIRECTORY | 0555));
        assertThat(exporter.writeFile(entry("/d/e/f", 0440), body(text("hello"))))
                .isEmpty();
        assertThat(exporter.finishDirectory(entry("/d/e", GoMode.DIRECTORY | 0555)))
                .isEmpty();
        assertThat(exporter.finishDirectory(entry("/d", GoMode.DIRECTORY | 0750)))
                .isEmpty();
        assertThat(paths()).containsExactly("/", "/d", "/d/e", "/d/e/f");
        assertThat(CollectedRecords.content(seen("/d/e/f"))).isEqualTo(text("hello"));
        List<String> dated =
                features().contains(Feature.DIRECTORY_TIMES) ? List.of("/d", "/d/e", "/d/e/f") : List.of("/d/e/f");
        for (String path : dated) {
            Instant time = seen(path).info().modTime();
            assertThat(time.getEpochSecond()).as(path).isEqualTo(TIME.getEpochSecond());
            if (features().contains(Feature.NANOSECONDS)) {
                assertThat(time).as(path).isEqualTo(TIME);
            }
        }
        require(Feature.PERMISSIONS);
        assertThat(seen("/d").info().mode()).isEqualTo(GoMode.DIRECTORY | 0750);
        assertThat(seen("/d/e").info().mode()).isEqualTo(GoMode.DIRECTORY | 0555);
        assertThat(seen("/d/e/f").info().mode()).isEqualTo(0440);
    }

    @Test
    void times_before_1970_and_far_ahead_are_kept() throws Exception {
        Exporter exporter = open();
        List<Instant> times = List.of(
                Instant.ofEpochSecond(-86_400L * 365 * 20, 5_000_000),
                Instant.EPOCH,
                Instant.ofEpochSecond(-1, 999_000_000),
                Instant.ofEpochSecond(4_102_444_800L));
        for (int i = 0; i < times.size(); i++) {
            BytePath path = BytePath.clean("/" + i);
            ExportEntry entry = new ExportEntry(path, info(path, 0644, times.get(i)), new byte[0], List.of());
            assertThat(exporter.writeFile(entry, body(new byte[0]))).isEmpty();
        }
        for (int i = 0; i < times.size(); i++) {
            Instant seen = seen("/" + i).info().modTime();
            assertThat(seen.getEpochSecond()).isEqualTo(times.get(i).getEpochSecond());
            if (features().contains(Feature.NANOSECONDS)) {
                assertThat(seen).isEqualTo(times.get(i));
            }
        }
    }

    @Test
    void content_of_every_kind_comes_back_exactly_with_and_without_holes() throws Exception {
        for (boolean sparse : new boolean[] {true, false}) {
            Exporter exporter = open(new ExportOptions(true, false, true, true, sparse));
            long seed = 42;
            Random random = new Random(seed);
            for (int round = 0; round < 40; round++) {
                // Runs of zeros and of noise, of lengths around whole blocks.
                byte[] content = new byte[random.nextInt(200_000) * (round % 5 == 0 ? 0 : 1)];
                int at = 0;
                while (at < content.length) {
                    int run = Math.min(content.length - at, 4096 * random.nextInt(6) + random.nextInt(3));
                    if (random.nextBoolean()) {
                        byte[] noise = new byte[run];
                        random.nextBytes(noise);
                        System.arraycopy(noise, 0, content, at, run);
                    }
                    at += run;
                }
                assertThat(exporter.writeFile(entry("/f", 0644), body(content))).isEmpty();
                assertThat(CollectedRecords.content(seen("/f")))
                        .as("seed %d round %d sparse %s", seed, round, sparse)
                        .isEqualTo(content);
            }
        }
    }

    @Test
    void missing_parents_are_made() throws Exception {
        Exporter exporter = open();
        file(exporter, "/a/b/c", "deep");
        exporter.makeDirectory(entry("/x/y/z", GoMode.DIRECTORY | 0755));
        assertThat(paths()).containsExactly("/", "/a", "/a/b", "/a/b/c", "/x", "/x/y", "/x/y/z");
    }

    @Test
    void a_directory_that_exists_is_kept_with_what_is_in_it() throws Exception {
        Exporter exporter = open();
        file(exporter, "/d/f", "old");
        exporter.finishDirectory(entry("/d", GoMode.DIRECTORY | 0500));
        Exporter second = open();
        second.makeDirectory(entry("/d", GoMode.DIRECTORY | 0755));
        file(second, "/d/g", "new");
        assertThat(paths()).containsExactly("/", "/d", "/d/f", "/d/g");
        assertThat(CollectedRecords.content(seen("/d/f"))).isEqualTo(text("old"));
    }

    @Test
    void a_file_is_replaced_whole() throws Exception {
        Exporter exporter = open();
        file(exporter, "/f", "the old content, which is longer");
        file(exporter, "/f", "new");
        assertThat(CollectedRecords.content(seen("/f"))).isEqualTo(text("new"));
        assertThat(paths()).containsExactly("/", "/f");
    }

    @Test
    void a_body_that_fails_leaves_what_was_there() throws Exception {
        Exporter exporter = open();
        file(exporter, "/f", "old");
        IOException broken = new IOException("broken");
        for (String path : List.of("/f", "/new")) {
            assertThatThrownBy(() -> exporter.writeFile(entry(path, 0644), target -> {
                        target.write(ByteBuffer.wrap(new byte[100_000]));
                        throw broken;
                    }))
                    .isSameAs(broken);
            assertThatThrownBy(() -> exporter.writeFile(entry(path, 0644), target -> {
                        target.write(ByteBuffer.wrap(text("part")));
                        throw new InterruptedException();
                    }))
                    .isInstanceOf(InterruptedException.class);
        }
        assertThat(paths()).containsExactly("/", "/f");
        assertThat(CollectedRecords.content(seen("/f"))).isEqualTo(text("old"));
    }

    @Test
    void a_directory_is_never_replaced_by_something_else() throws Exception {
        Exporter exporter = open();
        file(exporter, "/d/f", "kept");
        exporter.makeDirectory(entry("/empty", GoMode.DIRECTORY | 0755));
        for (String path : List.of("/d", "/empty")) {
            assertRefused(() -> exporter.writeFile(entry(path, 0644), body(text("x"))));
            if (features().contains(Feature.SYMLINKS)) {
                assertRefused(() -> exporter.makeSymlink(link(path, "x")));
            }
        }
        assertRefused(() -> exporter.writeFile(entry("/", 0644), body(text("x"))));
        assertThat(paths()).containsExactly("/", "/d", "/d/f", "/empty");
    }

    @Test
    void a_directory_does_not_replace_a_file() throws Exception {
        Exporter exporter = open();
        file(exporter, "/f", "kept");
        assertRefused(() -> exporter.makeDirectory(entry("/f", GoMode.DIRECTORY | 0755)));
        assertRefused(() -> exporter.writeFile(entry("/f/below", 0644), body(text("x"))));
        assertThat(CollectedRecords.content(seen("/f"))).isEqualTo(text("kept"));
    }

    @Test
    void what_exists_is_told_without_following_links() throws Exception {
        Exporter exporter = open();
        assertThat(exporter.existing(BytePath.clean("/f"))).isEmpty();
        assertThat(exporter.existing(BytePath.clean("/no/such/f"))).isEmpty();
        file(exporter, "/d/f", "12345");
        FileInfo found = exporter.existing(BytePath.clean("/d/f")).orElseThrow();
        assertThat(found.size()).isEqualTo(5);
        assertThat(found.isRegular()).isTrue();
        assertThat(found.modTime().getEpochSecond()).isEqualTo(TIME.getEpochSecond());
        assertThat(exporter.existing(BytePath.clean("/d")).orElseThrow().isDirectory())
                .isTrue();
        assertThat(exporter.existing(BytePath.ROOT).orElseThrow().isDirectory()).isTrue();
        require(Feature.SYMLINKS);
        exporter.makeSymlink(link("/l", "d"));
        assertThat(exporter.existing(BytePath.clean("/l")).orElseThrow().isSymlink())
                .isTrue();
    }

    @Test
    void symbolic_links_keep_their_text_and_replace_files_and_links() throws Exception {
        require(Feature.SYMLINKS);
        Exporter exporter = open();
        file(exporter, "/f", "file");
        assertThat(exporter.makeSymlink(link("/l", "f"))).isEmpty();
        String target = features().contains(Feature.VERBATIM_LINKS) ? "../no//where/" : "../no/where";
        assertThat(exporter.makeSymlink(link("/l", target))).isEmpty();
        assertThat(seen("/l").linkTarget()).isEqualTo(text(target));
        assertThat(exporter.makeSymlink(link("/l", "f"))).isEmpty();
        // The link is replaced, not what it leads to.
        file(exporter, "/l", "instead of the link");
        assertThat(seen("/l").info().isRegular()).isTrue();
        assertThat(CollectedRecords.content(seen("/f"))).isEqualTo(text("file"));
        assertThat(exporter.makeSymlink(link("/f", "l"))).isEmpty();
        assertThat(seen("/f").info().isSymlink()).isTrue();
        assertThat(seen("/f").info().modTime().getEpochSecond()).isEqualTo(TIME.getEpochSecond());
        assertThat(paths()).containsExactly("/", "/f", "/l");
    }

    @Test
    void hard_links_are_one_file() throws Exception {
        require(Feature.HARD_LINKS);
        Exporter exporter = open();
        file(exporter, "/a/first", "shared");
        file(exporter, "/third", "replaced");
        BytePath first = BytePath.clean("/a/first");
        assertThat(exporter.hardLink(entry("/b/second", 0644), first)).isTrue();
        assertThat(exporter.hardLink(entry("/third", 0644), first)).isTrue();
        assertThat(exporter.hardLink(entry("/third", 0644), first)).isTrue();
        assertThat(paths()).containsExactly("/", "/a", "/a/first", "/b", "/b/second", "/third");
        for (String path : List.of("/a/first", "/b/second", "/third")) {
            assertThat(CollectedRecords.content(seen(path))).isEqualTo(text("shared"));
            assertThat(seen(path).info().ino())
                    .isEqualTo(seen("/a/first").info().ino());
            assertThat(seen(path).info().nlink()).isEqualTo(3);
        }
    }

    @Test
    void pipes_and_sockets_are_made_and_devices_refused_with_a_reason() throws Exception {
        Exporter exporter = open();
        assertThatThrownBy(() -> exporter.makeSpecial(entry("/dev", GoMode.DEVICE | GoMode.CHAR_DEVICE | 0600)))
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
                .hasMessageContaining("dev");
        require(Feature.SPECIAL_FILES);
        file(exporter, "/pipe", "was a file");
        assertThat(exporter.makeSpecial(entry("/pipe", GoMode.NAMED_PIPE | 0622)))
                .isEmpty();
        assertThat(exporter.makeSpecial(entry("/socket", GoMode.SOCKET | 0700))).isEmpty();
        assertThat(seen("/pipe").info().mode()).isEqualTo(GoMode.NAMED_PIPE | 0622);
        assertThat(seen("/pipe").info().modTime().getEpochSecond()).isEqualTo(TIME.getEpochSecond());
        assertThat(seen("/socket").info().mode()).isEqualTo(GoMode.SOCKET | 0700);
    }

    @Test
    void setuid_setgid_and_sticky_bits_are_kept() throws Exception {
        require(Feature.SPECIAL_BITS);
        Exporter exporter = open();
        int program = GoMode.SETUID | GoMode.SETGID | 0755;
        int directory = GoMode.DIRECTORY | GoMode.STICKY | GoMode.SETGID | 0777;
        assertThat(exporter.writeFile(entry("/program", program), body(text("x"))))
                .isEmpty();
        exporter.makeDirectory(entry("/shared", directory));
        assertThat(exporter.finishDirectory(entry("/shared", directory))).isEmpty();
        assertThat(seen("/program").info().mode()).isEqualTo(program);
        assertThat(seen("/shared").info().mode()).isEqualTo(directory);
    }

    private ExportEntry owned(String path, int mode, byte[] link, long uid, String user) throws Exception {
        BytePath at = BytePath.clean(path);
        FileInfo info = new FileInfo(at.name(), 0, mode, TIME, 1, 2, uid, uid, 1, user, "");
        return new ExportEntry(at, info, link, List.of());
    }

    @Test
    void owners_are_kept_with_their_setuid_bits() throws Exception {
        require(Feature.OWNERS);
        Exporter exporter = open();
        int program = GoMode.SETUID | 0755;
        byte[] none = new byte[0];
        assertThat(exporter.writeFile(owned("/f", program, none, 54_321, "no such user"), body(text("x"))))
                .isEmpty();
        exporter.makeDirectory(owned("/d", GoMode.DIRECTORY | 0700, none, 54_322, ""));
        assertThat(exporter.finishDirectory(owned("/d", GoMode.DIRECTORY | 0700, none, 54_322, "")))
                .isEmpty();
        assertThat(exporter.makeSymlink(owned("/l", GoMode.SYMLINK | 0777, text("x"), 54_323, "")))
                .isEmpty();
        assertThat(seen("/f").info().uid()).isEqualTo(54_321);
        assertThat(seen("/f").info().gid()).isEqualTo(54_321);
        assertThat(seen("/f").info().mode()).isEqualTo(program);
        assertThat(seen("/d").info().uid()).isEqualTo(54_322);
        assertThat(seen("/l").info().uid()).isEqualTo(54_323);
    }

    @Test
    void known_names_win_over_numbers_unless_numbers_are_asked_for() throws Exception {
        require(Feature.OWNERS);
        require(Feature.OWNER_NAMES);
        ExportEntry entry = owned("/f", 0644, new byte[0], 54_321, "root");
        open().writeFile(entry, body(text("x")));
        assertThat(seen("/f").info().uid()).isZero();
        open(new ExportOptions(true, true, true, true, true)).writeFile(entry, body(text("x")));
        assertThat(seen("/f").info().uid()).isEqualTo(54_321);
    }

    @Test
    void a_setuid_bit_is_not_given_to_another_owner() throws Exception {
        require(Feature.SPECIAL_BITS);
        ExportEntry entry = owned("/f", GoMode.SETUID | 0755, new byte[0], 54_321, "");
        List<String> messages =
                open(new ExportOptions(false, false, true, true, true)).writeFile(entry, body(text("x")));
        assertThat(messages).hasSize(1);
        assertThat(messages.getFirst()).contains("/f").contains("setuid");
        assertThat(seen("/f").info().mode()).isEqualTo(0755);
        assertThat(seen("/f").info().uid()).isEqualTo(ownUser());
    }

    @Test
    void an_owner_that_cannot_be_set_is_a_message_and_not_an_error() throws Exception {
        assumeTrue(
                features().contains(Feature.PERMISSIONS) && !features().contains(Feature.OWNERS),
                "SKIPPED: any owner can be set here (root) or none");
        List<String> messages = open().writeFile(owned("/f", 0644, new byte[0], 54_321, ""), body(text("x")));
        assertThat(messages).isNotEmpty().allMatch(message -> message.contains("/f"));
        assertThat(CollectedRecords.content(seen("/f"))).isEqualTo(text("x"));
    }

    @Test
    void permissions_left_out_become_usual_ones() throws Exception {
        require(Feature.PERMISSIONS);
        Exporter exporter = open(new ExportOptions(true, false, false, true, true));
        exporter.writeFile(entry("/d/f", 0777), body(text("x")));
        exporter.finishDirectory(entry("/d", GoMode.DIRECTORY | GoMode.STICKY | 0777));
        assertThat(seen("/d/f").info().mode()).isEqualTo(0640);
        assertThat(seen("/d").info().mode()).isEqualTo(GoMode.DIRECTORY | 0750);
    }

    @Test
    void extended_attributes_come_back_and_can_be_left_out() throws Exception {
        require(Feature.XATTRS);
        byte[] binary = new byte[1000];
        new Random(3).nextBytes(binary);
        Xattr[] attributes = {
            new Xattr(text("user.comment"), Xattr.EXTENDED, text("a remark")),
            new Xattr(text("user.binary"), Xattr.EXTENDED, binary),
            new Xattr(text("user.empty"), Xattr.EXTENDED, new byte[0])
        };
        Exporter exporter = open();
        // Read-only: the attributes must be set before the mode forbids it.
        assertThat(exporter.writeFile(entry("/f", 0444, attributes), body(text("x"))))
                .isEmpty();
        exporter.makeDirectory(entry("/d", GoMode.DIRECTORY | 0555, attributes));
        assertThat(exporter.finishDirectory(entry("/d", GoMode.DIRECTORY | 0555, attributes)))
                .isEmpty();
        for (String path : List.of("/f", "/d")) {
            assertThat(seen(path).xattrs())
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields()
                    .usingRecursiveComparison()
                    .ignoringCollectionOrder()
                    .isEqualTo(List.of(attributes));
        }
        open(new ExportOptions(true, false, true, false, true))
                .writeFile(entry("/g", 0644, attributes), body(text("x")));
        assertThat(seen("/g").xattrs()).isEmpty();
    }

    @Test
    void an_attribute_that_cannot_be_set_is_a_message_and_not_an_error() throws Exception {
        require(Feature.XATTRS);
        Exporter exporter = open();
        Xattr impossible = new Xattr(text("nonsense.name"), Xattr.EXTENDED, text("x"));
        List<String> messages = exporter.writeFile(entry("/f", 0644, impossible), body(text("x")));
        assertThat(messages).hasSize(1);
        assertThat(messages.getFirst()).contains("nonsense.name").contains("/f").doesNotContain("\n");
        assertThat(CollectedRecords.content(seen("/f"))).isEqualTo(text("x"));
    }

    @Test
    void names_of_any_bytes_and_of_greatest_length_come_back() throws Exception {
        require(Feature.BYTE_NAMES);
        byte[] odd = {(byte) 0xfe, ' ', '\\', '\n', '"', (byte) 0xc3};
        byte[] longest = new byte[255];
        Arrays.fill(longest, (byte) 0xe9);
        Exporter exporter = open();
        BytePath directory = BytePath.ROOT.child(longest);
        exporter.makeDirectory(entry(directory, GoMode.DIRECTORY | 0755, new byte[0]));
        for (byte[] name : List.of(odd, longest)) {
            assertThat(exporter.writeFile(entry(directory.child(name), 0644, new byte[0]), body(text("x"))))
                    .isEmpty();
        }
        assertThat(exporter.makeSymlink(entry(BytePath.ROOT.child(odd), GoMode.SYMLINK | 0777, odd)))
                .isEmpty();
        CollectedRecords records = seen();
        BytePath root = records.order().stream()
                .filter(path -> path.lastSlash() > 0 || !path.isRoot())
                .filter(path -> Arrays.equals(path.name(), longest)
                        && !Arrays.equals(path.parent().name(), longest))
                .findFirst()
                .orElseThrow()
                .parent();
        assertThat(records.content(root.resolve(directory).child(odd))).isEqualTo(text("x"));
        assertThat(records.content(root.resolve(directory).child(longest))).isEqualTo(text("x"));
        assertThat(records.get(root.child(odd)).linkTarget()).isEqualTo(odd);
    }

    @Test
    void a_name_that_is_too_long_is_refused_in_one_line() throws Exception {
        Exporter exporter = open();
        String name = "n".repeat(300);
        assertRefused(() -> exporter.writeFile(entry("/" + name, 0644), body(text("x"))));
        file(exporter, "/f", "x");
        assertThat(paths()).containsExactly("/", "/f");
    }

    @Test
    void paths_cannot_climb_out_of_the_root() throws Exception {
        Exporter exporter = open();
        file(exporter, "/d/f", "x");
        List<String> before = paths();
        for (String hostile : List.of("/../x", "/d/../../x", "/..", "/d/./x", "/d//x", "/d/x\0y", "x")) {
            BytePath path = BytePath.ofClean(text(hostile));
            ExportEntry file = new ExportEntry(path, info(BytePath.clean("/x"), 0644, TIME), text("t"), List.of());
            assertRefused(() -> exporter.writeFile(file, body(text("x"))));
            assertRefused(() -> exporter.makeDirectory(file));
            assertRefused(() -> exporter.makeSymlink(file));
            assertRefused(() -> exporter.finishDirectory(file));
            assertRefused(() -> exporter.existing(path));
            assertRefused(() -> exporter.hardLink(file, BytePath.clean("/d/f")));
            assertRefused(() -> exporter.hardLink(entry("/hard", 0644), path));
        }
        assertThat(paths()).isEqualTo(before);
    }

    @Test
    void a_link_at_the_destination_leads_nothing_out() throws Exception {
        Exporter exporter = open();
        file(exporter, "/f", "x");
        assumeTrue(plantLink(BytePath.clean("/out")), "SKIPPED: no links can be planted at this destination");
        int before = thingsOutside();
        assertRefused(() -> exporter.writeFile(entry("/out/f", 0644), body(text("x"))));
        assertRefused(() -> exporter.writeFile(entry("/out/deep/er/f", 0644), body(text("x"))));
        assertRefused(() -> exporter.makeDirectory(entry("/out/d", GoMode.DIRECTORY | 0755)));
        assertRefused(() -> exporter.makeDirectory(entry("/out", GoMode.DIRECTORY | 0755)));
        assertRefused(() -> exporter.finishDirectory(entry("/out", GoMode.DIRECTORY | 0755)));
        assertRefused(() -> exporter.existing(BytePath.clean("/out/f")));
        if (features().contains(Feature.SYMLINKS)) {
            assertRefused(() -> exporter.makeSymlink(link("/out/l", "x")));
        }
        if (features().contains(Feature.SPECIAL_FILES)) {
            assertRefused(() -> exporter.makeSpecial(entry("/out/p", GoMode.NAMED_PIPE | 0600)));
        }
        if (features().contains(Feature.HARD_LINKS)) {
            assertRefused(() -> exporter.hardLink(entry("/out/h", 0644), BytePath.clean("/f")));
        }
        assertThat(thingsOutside()).isEqualTo(before);
        // A file of that name takes the link's place.
        file(exporter, "/out", "inside");
        assertThat(CollectedRecords.content(seen("/out"))).isEqualTo(text("inside"));
        assertThat(thingsOutside()).isEqualTo(before);
    }

    @Test
    void many_threads_store_at_once() throws Exception {
        Exporter exporter = open();
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int number = i;
            work.add(() -> {
                file(exporter, "/d" + number % 7 + "/e/" + number, "content " + number);
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        }
        assertThat(paths()).hasSize(1 + 7 + 7 + 200);
        for (int i = 0; i < 200; i += 13) {
            assertThat(CollectedRecords.content(seen("/d" + i % 7 + "/e/" + i))).isEqualTo(text("content " + i));
        }
    }
}
