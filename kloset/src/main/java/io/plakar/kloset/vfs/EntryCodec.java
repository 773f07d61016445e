package io.plakar.kloset.vfs;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.msgpack.FieldNames;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Entries to bytes and back, for millions of them: keeps its buffer, and shares the strings and parent paths which
 * repeat from one entry to the next. For one thread.
 */
public final class EntryCodec {
    private static final byte[] NONE = new byte[0];

    private static final FieldNames FIELDS = FieldNames.of(
            "version",
            "parent_path",
            "file_info",
            "summary",
            "symlink_target",
            "object",
            "content_type",
            "entropy",
            "chunks",
            "extended_attributes");

    private static final FieldNames INFO_FIELDS = FieldNames.of(
            "name", "size", "mode", "mod_time", "dev", "ino", "uid", "gid", "nlink", "username", "groupname", "flags");

    // Keys in their encoded form; the first also holds the constant value before it.
    private static final byte[] VERSION_AND_PARENT = versionThen("parent_path");
    private static final byte[] FILE_INFO_NAME = fileInfoThen("name");
    private static final byte[] SIZE = key("size");
    private static final byte[] MODE = key("mode");
    private static final byte[] MOD_TIME = key("mod_time");
    private static final byte[] DEV = key("dev");
    private static final byte[] INO = key("ino");
    private static final byte[] UID = key("uid");
    private static final byte[] GID = key("gid");
    private static final byte[] NLINK = key("nlink");
    private static final byte[] USERNAME = key("username");
    private static final byte[] GROUPNAME = key("groupname");
    private static final byte[] FLAGS_AND_SUMMARY = flagsAndSummary();
    private static final byte[] SYMLINK_TARGET = key("symlink_target");
    private static final byte[] OBJECT = key("object");
    private static final byte[] CONTENT_TYPE = key("content_type");
    private static final byte[] ENTROPY = key("entropy");
    private static final byte[] CHUNKS = key("chunks");
    private static final byte[] EXTENDED_ATTRIBUTES = key("extended_attributes");

    private final MsgpackWriter buffer = new MsgpackWriter(1024);
    private BytePath lastParent = BytePath.ROOT;
    private String lastUser = "";
    private String lastGroup = "";
    private String lastType = "";

    /** The canonical bytes, a fresh array. */
    public byte[] encode(Entry entry) {
        buffer.reset();
        encode(entry, buffer);
        return buffer.toByteArray();
    }

    /** Appends the canonical bytes to {@code out}. */
    public void encode(Entry entry, MsgpackWriter out) {
        FileInfo info = entry.info();
        boolean target = entry.symlinkTarget().length > 0;
        boolean type = !entry.contentType().isEmpty();
        boolean entropy = entry.entropy() != 0;
        boolean chunks = entry.chunks() != 0;
        boolean xattrs = !entry.xattrNames().isEmpty();
        out.mapHeader(5 + (target ? 1 : 0) + (type ? 1 : 0) + (entropy ? 1 : 0) + (chunks ? 1 : 0) + (xattrs ? 1 : 0));
        out.raw(VERSION_AND_PARENT);
        out.str(entry.parent().bytes());
        out.raw(FILE_INFO_NAME);
        out.str(info.name());
        out.raw(SIZE);
        out.i64(info.size());
        out.raw(MODE);
        out.u32(info.mode());
        out.raw(MOD_TIME);
        out.time(info.modTime());
        out.raw(DEV);
        out.u64(info.dev());
        out.raw(INO);
        out.u64(info.ino());
        out.raw(UID);
        out.u64(info.uid());
        out.raw(GID);
        out.u64(info.gid());
        out.raw(NLINK);
        out.u16(info.nlink());
        out.raw(USERNAME);
        out.str(info.username());
        out.raw(GROUPNAME);
        out.str(info.groupname());
        out.raw(FLAGS_AND_SUMMARY);
        if (target) {
            out.raw(SYMLINK_TARGET);
            out.str(entry.symlinkTarget());
        }
        out.raw(OBJECT);
        out.mac(entry.object());
        if (type) {
            out.raw(CONTENT_TYPE);
            out.str(entry.contentType());
        }
        if (entropy) {
            out.raw(ENTROPY);
            out.f64(entry.entropy());
        }
        if (chunks) {
            out.raw(CHUNKS);
            out.u64(entry.chunks());
        }
        if (xattrs) {
            out.raw(EXTENDED_ATTRIBUTES);
            out.arrayHeader(entry.xattrNames().size());
            for (byte[] name : entry.xattrNames()) {
                out.str(name);
            }
        }
    }

    public Entry decode(byte[] bytes) throws KlosetException {
        return decode(bytes, 0, bytes.length);
    }

