package io.plakar.connector.tar;

import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import org.apache.commons.compress.archivers.zip.X5455_ExtendedTimestamp;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes a zip archive to a stream: deflate, Unix modes, symbolic links, times in UTC, files and archives of any size.
 * Used by one thread. Zip knows names as text: a name which is not UTF-8 is written with replacement characters. Owners,
 * extended attributes, hard links and special files have no place in it.
 */
public final class ZipWriter implements AutoCloseable {
    private final ZipArchiveOutputStream zip;
    private final byte[] copy = new byte[1 << 16];

    /** Takes over {@code out}, which should be buffered. */
    public ZipWriter(OutputStream out) {
        zip = new ZipArchiveOutputStream(out);
        zip.setEncoding("UTF-8");
        zip.setUseLanguageEncodingFlag(true);
        zip.setUseZip64(Zip64Mode.AsNeeded);
    }

    /** Names are taken as given, without a leading {@code /}. */
    public void directory(byte[] name, FileInfo info) throws IOException {
        String text = text(name);
        zip.putArchiveEntry(entry(text.endsWith("/") ? text : text + "/", info, 0040000, 0));
        zip.closeArchiveEntry();
    }

    /**
     * @param info its size is the number of bytes {@code body} will write
     * @throws IOException also when {@code body} writes more or fewer bytes; the archive is not whole then
     */
    public void file(byte[] name, FileInfo info, FileBody body) throws IOException, InterruptedException {
        zip.putArchiveEntry(entry(text(name), info, 0100000, info.size()));
        long[] written = new long[1];
        body.writeTo(bytes -> {
            written[0] += bytes.remaining();
            if (written[0] > info.size()) {
                throw new IOException(text(name) + ": the content is longer than " + info.size() + " bytes");
            }
            write(bytes);
        });
        if (written[0] != info.size()) {
            throw new IOException(text(name) + ": the content has " + written[0] + " bytes, not " + info.size());
        }
        zip.closeArchiveEntry();
    }

    public void symlink(byte[] name, FileInfo info, byte[] target) throws IOException {
        zip.putArchiveEntry(entry(text(name), info, 0120000, target.length));
        zip.write(target);
        zip.closeArchiveEntry();
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int count = Math.min(copy.length, bytes.remaining());
            bytes.get(copy, 0, count);
            zip.write(copy, 0, count);
        }
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    private static ZipArchiveEntry entry(String name, FileInfo info, int type, long size) {
        ZipArchiveEntry entry = new ZipArchiveEntry(name);
        entry.setUnixMode(type | GoMode.toUnixPermissions(info.mode()));
        entry.setTime(FileTime.from(info.modTime()));
        entry.setSize(size);
        long seconds = info.modTime().getEpochSecond();
        if (seconds == (int) seconds) {
            X5455_ExtendedTimestamp times = new X5455_ExtendedTimestamp();
            times.setModifyFileTime(FileTime.from(info.modTime()));
            entry.addExtraField(times);
        }
        return entry;
    }

    /** Writes the directory of the archive and closes the stream. */
    @Override
    public void close() throws IOException {
        zip.close();
    }
}
