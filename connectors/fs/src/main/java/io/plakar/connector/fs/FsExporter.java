package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Xattr;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A directory of this machine as a destination. Safe for many threads.
 *
 * <p>Everything is made under a temporary name {@code .plakar-N} beside its final one, gets its attributes there and is
 * renamed: under the final name there is the whole thing or what was there before. Order of attributes: the owner first
 * (changing it clears setuid bits and capabilities), attributes that need write permission before the mode, access lists
 * after it, times last. Setuid and setgid bits are left out, with a message, when the file does not get the owner or
 * group they were meant for.
 *
 * <p>Every path is walked from the root component by component without following links, so nothing at the destination
 * can lead a restore elsewhere. Restored files are not synced one by one: a restore that was cut by a power failure is
 * simply run again.
 */
public final class FsExporter implements Exporter {
    private static final String TEMPORARY = ".plakar-";
    private static final Pattern TEMPORARY_NAME = Pattern.compile("\\.plakar-[0-9a-f]{16}");
    /** Directories kept open between two files; a restore goes through a tree depth first and rarely needs others. */
    private static final int OPEN_DIRECTORIES = 64;

    private static final int PRIVATE = 0700;
    private static final int DEFAULT_DIRECTORY = 0750;
    private static final int DEFAULT_FILE = 0640;
    private static final int SETUID = 04000;
    private static final int SETGID = 02000;
    private static final String ACCESS_LISTS = "system.posix_acl_";

    private final FileTree tree;
    private final BytePath root;
    private final ExportOptions options;
    private final ConnectorContext context;
    private final boolean privileged;
    private final OpenDirectories open = new OpenDirectories(OPEN_DIRECTORIES);

    FsExporter(FileTree tree, BytePath root, ExportOptions options, ConnectorContext context) {
        this.tree = tree;
        this.root = root;
        this.options = options;
        this.context = context;
        this.privileged = tree.privileged();
    }

    @Override
    public String origin() {
        return context.hostname();
    }

    @Override
    public String type() {
        return "fs";
    }

    @Override
    public String root() {
        return tree.display(root);
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of(ConnectorFlag.LOCALFS);
    }

    @Override
    public void ping() throws ConnectorException {
        BytePath path = root;
        while (true) {
            try {
                tree.directory(path, true).close();
                return;
            } catch (ConnectorException e) {
                if (e.reason() != Reason.MISSING || path.isRoot()) {
                    throw e;
                }
                path = path.parent();
            }
        }
    }

    /** Refuses a path which is not absolute and clean: no empty component, no dots, no NUL. */
    private static BytePath checked(BytePath path) throws ConnectorException {
        byte[] bytes = path.bytes();
        if (bytes.length == 1 && bytes[0] == '/') {
            return path;
        }
        if (bytes.length == 0 || bytes[0] != '/') {
            throw escapes(path);
        }
        int start = 1;
        for (int i = 1; i <= bytes.length; i++) {
            if (i < bytes.length && bytes[i] == 0) {
                throw escapes(path);
            }
            if (i == bytes.length || bytes[i] == '/') {
                int length = i - start;
                if (length == 0
                        || (length == 1 && bytes[start] == '.')
                        || (length == 2 && bytes[start] == '.' && bytes[start + 1] == '.')) {
                    throw escapes(path);
                }
                start = i + 1;
            }
        }
        return path;
    }

    private static ConnectorException escapes(BytePath path) {
        return new ConnectorException(Reason.INVALID, "path \"" + path + "\" escapes restore root");
    }

    private Directory openRoot(boolean make) throws ConnectorException {
        try {
            return tree.directory(root, true);
        } catch (ConnectorException e) {
            if (!make || e.reason() != Reason.MISSING) {
                throw e;
            }
        }
        tree.makeDirectories(root, DEFAULT_DIRECTORY);
        return tree.directory(root, true);
    }

    /** A directory in use; closing it leaves it open for the next user. */
    private final class Use implements AutoCloseable {
        private final BytePath path;
        private final Directory directory;

        private Use(BytePath path, Directory directory) {
            this.path = path;
            this.directory = directory;
        }

        Directory directory() {
            return directory;
        }

        @Override
        public void close() {
            open.give(path, directory);
        }
    }

    /** Opens the directory of that path, one component after the other from the nearest one that is open already. */
    private Use use(BytePath path, boolean make) throws ConnectorException {
        Deque<BytePath> below = new ArrayDeque<>();
        BytePath at = path;
        Directory directory = open.take(at);
        while (directory == null && !at.isRoot()) {
            below.push(at);
            at = at.parent();
            directory = open.take(at);
        }
        Use use = new Use(at, directory == null ? openRoot(make) : directory);
        while (!below.isEmpty()) {
            BytePath next = below.pop();
            try (Use parent = use) {
                use = new Use(next, step(parent.directory(), next.name(), make));
            }
        }
        return use;
    }

