package io.plakar.connector;

/**
 * One extended attribute, or one alternate data stream.
 *
 * @param name full name as bytes, {@code user.comment}
 * @param type 0 extended attribute, 1 alternate data stream (format-snapshot §7.1)
 * @param value the value's bytes, held in memory: the systems which have them bound them
 */
public record Xattr(byte[] name, int type, byte[] value) {
    public static final int EXTENDED = 0;
    public static final int ALTERNATE_STREAM = 1;
}
