package io.plakar.connector;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * An absolute, cleaned, {@code /}-separated path of bytes (format-snapshot §4.1): starts with {@code /}, has no
 * trailing {@code /} (but for the root itself), no empty, {@code .} or {@code ..} component. Bytes are kept exactly;
 * they need not be UTF-8. Immutable.
 */
public final class BytePath implements Comparable<BytePath> {
    public static final BytePath ROOT = new BytePath(new byte[] {'/'});

    /** Path order of the VFS tree: fewer separators first, then unsigned bytes. */
    public static final Comparator<BytePath> TREE_ORDER = (left, right) -> compareTree(left.bytes, right.bytes);

    private final byte[] bytes;
    private int hash;

    private BytePath(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Cleans {@code raw} and returns it as an absolute path; a relative one is taken as relative to {@code /}, and a
     * {@code ..} never climbs above it.
     */
    public static BytePath clean(byte[] raw) {
        byte[] out = new byte[raw.length + 1];
        int length = 0;
        int start = 0;
        for (int i = 0; i <= raw.length; i++) {
            if (i < raw.length && raw[i] != '/') {
                continue;
            }
            int size = i - start;
            if (size == 0 || (size == 1 && raw[start] == '.')) {
                // nothing to add
            } else if (size == 2 && raw[start] == '.' && raw[start + 1] == '.') {
                while (length > 0 && out[--length] != '/') {
                    // drop the last component
                }
            } else {
                out[length++] = '/';
                System.arraycopy(raw, start, out, length, size);
                length += size;
            }
            start = i + 1;
        }
        return length == 0 ? ROOT : new BytePath(Arrays.copyOf(out, length));
    }

    /** {@link #clean(byte[])} of the UTF-8 form of {@code text}. */
    public static BytePath clean(String text) {
        return clean(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes over an array which is known to be a clean absolute path; the caller must not change it afterwards. */
    public static BytePath ofClean(byte[] clean) {
        return new BytePath(clean);
    }

    /** The bytes themselves; shared, not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    public boolean isRoot() {
        return bytes.length == 1;
    }

    /** The directory this path lies in; the root is its own parent. */
    public BytePath parent() {
        int slash = lastSlash();
        return slash <= 0 ? ROOT : new BytePath(Arrays.copyOf(bytes, slash));
    }

    /** The last component, {@code /} for the root; a fresh array. */
    public byte[] name() {
        return isRoot() ? bytes.clone() : Arrays.copyOfRange(bytes, lastSlash() + 1, bytes.length);
    }

    /** Index of the last {@code /}. */
    public int lastSlash() {
        int i = bytes.length - 1;
        while (bytes[i] != '/') {
            i--;
        }
        return i;
    }

    /** This path with one more component, which must hold neither {@code /} nor NUL and not be {@code .} or {@code ..}. */
    public BytePath child(byte[] name) {
        int base = isRoot() ? 0 : bytes.length;
        byte[] out = Arrays.copyOf(bytes, base + 1 + name.length);
        out[base] = '/';
        System.arraycopy(name, 0, out, base + 1, name.length);
        return new BytePath(out);
    }

    public BytePath child(String name) {
        return child(name.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether this path equals {@code ancestor} or lies below it. */
    public boolean startsWith(BytePath ancestor) {
        int n = ancestor.bytes.length;
        if (ancestor.isRoot()) {
            return true;
        }
        return bytes.length >= n
                && Arrays.equals(bytes, 0, n, ancestor.bytes, 0, n)
                && (bytes.length == n || bytes[n] == '/');
    }

    /** The part below {@code ancestor}, as an absolute path of its own: {@code /a/b/c} below {@code /a} is {@code /b/c}. */
    public BytePath relativeTo(BytePath ancestor) {
        if (!startsWith(ancestor)) {
            throw new IllegalArgumentException(this + " is not below " + ancestor);
        }
        if (ancestor.isRoot()) {
            return this;
        }
        return bytes.length == ancestor.bytes.length
                ? ROOT
                : new BytePath(Arrays.copyOfRange(bytes, ancestor.bytes.length, bytes.length));
    }

    /** This path joined with the absolute path {@code below}: {@code /a} and {@code /b/c} give {@code /a/b/c}. */
    public BytePath resolve(BytePath below) {
        if (below.isRoot()) {
            return this;
        }
        if (isRoot()) {
            return below;
        }
        byte[] out = Arrays.copyOf(bytes, bytes.length + below.bytes.length);
        System.arraycopy(below.bytes, 0, out, bytes.length, below.bytes.length);
        return new BytePath(out);
    }

    /** Number of {@code /} bytes: 1 for the root and for its children. */
    public int slashes() {
        return slashes(bytes);
    }

    private static int slashes(byte[] path) {
        int count = 0;
        for (byte b : path) {
            if (b == '/') {
                count++;
            }
        }
        return count;
    }

    /** {@code PathCmp} of format-snapshot §4.1 on raw path bytes. */
    public static int compareTree(byte[] left, byte[] right) {
        int order = Integer.compare(slashes(left), slashes(right));
        return order != 0 ? order : Arrays.compareUnsigned(left, right);
    }

    /** Plain unsigned byte order. */
    @Override
    public int compareTo(BytePath other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytePath path && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        if (hash == 0) {
            hash = Arrays.hashCode(bytes);
        }
        return hash;
    }

    /** For people only: bytes which are not UTF-8 are replaced. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