    private static Directory step(Directory parent, byte[] name, boolean make) throws ConnectorException {
        try {
            return parent.directory(name);
        } catch (ConnectorException e) {
            if (e.reason() == Reason.MISSING && make) {
                try {
                    parent.makeDirectory(name, DEFAULT_DIRECTORY);
                } catch (ConnectorException other) {
                    if (other.reason() != Reason.EXISTS) {
                        throw other;
                    }
                }
                return parent.directory(name);
            }
            FileStat stat = parent.find(name).orElse(null);
            if (stat != null && stat.isSymlink()) {
                throw new ConnectorException(
                        Reason.INVALID,
                        parent.path().child(name) + " is a symbolic link at the destination: not followed; remove it"
                                + " or restore elsewhere");
            }
            throw e;
        }
    }

    private static BytePath named(BytePath path) throws ConnectorException {
        if (checked(path).isRoot()) {
            throw new ConnectorException(Reason.EXISTS, "the root of the destination is a directory");
        }
        return path;
    }

    @Override
    public Optional<FileInfo> existing(BytePath path) throws IOException {
        checked(path);
        try {
            if (path.isRoot()) {
                return Optional.of(info(path.name(), tree.stat(root, true)));
            }
            byte[] name = path.name();
            try (Use parent = use(path.parent(), false)) {
                return parent.directory().find(name).map(stat -> info(name, stat));
            }
        } catch (ConnectorException e) {
            if (e.reason() == Reason.MISSING) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private FileInfo info(byte[] name, FileStat stat) {
        return stat.toInfo(name, tree.userName(stat.uid()), tree.groupName(stat.gid()));
    }

    @Override
    public void makeDirectory(ExportEntry entry) throws IOException {
        BytePath path = checked(entry.path());
        if (path.isRoot()) {
            try (Use top = use(path, true)) {
                openUp(top.directory());
            }
            return;
        }
        byte[] name = path.name();
        try (Use use = use(path.parent(), true)) {
            Directory parent = use.directory();
            try {
                parent.makeDirectory(name, PRIVATE);
                return;
            } catch (ConnectorException e) {
                if (e.reason() != Reason.EXISTS
                        || parent.find(name).filter(FileStat::isDirectory).isEmpty()) {
                    throw e;
                }
            }
            try (Directory directory = parent.directory(name)) {
                openUp(directory);
            }
        }
    }

    /** Lets the owner write into a directory which was there before. */
    private static void openUp(Directory directory) throws ConnectorException {
        int permissions = GoMode.toUnixPermissions(directory.stat().mode());
        if ((permissions & PRIVATE) != PRIVATE) {
            try {
                directory.chmod(permissions | PRIVATE);
            } catch (ConnectorException e) {
                // Not ours to change; it may be writable through its group all the same.
                if (e.reason() != Reason.DENIED) {
                    throw e;
                }
            }
        }
    }

    private static byte[] temporaryName() {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return (TEMPORARY + random).getBytes(StandardCharsets.US_ASCII);
    }

    /** The same failure, told of the final name: nobody asked for the temporary one. */
    private static ConnectorException shown(ConnectorException e, BytePath path) {
        Matcher matcher = TEMPORARY_NAME.matcher(String.valueOf(e.getMessage()));
        if (!matcher.find()) {
            return e;
        }
        String name = new String(path.name(), StandardCharsets.UTF_8);
        return new ConnectorException(e.reason(), matcher.replaceAll(Matcher.quoteReplacement(name)), e);
    }

    /** Makes something under a temporary name. */
    private interface Maker {
        void make(byte[] name) throws ConnectorException;
    }

    private static byte[] makeTemporary(Maker maker) throws ConnectorException {
        while (true) {
            byte[] name = temporaryName();
            try {
                maker.make(name);
                return name;
            } catch (ConnectorException e) {
                if (e.reason() != Reason.EXISTS) {
                    throw e;
                }
            }
        }
    }

    @Override
    public List<String> writeFile(ExportEntry entry, FileBody body) throws IOException, InterruptedException {
        try {
            return storeFile(entry, body);
        } catch (ConnectorException e) {
            throw shown(e, entry.path());
        }
    }

    private List<String> storeFile(ExportEntry entry, FileBody body) throws IOException, InterruptedException {
        BytePath path = named(entry.path());
        byte[] name = path.name();
        try (Use use = use(path.parent(), true)) {
            Directory parent = use.directory();
            // Noticed before the content is fetched rather than after.
            if (parent.find(name).filter(FileStat::isDirectory).isPresent()) {
                throw Errno.failure("open", parent.path().child(name), Errno.EISDIR);
            }
            OutputFile[] made = new OutputFile[1];
            byte[] temporary = makeTemporary(candidate -> made[0] = parent.create(candidate));
            boolean renamed = false;
            try {
                List<String> messages = new ArrayList<>();
                try (OutputFile output = made[0]) {
                    body.writeTo(options.sparse() ? new SparseTarget(output) : output::write);
                    output.finish();
                    setAttributes(output, entry, DEFAULT_FILE, messages);
                    output.close();
                }
                parent.rename(temporary, parent, name);
                renamed = true;
                return messages;
            } finally {
                if (!renamed) {
                    removeTemporary(parent, temporary);
                }
            }
        }
    }

    private static void removeTemporary(Directory parent, byte[] temporary) throws ConnectorException {
        if (parent.find(temporary).isPresent()) {
            parent.remove(temporary);
        }
    }

    @Override
    public boolean hardLink(ExportEntry entry, BytePath first) throws IOException {
        BytePath path = named(entry.path());
        byte[] name = path.name();
        byte[] firstName = named(first).name();
        try (Use use = use(path.parent(), true);
                Use firstUse = use(first.parent(), false)) {
            Directory parent = use.directory();
            Directory firstParent = firstUse.directory();
            FileStat wanted = firstParent.stat(firstName);
            FileStat present = parent.find(name).orElse(null);
            if (present != null && present.dev() == wanted.dev() && present.ino() == wanted.ino()) {
                return true;
            }
            byte[] temporary;
            try {
                temporary = makeTemporary(candidate -> parent.makeLink(candidate, firstParent, firstName));
            } catch (ConnectorException e) {
                if (e.reason() == Reason.MISSING || e.reason() == Reason.NO_SPACE || e.reason() == Reason.READ_ONLY) {
                    throw e;
                }
                // No links here, too many, or not allowed: the caller stores the content again.
                return false;
            }
            publish(parent, temporary, name);
            return true;
        }
    }

    private static void publish(Directory parent, byte[] temporary, byte[] name) throws ConnectorException {
        boolean renamed = false;
        try {
            parent.rename(temporary, parent, name);
            renamed = true;
        } finally {
            if (!renamed) {
                removeTemporary(parent, temporary);
            }
        }
    }

    @Override
    public List<String> makeSymlink(ExportEntry entry) throws IOException {
        try {
            return storeSymlink(entry);
        } catch (ConnectorException e) {
            throw shown(e, entry.path());
        }
    }

    private List<String> storeSymlink(ExportEntry entry) throws IOException {
        BytePath path = named(entry.path());
        if (entry.linkTarget().length == 0) {
            throw new ConnectorException(
                    Reason.MALFORMED, "symlink " + entry.path() + ": the snapshot does not have the link's text");
        }
        try (Use use = use(path.parent(), true)) {
            Directory parent = use.directory();
            byte[] temporary = makeTemporary(candidate -> parent.makeSymlink(candidate, entry.linkTarget()));
            return complete(parent, temporary, path.name(), entry);
        }
    }

    @Override
    public List<String> makeSpecial(ExportEntry entry) throws IOException {
        try {
            return storeSpecial(entry);
        } catch (ConnectorException e) {
            throw shown(e, entry.path());
        }
    }

    private List<String> storeSpecial(ExportEntry entry) throws IOException {
        int mode = entry.info().mode();
        if ((mode & (GoMode.NAMED_PIPE | GoMode.SOCKET)) == 0) {
            String what = (mode & GoMode.DEVICE) != 0
                    ? "devices cannot be restored: a snapshot does not hold their numbers"
                    : "files of this kind cannot be restored";
            throw new ConnectorException(Reason.UNSUPPORTED, "mknod " + entry.path() + ": " + what);
        }
        BytePath path = named(entry.path());
        try (Use use = use(path.parent(), true)) {
            Directory parent = use.directory();
            byte[] temporary = makeTemporary(candidate -> parent.makeSpecial(candidate, mode));
            return complete(parent, temporary, path.name(), entry);
        }
    }

    private List<String> complete(Directory parent, byte[] temporary, byte[] name, ExportEntry entry)
            throws ConnectorException {
        boolean ready = false;
        List<String> messages = new ArrayList<>();
        try {
            setAttributes(parent.node(temporary), entry, DEFAULT_FILE, messages);
            ready = true;
        } finally {
            if (!ready) {
                removeTemporary(parent, temporary);
            }
        }
        publish(parent, temporary, name);
        return messages;
    }

    @Override
    public List<String> finishDirectory(ExportEntry entry) throws IOException {
        List<String> messages = new ArrayList<>();
        try (Use use = use(checked(entry.path()), false)) {
            setAttributes(use.directory(), entry, DEFAULT_DIRECTORY, messages);
        }
        return messages;
    }

    /** One attribute to set. */
    private interface Setting {
        void set() throws ConnectorException;
    }

    /** Runs {@code setting}; a refusal becomes a message, which names the entry and not its temporary file. */
    private void attempt(BytePath path, String what, List<String> messages, Setting setting) {
        try {
            setting.set();
        } catch (ConnectorException e) {
            String text = String.valueOf(e.getMessage());
            int cause = text.lastIndexOf(": ");
            messages.add(what + " " + tree.display(root.resolve(path)) + text.substring(Math.max(0, cause)));
        }
    }

    private void setAttributes(Attributed target, ExportEntry entry, int defaultMode, List<String> messages)
            throws ConnectorException {
        FileInfo info = entry.info();
        BytePath path = entry.path();
        long uid = options.numericOwner() ? info.uid() : ownerId(info.username(), info.uid(), false);
        long gid = options.numericOwner() ? info.gid() : ownerId(info.groupname(), info.gid(), true);
        FileStat now = target.stat();
        if (options.owner() && (now.uid() != uid || now.gid() != gid)) {
            attempt(path, "chown", messages, () -> chown(target, now, uid, gid));
        }
        if (options.xattrs()) {
            setXattrs(target, entry, false, messages);
        }
        if (!info.isSymlink()) {
            setMode(target, entry, uid, gid, defaultMode, messages);
        }
        if (options.xattrs() && options.permissions()) {
            setXattrs(target, entry, true, messages);
        }
        attempt(path, "utimensat", messages, () -> target.touch(info.modTime()));
    }

    private long ownerId(String name, long recorded, boolean group) {
        if (name.isEmpty()) {
            return recorded;
        }
        OptionalLong known = group ? tree.groupId(name) : tree.userId(name);
        return known.orElse(recorded);
    }

    private void chown(Attributed target, FileStat now, long uid, long gid) throws ConnectorException {
        if (!privileged && now.gid() != gid) {
            // A user may give a file to another of the user's own groups, whatever becomes of the owner.
            target.chown(now.uid(), gid);
        }
        if (privileged || now.uid() != uid) {
            target.chown(uid, gid);
        }
    }

    private void setMode(
            Attributed target, ExportEntry entry, long uid, long gid, int defaultMode, List<String> messages)
            throws ConnectorException {
        if (!options.permissions()) {
            attempt(entry.path(), "chmod", messages, () -> target.chmod(defaultMode));
            return;
        }
        int permissions = GoMode.toUnixPermissions(entry.info().mode());
        if (!entry.info().isDirectory() && (permissions & (SETUID | SETGID)) != 0) {
            FileStat now = target.stat();
            int dropped = (now.uid() != uid ? SETUID : 0) | (now.gid() != gid ? SETGID : 0);
            if ((permissions & dropped) != 0) {
                messages.add("chmod " + tree.display(root.resolve(entry.path()))
                        + ": setuid or setgid bit left out, because the file does not have its recorded owner");
                permissions &= ~dropped;
            }
        }
        int mode = permissions;
        attempt(entry.path(), "chmod", messages, () -> target.chmod(mode));
    }

    private void setXattrs(Attributed target, ExportEntry entry, boolean accessLists, List<String> messages) {
        for (Xattr xattr : entry.xattrs()) {
            String name = new String(xattr.name(), StandardCharsets.UTF_8);
            if (name.startsWith(ACCESS_LISTS) == accessLists) {
                attempt(entry.path(), "setxattr " + name, messages, () -> target.setXattr(xattr));
            }
        }
    }

    @Override
    public void close() {
        open.close();
    }

    /**
     * Writes everything but zero bytes that fill their part of a block: what a new file does not hold reads as zeros, so
     * every one of them may be left out, and a block of which all are left out takes no space.
     */
    private static final class SparseTarget implements FileBody.Target {
        /** Size of a block on nearly every file system; smaller holes save nothing. */
        private static final int BLOCK = 4096;

        private final OutputFile output;
        private long position;

        SparseTarget(OutputFile output) {
            this.output = output;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            int start = bytes.position();
            int end = bytes.limit();
            int from = start;
            int at = start;
            while (at < end) {
                int blockEnd = at + (int) Math.min(end - at, BLOCK - (position + (at - start)) % BLOCK);
                if (isZero(bytes, at, blockEnd)) {
                    bytes.limit(at).position(from);
                    output.write(bytes);
                    bytes.limit(end);
                    output.skip(blockEnd - at);
                    from = blockEnd;
                }
                at = blockEnd;
            }
            bytes.position(from);
            output.write(bytes);
            position += end - start;
        }

        private static boolean isZero(ByteBuffer bytes, int from, int to) {
            int i = from;
            for (; i + Long.BYTES <= to; i += Long.BYTES) {
                if (bytes.getLong(i) != 0) {
                    return false;
                }
            }
            for (; i < to; i++) {
                if (bytes.get(i) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
