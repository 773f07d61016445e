package io.plakar.kloset.snapshot.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotSelectorTest {
    private static final Mac FIRST = Mac.of(0xab45775e00000000L, 0, 0, 1);
    private static final Mac SECOND = Mac.of(0xab55775e00000000L, 0, 0, 2);
    private static final Mac THIRD = Mac.of(0x0123456700000000L, 0, 0, 3);
    private static final List<Mac> IDS = List.of(FIRST, SECOND, THIRD);

    private static SnapshotSelector parse(String argument) {
        return SnapshotSelector.parse(argument.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "ab4, '', /home/alice/src",
        "ab4:, '', /home/alice/src",
        "ab4:., '', /home/alice/src",
        "ab4:/, '', /",
        "ab4:nested/, '', /home/alice/src/nested",
        "ab4:../x, '', /home/alice/x",
        "ab4:a:b, '', /home/alice/src/a:b",
        "ab4:/etc//./passwd, '', /etc/passwd",
        "/srv/a:b, '', /srv/a:b",
        "'', '', /home/alice/src",
    })
    void aPathIsJoinedToTheSourceDirectory(String argument, String unused, String path) {
        assertThat(parse(argument).path(BytePath.clean("/home/alice/src"))).hasToString(path);
    }

    @Test
    void theArgumentIsSplitAtTheFirstColon() {
        assertThat(parse("ab4:a:b").prefix()).isEqualTo("ab4");
        assertThat(parse("ab4:a:b").pathBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("a:b");
        assertThat(parse("/a:b").prefix()).isEmpty();
        assertThat(parse("ab4").hasPath()).isFalse();
        assertThat(parse("ab4:x")).hasToString("ab4:x");
    }

    @Test
    void pathBytesAreKept() {
        byte[] argument = {'a', ':', (byte) 0xff, 'x'};
        assertThat(SnapshotSelector.parse(argument).path(BytePath.ROOT).bytes()).containsExactly('/', 0xff, 'x');
    }

    @Test
    void aPrefixFindsItsSnapshot() throws KlosetException {
        assertThat(parse("ab4").resolve(IDS)).isEqualTo(FIRST);
        assertThat(parse("0").resolve(IDS)).isEqualTo(THIRD);
        assertThat(parse(SECOND.toHex()).resolve(IDS)).isEqualTo(SECOND);
        assertThat(parse("").resolve(List.of(FIRST))).isEqualTo(FIRST);
        assertThat(parse("ab").matches(IDS)).containsExactly(FIRST, SECOND);
    }

    @ParameterizedTest
    @CsvSource({
        "0123456f, no snapshot has prefix: 0123456f",
        "AB45775E, no snapshot has prefix: AB45775E",
        "-x, no snapshot has prefix: -x",
        "ab, snapshot ID is ambiguous: ab (matches 2 snapshots)",
        "/x, 'snapshot ID is ambiguous:  (matches 3 snapshots)'",
        "latest~3, no snapshot is latest~3: the store holds 3",
        "latest~, no snapshot has prefix: latest~",
        "latest~x, no snapshot has prefix: latest~x",
        "latest~99999999999, no snapshot has prefix: latest~99999999999",
        "latestx, no snapshot has prefix: latestx",
    })
    void whatNamesNoSnapshotIsReported(String argument, String message) {
        assertThatThrownBy(() -> parse(argument).resolve(IDS))
                .isInstanceOf(KlosetException.Invalid.class)
                .hasMessage(message);
    }

    @Test
    void latestCountsBackFromTheNewest() throws KlosetException {
        assertThat(parse("latest").resolve(IDS)).isEqualTo(FIRST);
        assertThat(parse("latest~0").resolve(IDS)).isEqualTo(FIRST);
        assertThat(parse("latest~2:x").resolve(IDS)).isEqualTo(THIRD);
        assertThat(parse("latest~2:x").isRelative()).isTrue();
        assertThat(parse("latest~2:x").path(BytePath.clean("/s"))).hasToString("/s/x");
        assertThatThrownBy(() -> parse("latest").resolve(List.of())).hasMessageContaining("holds 0");
    }
}
