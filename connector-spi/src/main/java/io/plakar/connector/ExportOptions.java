package io.plakar.connector;

/**
 * How a destination treats attributes.
 *
 * @param owner set user and group (only tried when the process may)
 * @param numericOwner use the recorded numbers; otherwise names win where this machine knows them
 * @param permissions set the recorded permission bits; otherwise files are 0640 and directories 0750
 * @param xattrs set extended attributes
 * @param sparse leave holes where the content has long runs of zero bytes
 */
public record ExportOptions(boolean owner, boolean numericOwner, boolean permissions, boolean xattrs, boolean sparse) {
    public static final ExportOptions DEFAULT = new ExportOptions(true, false, true, true, true);
}
