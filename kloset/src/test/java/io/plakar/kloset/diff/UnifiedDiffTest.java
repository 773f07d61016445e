package io.plakar.kloset.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UnifiedDiffTest {
    private static final Pattern HUNK = Pattern.compile("@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@");

    private static String diff(String left, String right) {
        StringBuilder text = new StringBuilder();
        UnifiedDiff.write(
                left.getBytes(StandardCharsets.UTF_8),
                right.getBytes(StandardCharsets.UTF_8),
                (kind, line) -> text.append(new String(line, StandardCharsets.UTF_8)));
        return text.toString();
    }

    @Test
    void equalTextsHaveNoDifference() {
        assertThat(diff("a\nb\n", "a\nb\n")).isEmpty();
        assertThat(diff("", "")).isEmpty();
    }

    @Test
    void oneChangeHasThreeLinesAroundIt() {
        assertThat(diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"))
                .isEqualTo("@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    }

    @Test
    void additionsToNothingAndTheMissingNewlineAreShown() {
        assertThat(diff("", "a\n")).isEqualTo("@@ -0,0 +1 @@\n+a\n");
        assertThat(diff("a\n", "")).isEqualTo("@@ -1 +0,0 @@\n-a\n");
        assertThat(diff("a", "a\n")).isEqualTo("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
    }

    @Test
    void appliedToTheLeftTextItGivesTheRightOne() {
        for (long seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            List<String> left = lines(random, random.nextInt(30));
            List<String> right = random.nextBoolean() ? lines(random, random.nextInt(30)) : edited(random, left);
            assertThat(patched(left, diff(String.join("", left), String.join("", right))))
                    .as("seed %d", seed)
                    .isEqualTo(right);
        }
    }

    @Test
    void theEditIsAsShortAsPossible() {
        for (long seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            int[] left = random.ints(random.nextInt(14), 0, 4).toArray();
            int[] right = random.ints(random.nextInt(14), 0, 4).toArray();
            LineDiff diff = LineDiff.of(left, right);
            int common = longestCommon(left, right);
            assertThat(diff.removed().cardinality()).as("seed %d", seed).isEqualTo(left.length - common);
            assertThat(diff.added().cardinality()).as("seed %d", seed).isEqualTo(right.length - common);
            assertThat(kept(left, diff.removed())).as("seed %d", seed).isEqualTo(kept(right, diff.added()));
        }
    }

    private static List<Integer> kept(int[] values, BitSet without) {
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (!without.get(i)) {
                kept.add(values[i]);
            }
        }
        return kept;
    }

    private static int longestCommon(int[] left, int[] right) {
        int[][] best = new int[left.length + 1][right.length + 1];
        for (int i = 1; i <= left.length; i++) {
            for (int j = 1; j <= right.length; j++) {
                best[i][j] =
                        left[i - 1] == right[j - 1] ? best[i - 1][j - 1] + 1 : Math.max(best[i - 1][j], best[i][j - 1]);
            }
        }
        return best[left.length][right.length];
    }

    private static List<String> lines(Random random, int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(random.nextInt(6) + "\n");
        }
        return lines;
    }

    private static List<String> edited(Random random, List<String> lines) {
        List<String> edited = new ArrayList<>(lines);
        for (int i = 0; i < 2 && !edited.isEmpty(); i++) {
            edited.set(random.nextInt(edited.size()), "x\n");
        }
        return edited;
    }

    private static List<String> patched(List<String> left, String diff) {
        List<String> result = new ArrayList<>();
        int at = 0;
        for (String line : diff.lines().toList()) {
            Matcher hunk = HUNK.matcher(line);
            if (hunk.matches()) {
                int start = Integer.parseInt(hunk.group(1)) - ("0".equals(hunk.group(2)) ? 0 : 1);
                while (at < start) {
                    result.add(left.get(at++));
                }
            } else if (line.startsWith("+")) {
                result.add(line.substring(1) + "\n");
            } else {
                assertThat(left.get(at)).isEqualTo(line.substring(1) + "\n");
                if (line.startsWith(" ")) {
                    result.add(left.get(at));
                }
                at++;
            }
        }
        result.addAll(left.subList(at, left.size()));
        return result;
    }
}
