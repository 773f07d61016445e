package io.plakar.kloset.diff;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The difference of two texts in the unified format, with three lines of context, as {@code patch} takes it. */
public final class UnifiedDiff {
    private static final int CONTEXT = 3;

    /** How much of a text tells whether it is one. */
    private static final int SNIFFED = 512;

    private static final byte[] NO_NEWLINE = "\n\\ No newline at end of file\n".getBytes(StandardCharsets.US_ASCII);

    /** Takes the parts of the output. */
    public interface Sink {
        /** The kind of a line, for colours. */
        enum Kind {
            HUNK,
            CONTEXT,
            REMOVED,
            ADDED
        }

        /** One line with its mark and its end. */
        void line(Kind kind, byte[] line);
    }

    private final List<byte[]> left;
    private final List<byte[]> right;
    private final BitSet removed;
    private final BitSet added;

    private UnifiedDiff(List<byte[]> left, List<byte[]> right, LineDiff diff) {
        this.left = left;
        this.right = right;
        this.removed = diff.removed();
        this.added = diff.added();
    }

    /** Whether it is no text: a control character but tab, line feed, carriage return or form feed near the start. */
    public static boolean isBinary(byte[] content) {
        for (int i = 0; i < Math.min(SNIFFED, content.length); i++) {
            byte b = content[i];
            if ((b >= 0 && b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f') || b == 0x7f) {
                return true;
            }
        }
        return false;
    }

    /** Writes the hunks; nothing when the texts are equal. */
    public static void write(byte[] left, byte[] right, Sink sink) {
        List<byte[]> leftLines = lines(left);
        List<byte[]> rightLines = lines(right);
        Map<String, Integer> numbers = new HashMap<>();
        LineDiff diff = LineDiff.of(number(leftLines, numbers), number(rightLines, numbers));
        new UnifiedDiff(leftLines, rightLines, diff).write(sink);
    }

    private void write(Sink sink) {
        int l = 0;
        int r = 0;
        while (true) {
            int nextRemoved = removed.nextSetBit(l);
            int nextAdded = added.nextSetBit(r);
            if (nextRemoved < 0 && nextAdded < 0) {
                return;
            }
            // Both sides are equal up to the nearer of the two changes.
            int equal = Math.min(
                    nextRemoved < 0 ? Integer.MAX_VALUE : nextRemoved - l,
                    nextAdded < 0 ? Integer.MAX_VALUE : nextAdded - r);
            int lead = Math.min(CONTEXT, equal);
            int leftFrom = l + equal - lead;
            int rightFrom = r + equal - lead;
            int[] end = hunkEnd(l + equal, r + equal);
            hunk(sink, leftFrom, end[0], rightFrom, end[1]);
            l = end[0];
            r = end[1];
        }
    }

    /** Where the hunk with the change at (l, r) ends: behind its trailing context, before a long equal run. */
    private int[] hunkEnd(int l, int r) {
        int left1 = l;
        int right1 = r;
        while (true) {
            while (removed.get(left1)) {
                left1++;
            }
            while (added.get(right1)) {
                right1++;
            }
            int equal = 0;
            while (left1 + equal < left.size()
                    && right1 + equal < right.size()
                    && equal <= 2 * CONTEXT
                    && !removed.get(left1 + equal)
                    && !added.get(right1 + equal)) {
                equal++;
            }
            boolean more = removed.get(left1 + equal) || added.get(right1 + equal);
            if (!more || equal > 2 * CONTEXT) {
                int tail = Math.min(CONTEXT, equal);
                return new int[] {left1 + tail, right1 + tail};
            }
            left1 += equal;
            right1 += equal;
        }
    }

    private void hunk(Sink sink, int leftFrom, int leftTo, int rightFrom, int rightTo) {
        String head = "@@ -" + range(leftFrom, leftTo) + " +" + range(rightFrom, rightTo) + " @@\n";
        sink.line(Sink.Kind.HUNK, head.getBytes(StandardCharsets.US_ASCII));
        int l = leftFrom;
        int r = rightFrom;
        while (l < leftTo || r < rightTo) {
            if (l < leftTo && removed.get(l)) {
                sink.line(Sink.Kind.REMOVED, marked('-', left.get(l++)));
            } else if (r < rightTo && added.get(r)) {
                sink.line(Sink.Kind.ADDED, marked('+', right.get(r++)));
            } else {
                sink.line(Sink.Kind.CONTEXT, marked(' ', left.get(l++)));
                r++;
            }
        }
    }

    private static String range(int from, int to) {
        int count = to - from;
        int first = count == 0 ? from : from + 1;
        return count == 1 ? String.valueOf(first) : first + "," + count;
    }

    private static byte[] marked(char mark, byte[] line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(line.length + 32);
        out.write(mark);
        out.writeBytes(line);
        if (line[line.length - 1] != '\n') {
            out.writeBytes(NO_NEWLINE);
        }
        return out.toByteArray();
    }

    /** The lines with their ends. */
    private static List<byte[]> lines(byte[] text) {
        List<byte[]> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '\n' || i == text.length - 1) {
                lines.add(Arrays.copyOfRange(text, start, i + 1));
                start = i + 1;
            }
        }
        return lines;
    }

    private static int[] number(List<byte[]> lines, Map<String, Integer> numbers) {
        int[] numbered = new int[lines.size()];
        for (int i = 0; i < numbered.length; i++) {
            String key = new String(lines.get(i), StandardCharsets.ISO_8859_1);
            numbered[i] = index(numbers, key);
        }
        return numbered;
    }

    private static int index(Map<String, Integer> numbers, String line) {
        Integer known = numbers.get(line);
        if (known == null) {
            known = numbers.size();
            numbers.put(line, known);
        }
        return known;
    }
}
