package io.plakar.connector.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.BytePath;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.ExporterConformance;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.Xattr;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of this machine as a destination, by calls of the C library. */
class FsExporterTest extends ExporterConformance {
    @TempDir
    Path temporary;

    private final FileTree tree = new NativeFs();

    private Path place() {
        return temporary.resolve("new/place");
    }

    @Override
    protected Exporter connect(ExportOptions options) throws Exception {
        return new FsProvider().exporter(Location.parse(place().toString()), Map.of(), options, Contexts.at(temporary));
    }

    @Override
    protected Importer readBack() throws Exception {
        return new FsProvider().importer(Location.parse(place().toString()), Map.of(), Contexts.at(temporary));
    }

    @Override
    protected Set<Feature> features() {
        return tree.privileged() ? EnumSet.allOf(Feature.class) : EnumSet.complementOf(EnumSet.of(Feature.OWNERS));
    }

    @Override
    protected long ownUser() throws Exception {
        return tree.stat(BytePath.clean(temporary.toString()), false).uid();
    }

    @Override
    protected long ownGroup() throws Exception {
        return tree.stat(BytePath.clean(temporary.toString()), false).gid();
    }

    private Path outside() throws Exception {
        return Files.createDirectories(temporary.resolve("outside"));
    }

    @Override
    protected boolean plantLink(BytePath path) throws Exception {
        Files.createSymbolicLink(Path.of(place() + path.toString()), outside());
        return true;
    }

    @Override
    protected int thingsOutside() throws Exception {
        try (Stream<Path> all = Files.walk(outside())) {
            return (int) all.count();
        }
    }

    private static String output(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes()).strip();
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    @Test
    void zero_blocks_become_holes_only_when_asked_for() throws Exception {
        byte[] content = new byte[1 << 20];
        content[0] = 1;
        content[(1 << 20) - 5000] = 1;
        for (boolean sparse : new boolean[] {true, false}) {
            open(new ExportOptions(true, false, true, true, sparse)).writeFile(entry("/f", 0644), body(content));
            Path file = place().resolve("f");
            long bytes = 512 * Long.parseLong(output("stat", "-c", "%b", file.toString()));
            assertThat(bytes <= 64 << 10)
                    .as("sparse %s: %d bytes", sparse, bytes)
                    .isEqualTo(sparse);
            assertThat(Files.readAllBytes(file)).isEqualTo(content);
        }
    }

    @Test
    void a_file_of_nothing_but_zeros_has_its_length() throws Exception {
        open().writeFile(entry("/f", 0644), target -> {
            for (int i = 0; i < 64; i++) {
                target.write(ByteBuffer.allocate(1 << 14));
            }
        });
        assertThat(Files.size(place().resolve("f"))).isEqualTo(1 << 20);
        assertThat(Files.readAllBytes(place().resolve("f"))).containsOnly(0);
    }

    @Test
    void access_lists_come_back_with_the_mode() throws Exception {
        // Version 2; owner rw, user 1234 r, group r, mask r, others none.
        int[][] rules = {{1, 6, -1}, {2, 4, 1234}, {4, 4, -1}, {16, 4, -1}, {32, 0, -1}};
        ByteBuffer list = ByteBuffer.allocate(4 + 8 * rules.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(2);
        for (int[] rule : rules) {
            list.putShort((short) rule[0]).putShort((short) rule[1]).putInt(rule[2]);
        }
        Xattr acl = new Xattr("system.posix_acl_access".getBytes(), Xattr.EXTENDED, list.array());
        List<String> messages = open().writeFile(entry("/f", 0640, acl), body(new byte[1]));
        Assumptions.assumeTrue(
                messages.stream().noneMatch(m -> m.contains("not supported")),
                "SKIPPED: this file system has no access lists");
        assertThat(messages).isEmpty();
        BytePath path = BytePath.clean(place().toString()).child("f");
        assertThat(tree.xattrs(path))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(acl);
        assertThat(tree.stat(path, false).mode()).isEqualTo(0640);
    }

    @Test
    void attributes_of_links_are_the_links_own() throws Exception {
        Assumptions.assumeTrue(tree.privileged(), "SKIPPED: only root may set attributes of links");
        BytePath path = BytePath.clean("/l");
        Xattr mark = new Xattr("trusted.mark".getBytes(), Xattr.EXTENDED, new byte[] {1});
        var info = entry("/l", GoMode.SYMLINK | 0777).info();
        List<String> messages = open().makeSymlink(
                        new io.plakar.connector.ExportEntry(path, info, "elsewhere".getBytes(), List.of(mark)));
        Assumptions.assumeTrue(
                messages.stream().noneMatch(m -> m.contains("not supported") || m.contains("not permitted")),
                "SKIPPED: this file system has no attributes of links");
        assertThat(messages).isEmpty();
        assertThat(tree.xattrs(BytePath.clean(place().toString()).child("l")))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(mark);
    }

    @Test
    void a_root_reached_through_a_link_is_used() throws Exception {
        Files.createSymbolicLink(temporary.resolve("new"), outside());
        open().writeFile(entry("/f", 0644), body(new byte[3]));
        assertThat(outside().resolve("place/f")).hasSize(3);
    }

    @Test
    void a_full_disk_is_told_of_the_file_and_leaves_nothing() throws Exception {
        Files.createDirectories(place());
        boolean mounted = tree.privileged()
                && new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place().toString())
                                .start()
                                .waitFor()
                        == 0;
        Assumptions.assumeTrue(mounted, "SKIPPED: only root can mount a small file system");
        try {
            byte[] content = new byte[2 << 20];
            java.util.Arrays.fill(content, (byte) 1);
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> open().writeFile(entry("/d/big", 0644), body(content)))
                    .hasMessage("write " + place() + "/d/big: no space left on device");
            assertThat(place().resolve("d")).isEmptyDirectory();
        } finally {
            new ProcessBuilder("umount", "-l", place().toString()).start().waitFor();
        }
    }
}
