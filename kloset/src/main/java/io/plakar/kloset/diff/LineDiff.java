package io.plakar.kloset.diff;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The shortest edit between two sequences, after E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
 * in linear space. Where the sequences have next to nothing in common the search is cut off and the whole part counts as
 * replaced. Immutable once made.
 */
final class LineDiff {
    /** Steps of one search, a bound on the time: half of the changed lines in one part. */
    private static final int MAX_STEPS = 5000;

    private final int[] left;
    private final int[] right;
    private final BitSet removed = new BitSet();
    private final BitSet added = new BitSet();

    private LineDiff(int[] left, int[] right) {
        this.left = left;
        this.right = right;
    }

    /** Compares; equal elements have equal numbers. */
    static LineDiff of(int[] left, int[] right) {
        LineDiff diff = new LineDiff(left, right);
        diff.compare(0, left.length, 0, right.length);
        return diff;
    }

    /** Indexes of the left elements which are not in the right sequence. */
    BitSet removed() {
        return removed;
    }

    /** Indexes of the right elements which are not in the left sequence. */
    BitSet added() {
        return added;
    }

    private void compare(int leftFrom, int leftTo, int rightFrom, int rightTo) {
        int l = leftFrom;
        int r = rightFrom;
        while (l < leftTo && r < rightTo && left[l] == right[r]) {
            l++;
            r++;
        }
        int lEnd = leftTo;
        int rEnd = rightTo;
        while (lEnd > l && rEnd > r && left[lEnd - 1] == right[rEnd - 1]) {
            lEnd--;
            rEnd--;
        }
        int[] snake = l < lEnd && r < rEnd ? middle(l, lEnd, r, rEnd) : null;
        if (snake == null) {
            removed.set(l, lEnd);
            added.set(r, rEnd);
            return;
        }
        compare(l, l + snake[0], r, r + snake[1]);
        compare(l + snake[2], lEnd, r + snake[3], rEnd);
    }

    /**
     * The middle run of equal elements of a shortest edit, as offsets {@code {x, y, u, v}}: it begins at (x, y) and ends
     * at (u, v). Null when nothing can be gained by splitting, or the search was cut off.
     */
    private int @Nullable [] middle(int l, int lEnd, int r, int rEnd) {
        int n = lEnd - l;
        int m = rEnd - r;
        int sum = n + m;
        int size = 2 * Math.min(n, m) + 2;
        int[] forward = new int[size];
        int[] backward = new int[size];
        int skew = n - m;
        int last = Math.min(MAX_STEPS, sum / 2 + (sum % 2 != 0 ? 1 : 0));
        for (int h = 0; h <= last; h++) {
            for (int direction = 1; direction >= 0; direction--) {
                boolean isForward = direction == 1;
                int[] own = isForward ? forward : backward;
                int[] other = isForward ? backward : forward;
                int high = h - 2 * Math.max(0, h - n);
                for (int k = -(h - 2 * Math.max(0, h - m)); k <= high; k += 2) {
                    int before = own[Math.floorMod(k - 1, size)];
                    int after = own[Math.floorMod(k + 1, size)];
                    int x = k == -h || (k != h && before < after) ? after : before + 1;
                    int y = x - k;
                    int startX = x;
                    int startY = y;
                    while (x < n
                            && y < m
                            && (isForward ? left[l + x] == right[r + y] : left[lEnd - 1 - x] == right[rEnd - 1 - y])) {
                        x++;
                        y++;
                    }
                    own[Math.floorMod(k, size)] = x;
                    int z = skew - k;
                    if (sum % 2 == direction
                            && z >= -(h - direction)
                            && z <= h - direction
                            && x + other[Math.floorMod(z, size)] >= n) {
                        int edits = isForward ? 2 * h - 1 : 2 * h;
                        int[] snake = isForward
                                ? new int[] {startX, startY, x, y}
                                : new int[] {n - x, m - y, n - startX, m - startY};
                        return edits > 1 ? snake : null;
                    }
                }
            }
        }
        return null;
    }
}