    /**
     * The entry in a range of bytes. Its name and parent path are safe to use: a name is one component, the parent path
     * is clean.
     *
     * @throws KlosetException.Corrupt when the bytes are not an entry
     */
    public Entry decode(byte[] bytes, int offset, int length) throws KlosetException {
        MsgpackReader in = new MsgpackReader(bytes, offset, length);
        BytePath parent = BytePath.ROOT;
        FileInfo info = null;
        byte[] target = NONE;
        Mac object = Mac.ZERO;
        String type = "";
        double entropy = 0;
        long chunks = 0;
        List<byte[]> xattrs = List.of();
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(FIELDS, field + 1);
            switch (field) {
                case 1 -> parent = readParent(bytes, in);
                case 2 -> info = readInfo(in);
                case 4 -> target = in.bytes();
                case 5 -> object = in.mac();
                case 6 -> {
                    type = in.text(lastType);
                    lastType = type;
                }
                case 7 -> entropy = in.f64();
                case 8 -> chunks = in.integer();
                case 9 -> xattrs = readNames(in);
                default -> in.skip();
            }
        }
        if (info == null) {
            throw new KlosetException.Corrupt("an entry without file_info");
        }
        checkName(info.name(), parent);
        return new Entry(parent, info, target, object, type, entropy, chunks, xattrs);
    }

    private BytePath readParent(byte[] bytes, MsgpackReader in) throws KlosetException {
        int length = in.skipString();
        int end = in.position();
        byte[] last = lastParent.bytes();
        if (!Arrays.equals(last, 0, last.length, bytes, end - length, end)) {
            byte[] path = Arrays.copyOfRange(bytes, end - length, end);
            if (!isClean(path)) {
                throw new KlosetException.Corrupt("an entry whose parent path is not a clean absolute path");
            }
            lastParent = BytePath.ofClean(path);
        }
        return lastParent;
    }

    private FileInfo readInfo(MsgpackReader in) throws KlosetException {
        byte[] name = NONE;
        long size = 0;
        int mode = 0;
        Instant modTime = MsgpackReader.ZERO_TIME;
        long dev = 0;
        long ino = 0;
        long uid = 0;
        long gid = 0;
        int nlink = 0;
        String user = "";
        String group = "";
        int field = -1;
        for (int pairs = in.mapHeader(); pairs > 0; pairs--) {
            field = in.key(INFO_FIELDS, field + 1);
            switch (field) {
                case 0 -> name = in.bytes();
                case 1 -> size = in.integer();
                case 2 -> mode = in.integer32();
                case 3 -> modTime = in.time();
                case 4 -> dev = in.integer();
                case 5 -> ino = in.integer();
                case 6 -> uid = in.integer();
                case 7 -> gid = in.integer();
                case 8 -> nlink = in.integer32() & 0xffff;
                case 9 -> {
                    user = in.text(lastUser);
                    lastUser = user;
                }
                case 10 -> {
                    group = in.text(lastGroup);
                    lastGroup = group;
                }
                default -> in.skip();
            }
        }
        return new FileInfo(name, size, mode, modTime, dev, ino, uid, gid, nlink, user, group);
    }

    private static List<byte[]> readNames(MsgpackReader in) throws KlosetException {
        int count = in.arrayHeader();
        List<byte[]> names = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            names.add(in.bytes());
        }
        return names;
    }

    private static void checkName(byte[] name, BytePath parent) throws KlosetException {
        if (name.length == 1 && name[0] == '/' && parent.isRoot()) {
            return;
        }
        boolean dots = (name.length == 1 && name[0] == '.') || (name.length == 2 && name[0] == '.' && name[1] == '.');
        boolean bad = name.length == 0 || dots;
        for (byte b : name) {
            bad |= b == '/' || b == 0;
        }
        if (bad) {
            throw new KlosetException.UnsafeName("an entry whose name is not one component of a path, below " + parent);
        }
    }

    /** Whether the bytes are a clean absolute path without NUL. */
    static boolean isClean(byte[] path) {
        if (path.length == 0 || path[0] != '/') {
            return false;
        }
        if (path.length == 1) {
            return true;
        }
        int start = 1;
        for (int i = 1; i <= path.length; i++) {
            if (i < path.length && path[i] != '/') {
                if (path[i] == 0) {
                    return false;
                }
                continue;
            }
            int size = i - start;
            if (size == 0
                    || (size == 1 && path[start] == '.')
                    || (size == 2 && path[start] == '.' && path[start + 1] == '.')) {
                return false;
            }
            start = i + 1;
        }
        return true;
    }

    private static byte[] key(String name) {
        MsgpackWriter out = new MsgpackWriter(32);
        out.str(name);
        return out.toByteArray();
    }

    private static byte[] versionThen(String name) {
        MsgpackWriter out = new MsgpackWriter(32);
        out.str("version");
        out.u32(BlobType.VERSION);
        out.str(name);
        return out.toByteArray();
    }

    private static byte[] fileInfoThen(String name) {
        MsgpackWriter out = new MsgpackWriter(32);
        out.str("file_info");
        out.mapHeader(12);
        out.str(name);
        return out.toByteArray();
    }

    private static byte[] flagsAndSummary() {
        MsgpackWriter out = new MsgpackWriter(32);
        out.str("flags");
        out.u32(0);
        out.str("summary");
        out.nil();
        return out.toByteArray();
    }
}
