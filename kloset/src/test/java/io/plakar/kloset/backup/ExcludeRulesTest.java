package io.plakar.kloset.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NullMarked
class ExcludeRulesTest {
    /** The tree of the spec's table, walked as the fs source does: nothing below an excluded directory is asked. */
    private static final List<String> TREE = List.of(
            "/srv/",
            "/srv/x/",
            "/srv/x/a/",
            "/srv/x/a/b/",
            "/srv/x/a/b/deep.log",
            "/srv/x/a/keep.log",
            "/srv/x/a/note.txt",
            "/srv/x/keep.log",
            "/srv/x/tmp/",
            "/srv/x/tmp/t1",
            "/srv/x/top.log",
            "/srv/x/zz/",
            "/srv/x/zz/tmp");

    private static ExcludeRules rules(String... lines) throws KlosetException {
        List<byte[]> bytes = new ArrayList<>();
        for (String line : lines) {
            bytes.add(line.getBytes(StandardCharsets.UTF_8));
        }
        return ExcludeRules.of(bytes);
    }

    private static boolean excluded(ExcludeRules rules, String path) {
        return rules.excluded(BytePath.clean(path), path.endsWith("/"));
    }

    private static String gone(String... lines) throws KlosetException {
        ExcludeRules rules = rules(lines);
        List<String> gone = new ArrayList<>();
        String below = null;
        for (String path : TREE) {
            if (below != null && path.startsWith(below)) {
                gone.add(path);
            } else if (excluded(rules, path)) {
                gone.add(path);
                below = path.endsWith("/") ? path : null;
            }
        }
        return String.join(" ", gone);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "*.log !keep.log | /srv/x/a/b/deep.log /srv/x/top.log",
                "tmp/ | /srv/x/tmp/ /srv/x/tmp/t1",
                "tmp | /srv/x/tmp/ /srv/x/tmp/t1 /srv/x/zz/tmp",
                "/top.log | ''",
                "x/top.log | ''",
                "a/** | ''",
                "/srv/x/top.log | /srv/x/top.log",
                "srv/x/top.log | /srv/x/top.log",
                "**/x/top.log | /srv/x/top.log",
                "/srv/x/a/* | /srv/x/a/b/ /srv/x/a/b/deep.log /srv/x/a/keep.log /srv/x/a/note.txt",
                "/srv/x/a | /srv/x/a/ /srv/x/a/b/ /srv/x/a/b/deep.log /srv/x/a/keep.log /srv/x/a/note.txt",
                "/srv/x/a !/srv/x/a/keep.log"
                        + " | /srv/x/a/ /srv/x/a/b/ /srv/x/a/b/deep.log /srv/x/a/keep.log /srv/x/a/note.txt",
                "**/a/** | /srv/x/a/ /srv/x/a/b/ /srv/x/a/b/deep.log /srv/x/a/keep.log /srv/x/a/note.txt",
                "/srv/**/deep.log | /srv/x/a/b/deep.log",
                "/srv/x/**/a | /srv/x/a/ /srv/x/a/b/ /srv/x/a/b/deep.log /srv/x/a/keep.log /srv/x/a/note.txt",
                "/srv/x/a** | ''",
                "/srv/x/top.log/ | ''",
                "/srv/x/tmp/ | /srv/x/tmp/ /srv/x/tmp/t1",
                "/srv/x/[st]?p.log | /srv/x/top.log",
                "/srv/x/[^t]*.log | /srv/x/keep.log",
            })
    void aPatternTakesOutWhatTheSpecSays(String lines, String expected) throws KlosetException {
        assertThat(gone(lines.split(" "))).isEqualTo(expected);
    }

    @Test
    void aMatchOnAnAncestorExcludesTheWholeTree() throws KlosetException {
        assertThat(excluded(rules("srv"), "/srv/x/top.log")).isTrue();
        assertThat(excluded(rules("tmp/"), "/srv/x/tmp/t1")).isTrue();
        assertThat(excluded(rules("/srv/x/a"), "/srv/x/a/b/c/d")).isTrue();
        assertThat(excluded(rules("/srv/x/a/"), "/srv/x/a/b")).isTrue();
    }

    @Test
    void theRootIsNeverExcluded() throws KlosetException {
        assertThat(excluded(rules("*", "/**", "**/**"), "/")).isFalse();
        assertThat(excluded(rules("*"), "/srv/")).isTrue();
        assertThat(excluded(rules("/**"), "/srv/")).isTrue();
    }

    @Test
    void theLastMatchingRuleWins() throws KlosetException {
        assertThat(excluded(rules("*.log", "!keep.log", "keep.log"), "/keep.log"))
                .isTrue();
        assertThat(excluded(rules("!keep.log", "*.log"), "/keep.log")).isTrue();
        assertThat(excluded(rules("*.log", "!*.log"), "/keep.log")).isFalse();
    }

    @Test
    void linesAreCutAndCommentsIgnored() throws KlosetException {
        assertThat(rules("#x", "", "   ", "\r").isEmpty()).isTrue();
        assertThat(excluded(rules("#x"), "/#x")).isFalse();
        assertThat(excluded(rules("\\#x"), "/#x")).isTrue();
        assertThat(excluded(rules("a  \r"), "/a")).isTrue();
        assertThat(excluded(rules("a\\   "), "/a ")).isTrue();
        assertThat(excluded(rules("a\\   "), "/a")).isFalse();
        assertThat(excluded(rules("a b"), "/a b")).isTrue();
        assertThat(excluded(rules("\\!x"), "/!x")).isTrue();
    }

    @Test
    void aFileIsReadLineByLine() throws KlosetException {
        List<byte[]> lines =
                ExcludeRules.lines("*.log\r\n \t\n# note\n!keep.log\nlast".getBytes(StandardCharsets.UTF_8));
        assertThat(lines).hasSize(4);
        ExcludeRules rules = ExcludeRules.of(lines);
        assertThat(excluded(rules, "/a.log")).isTrue();
        assertThat(excluded(rules, "/keep.log")).isFalse();
        assertThat(excluded(rules, "/last")).isTrue();
        assertThat(ExcludeRules.lines(new byte[0])).isEmpty();
    }

    @Test
    void namesAreBytes() throws KlosetException {
        byte[] name = {'/', (byte) 0xff, 'x'};
        ExcludeRules rules = ExcludeRules.of(List.of(new byte[] {(byte) 0xff, '*'}));
        assertThat(rules.excluded(BytePath.clean(name), false)).isTrue();
        assertThat(rules.excluded(BytePath.clean("/\u00ffx"), false)).isFalse();
    }

    @Test
    void aBadPatternIsNamed() {
        assertThatThrownBy(() -> rules("/srv/[a"))
                .isInstanceOf(KlosetException.Invalid.class)
                .hasMessageContaining("/srv/[a");
    }

    @Test
    void anyBytesAreARuleOrATypedError() {
        long seed = 15;
        Random random = new Random(seed);
        byte[] alphabet = "ab/*?[]^-\\! #\u00e9".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 50_000; round++) {
            byte[] line = new byte[random.nextInt(12)];
            byte[] path = new byte[random.nextInt(12)];
            for (int i = 0; i < line.length; i++) {
                line[i] = alphabet[random.nextInt(alphabet.length)];
            }
            for (int i = 0; i < path.length; i++) {
                path[i] = alphabet[random.nextInt(alphabet.length)];
            }
            try {
                ExcludeRules.of(List.of(line)).excluded(BytePath.clean(path), random.nextBoolean());
            } catch (KlosetException.Invalid e) {
                assertThat(e).hasMessageContaining("syntax error");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + round + " line " + Arrays.toString(line), e);
            }
        }
    }
}
