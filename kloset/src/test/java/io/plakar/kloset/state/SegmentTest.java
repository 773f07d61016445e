package io.plakar.kloset.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.Mac;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentTest {
    private static final Mac STATE = Mac.of(1, 0, 0, 0);
    private static final int COUNT = 5000;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void writeASegment() throws Exception {
        List<StateModel.Entry> entries = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            entries.add(new StateModel.Entry(2, 0, 9, blob(i), StateModel.packfile(1), i, 1));
        }
        StateModel.State state = new StateModel.State(STATE, StateReader.VERSION_WITH_PARENT, Mac.ZERO, 1, entries);
        try (SegmentBuilder builder = new SegmentBuilder(directory, STATE)) {
            builder.publish(
                    directory,
                    StateReader.read(
                            STATE,
                            state.version(),
                            new ByteArrayInputStream(state.stream().readAllBytes()),
                            builder));
        }
        file = SegmentFiles.single(directory, STATE);
    }

    private static Mac blob(int i) {
        return Mac.of((long) i << 50, 0, 0, i);
    }

    @Test
    void findsEveryRecordAndNoOther() throws Exception {
        Segment segment = Segment.open(file);
        for (int i = 0; i < COUNT; i++) {
            assertThat(segment.offset(segment.find(9, blob(i)))).isEqualTo(i);
            assertThat(segment.find(8, blob(i))).isEqualTo(-1);
            assertThat(segment.find(10, blob(i))).isEqualTo(-1);
            assertThat(segment.find(9, Mac.of((long) i << 50, 1, 0, i))).isEqualTo(-1);
        }
    }

    @Test
    void opensNoFileWithAWrongByteOutsideTheRecords() throws Exception {
        byte[] good = Files.readAllBytes(file);
        int records = COUNT * SegmentFormat.RECORD;
        for (int at = 0; at < good.length; at += at < SegmentFormat.HEADER ? 1 : 97) {
            if (at >= SegmentFormat.HEADER && at < SegmentFormat.HEADER + records) {
                at = SegmentFormat.HEADER + records;
            }
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Path other = Files.write(directory.resolve("bad" + at), bad);
            assertThatThrownBy(() -> Segment.open(other, 0)).isInstanceOf(IOException.class);
        }
        for (int length : new int[] {0, 1, 55, 56, 57, good.length / 2, good.length - 1}) {
            Path other = Files.write(directory.resolve("short" + length), Arrays.copyOf(good, length));
            assertThatThrownBy(() -> Segment.open(other)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void noticesAWrongRecordWhenItsBlockIsUsed() throws Exception {
        byte[] bad = Files.readAllBytes(file);
        bad[SegmentFormat.HEADER + 3000 * SegmentFormat.RECORD + SegmentFormat.REFERENCE_AT] ^= 1;
        Path other = Files.write(directory.resolve("bad"), bad);
        assertThatThrownBy(() -> Segment.open(other)).hasMessageContaining("damaged");
        Segment segment = Segment.open(other, 0);
        assertThat(segment.offset(segment.find(9, blob(10)))).isEqualTo(10);
        assertThat(segment.damaged()).isFalse();
        assertThatThrownBy(() -> segment.find(9, blob(3000))).isInstanceOf(Segment.Damaged.class);
        assertThat(segment.damaged()).isTrue();
    }
}
