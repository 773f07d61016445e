package io.plakar.kloset.wrapper;

/** The resource types inside wrappers, with the newest version this program knows (format-storage §5). */
public enum WrappedType {
    CONFIG(1, 0x00010000, "config"),
    LOCK(2, 0x00010000, "lock"),
    STATE(3, 0x00010100, "state"),
    PACKFILE(4, 0x00010000, "packfile");

    private final int number;
    private final int version;
    private final String label;

    WrappedType(int number, int version, String label) {
        this.number = number;
        this.version = version;
        this.label = label;
    }

    public int number() {
        return number;
    }

    /** The version written, and the newest one read. */
    public int version() {
        return version;
    }

    public String label() {
        return label;
    }
}
