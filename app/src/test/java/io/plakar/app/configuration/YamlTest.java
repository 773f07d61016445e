package io.plakar.app.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class YamlTest {
    @Test
    void textsWhichReadersTakeForSomethingElseAreQuoted() {
        assertThat(YamlWriter.document(new TreeMap<>(Map.ofEntries(
                        Map.entry("a", "plain text: no"),
                        Map.entry("b", "22"),
                        Map.entry("c", "true"),
                        Map.entry("d", "n"),
                        Map.entry("e", ""),
                        Map.entry("f", "********"),
                        Map.entry("g", "{\"access_token\":\"A'T\"}"),
                        Map.entry("h", "2026-01-01"),
                        Map.entry("i", " lead"),
                        Map.entry("j", "fs:/home/alice/src"),
                        Map.entry("k", "b=c #x"),
                        Map.entry("l", "one\ntwo\n"),
                        Map.entry("m", "tab\tulator\u0007"),
                        Map.entry("n", "0x1f"),
                        Map.entry("o", "1.5e3")))))
                .isEqualTo("""
                        a: 'plain text: no'
                        b: "22"
                        c: "true"
                        d: "n"
                        e: ""
                        f: '********'
                        g: '{"access_token":"A''T"}'
                        h: "2026-01-01"
                        i: ' lead'
                        j: fs:/home/alice/src
                        k: 'b=c #x'
                        l: |
                            one
                            two
                        m: "tab\\tulator\\x07"
                        "n": "0x1f"
                        o: "1.5e3"
                        """);
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        long seed = 4711;
        Random random = new Random(seed);
        String alphabet = "ab01 \t\n:#-?,[]{}&*!|>'\"%@`~.=\\é\u00a0\u2028\ud83d\ude00_yn\u0001\u0085+<";
        for (int i = 0; i < 5_000; i++) {
            Map<String, String> options = new TreeMap<>();
            options.put("k" + text(random, alphabet), text(random, alphabet));
            options.put("z", text(random, alphabet));
            String document = YamlWriter.document(Map.of("top", options));
            assertThat(YamlReader.read(document))
                    .as("seed " + seed + ", round " + i + ": " + document)
                    .isEqualTo(Map.of("top", options));
        }
    }

    private static String text(Random random, String alphabet) {
        int[] points = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(7);
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }

    @Test
    void scalarsStayAsTheyAreWrittenAndDeeperLevelsAreDropped() throws Exception {
        assertThat(YamlReader.read("a:\n  port: 022\n  flag: Yes\n  none: ~\n  list: [a]\nscalar: 1\n"))
                .isEqualTo(Map.of("a", Map.of("port", "022", "flag", "Yes", "none", "", "list", ""), "scalar", "1"));
        assertThat(YamlReader.tree("a: [b, {c: d}]")).isEqualTo(Map.of("a", List.of("b", Map.of("c", "d"))));
        assertThat(YamlReader.read("")).isEmpty();
    }

    @Test
    void hostileDocumentsFailWithALine() {
        assertThatThrownBy(() -> YamlReader.read("foo: [\n"))
                .isInstanceOf(YamlReader.Malformed.class)
                .hasMessageStartingWith("yaml: line ");
        assertThatThrownBy(() -> YamlReader.read("a: 1\na: 2\n")).hasMessageContaining("twice");
        assertThatThrownBy(() -> YamlReader.tree("a: &a {b: *a}")).hasMessageContaining("nested too deeply");
        assertThatThrownBy(() -> YamlReader.read("[".repeat(100_000))).isInstanceOf(YamlReader.Malformed.class);
        StringBuilder bomb = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (char c = 'b'; c < 'k'; c++) {
            bomb.append(c).append(": &").append(c).append(" [");
            bomb.append(("*" + (char) (c - 1) + ", ").repeat(9)).append("x]\n");
        }
        assertThatThrownBy(() -> YamlReader.tree(bomb.toString())).isInstanceOf(YamlReader.Malformed.class);
    }
}
