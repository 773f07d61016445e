package io.plakar.app.configuration;

import io.plakar.app.Directories;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The configuration directory. Nothing is kept in memory: every call reads the file it needs. Safe for use by many
 * threads, and beside other processes.
 *
 * <p>Edits read, change and replace a file under a lock on {@code .lock} in the directory. A program which does not take
 * that lock is noticed by comparing the bytes just before the replacement; the edit then starts anew.
 */
public final class Configuration {
    static final String VERSION = "v1.0.0";

    private static final String LOCATION = "location";
    private static final String OLD_DEFAULT = ".isDefault";
    private static final String LOCK_FILE = ".lock";
    private static final String FORMER_STORES = "klosets.yml";
    private static final String SINGLE_FILE = "plakar.yml";
    private static final int MAX_BYTES = 16 << 20;
    private static final int TRIES = 10;
    /** File locks hold for a process; this one holds between its threads. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    /** Changes the entries of a file. */
    public interface Edit {
        /** Works on a copy; an exception leaves the file as it was. */
        void apply(SortedMap<String, SortedMap<String, String>> entries) throws Failure;
    }

    private final Path directory;

    public Configuration(Path directory) {
        this.directory = directory;
    }

    public Path directory() {
        return directory;
    }

    /** What is configured; files of earlier releases are read where the file of today is missing. */
    public Places read(PlaceKind kind) throws Failure {
        byte[] content = content(directory.resolve(kind.fileName()));
        return places(kind, content);
    }

    /**
     * The default store, without reading YAML when the file cannot name one.
     *
     * @return its name, or null
     */
    public @Nullable String defaultStore() throws Failure {
        byte[] content = content(directory.resolve(PlaceKind.STORE.fileName()));
        if (content != null && !new String(content, StandardCharsets.UTF_8).contains("efault")) {
            return null;
        }
        return places(PlaceKind.STORE, content).standard();
    }

    /** Makes the directory and every file which is missing, from those of earlier releases where they are. */
    public void make() throws Failure {
        for (PlaceKind kind : PlaceKind.values()) {
            if (!Files.exists(directory.resolve(kind.fileName()))
                    && !(kind == PlaceKind.STORE && Files.exists(directory.resolve(FORMER_STORES)))) {
                edit(kind, entries -> {});
            }
        }
    }

    /** Changes one file; it is replaced as a whole, or left alone when {@code edit} fails. */
    public void edit(PlaceKind kind, Edit edit) throws Failure {
        Directories.make(directory);
        THREADS.lock();
        try (FileChannel lockFile = openLock();
                var lock = lockFile.lock()) {
            assert lock.isValid();
            Path file = directory.resolve(kind.fileName());
            for (int attempt = 1; ; attempt++) {
                byte[] before = content(file);
                Places places = places(kind, before);
                SortedMap<String, SortedMap<String, String>> entries = new TreeMap<>();
                places.entries().forEach((name, options) -> entries.put(name, new TreeMap<>(options)));
                edit.apply(entries);
                byte[] after = encode(kind, places.with(entries));
                if (Arrays.equals(before, after) || replace(file, before, after)) {
                    return;
                }
                if (attempt == TRIES) {
                    throw new Failure(
                            ExitCode.FAILURE,
                            "could not save " + file + ": another program keeps changing it",
                            "run the command again");
                }
            }
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "could not save " + directory.resolve(kind.fileName()) + ": " + SystemMessages.of(e),
                    "check the permissions and the space there, or choose another directory with -configdir",
                    e);
        } finally {
            THREADS.unlock();
        }
    }

    private FileChannel openLock() throws IOException {
        return FileChannel.open(
                directory.resolve(LOCK_FILE),
                java.util.Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                privateFile());
    }

    private FileAttribute<?>[] privateFile() {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** False when {@code file} is no longer {@code before}. */
    private boolean replace(Path file, byte @Nullable [] before, byte[] after) throws IOException, Failure {
        Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file;
        Path parent = java.util.Objects.requireNonNull(target.getParent());
        Path temporary = Files.createTempFile(parent, "config.", ".yml", privateFile());
        boolean moved = false;
        try {
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(after);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            if (!Arrays.equals(before, content(file))) {
                return false;
            }
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
            }
            moved = true;
            forceDirectory(parent);
            return true;
        } finally {
            if (!moved) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private static void forceDirectory(Path parent) {
        try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems cannot open directories; the rename is then as durable as they make it.
        }
    }

    private static byte @Nullable [] content(Path file) throws Failure {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw notLoaded(file, "larger than 16 MiB", null);
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw notLoaded(file, SystemMessages.of(e), e);
        }
    }

    private Places places(PlaceKind kind, byte @Nullable [] content) throws Failure {
        if (content != null) {
            return decode(kind, directory.resolve(kind.fileName()), content);
        }
        if (kind == PlaceKind.STORE) {
            Path former = directory.resolve(FORMER_STORES);
            byte[] stores = content(former);
            if (stores != null) {
                return decode(kind, former, stores);
            }
        }
        Path single = directory.resolve(SINGLE_FILE);
        byte[] all = content(single);
        return all == null ? Places.EMPTY : decodeSingle(kind, single, all);
    }

    private static Places decode(PlaceKind kind, Path file, byte[] content) throws Failure {
        Map<String, Object> top = parse(file, content);
        if (!VERSION.equals(top.get("version"))) {
            return decodeFormer(kind, file, top);
        }
        // klosets.yml has the stores under the name of its day.
        Object section =
                top.containsKey(kind.plural()) || kind != PlaceKind.STORE ? top.get(kind.plural()) : top.get("klosets");
        String standard =
                kind == PlaceKind.STORE && top.get("default") instanceof String name && !name.isEmpty() ? name : null;
        return new Places(standard, entries(file, section));
    }

    /** A file without version: names at the top. */
    private static Places decodeFormer(PlaceKind kind, Path file, Map<String, Object> top) throws Failure {
        SortedMap<String, SortedMap<String, String>> entries = entries(file, top);
        String standard = null;
        if (kind == PlaceKind.STORE) {
            for (Map.Entry<String, SortedMap<String, String>> entry : entries.entrySet()) {
                if (entry.getValue().remove(OLD_DEFAULT) != null) {
                    if (standard != null) {
                        throw notLoaded(file, "multiple default store", null);
                    }
                    standard = entry.getKey();
                }
            }
        }
        return new Places(standard, entries);
    }

    /** The one file of releases before 1.0.3; its remotes are sources and destinations. */
    private static Places decodeSingle(PlaceKind kind, Path file, byte[] content) throws Failure {
        Map<String, Object> top = parse(file, content);
        String standard = kind == PlaceKind.STORE && top.get("default-repo") instanceof String name && !name.isEmpty()
                ? (name.startsWith("@") ? name.substring(1) : name)
                : null;
        return new Places(standard, entries(file, top.get(kind == PlaceKind.STORE ? "repositories" : "remotes")));
    }

    private static Map<String, Object> parse(Path file, byte[] content) throws Failure {
        try {
            Object tree = YamlReader.tree(new String(content, StandardCharsets.UTF_8));
            if (tree instanceof Map<?, ?> map) {
                Map<String, Object> top = new LinkedHashMap<>();
                map.forEach((key, value) -> top.put((String) key, value));
                return top;
            }
            if (tree instanceof String text && text.isEmpty()) {
                return Map.of();
            }
            throw notLoaded(file, "yaml: line 1: this is not a map of names", null);
        } catch (YamlReader.Malformed e) {
            throw notLoaded(file, e.getMessage(), e);
        }
    }

    private static SortedMap<String, SortedMap<String, String>> entries(Path file, @Nullable Object section)
            throws Failure {
        SortedMap<String, SortedMap<String, String>> entries = new TreeMap<>();
        if (section == null || section.equals("")) {
            return entries;
        }
        if (!(section instanceof Map<?, ?> named)) {
            throw notLoaded(file, "the entries are not a map of names", null);
        }
        for (Map.Entry<?, ?> entry : named.entrySet()) {
            SortedMap<String, String> options = new TreeMap<>();
            if (entry.getValue() instanceof Map<?, ?> map) {
                map.forEach((key, value) -> options.put((String) key, value instanceof String text ? text : ""));
            } else if (!"".equals(entry.getValue())) {
                throw notLoaded(file, "\"" + entry.getKey() + "\" is not a map of options", null);
            }
            entries.put((String) entry.getKey(), options);
        }
        return entries;
    }

    private static byte[] encode(PlaceKind kind, Places places) {
        Map<String, Object> top = new LinkedHashMap<>();
        top.put("version", VERSION);
        if (places.standard() != null) {
            top.put("default", places.standard());
        }
        top.put(kind.plural(), places.entries());
        return YamlWriter.document(top).getBytes(StandardCharsets.UTF_8);
    }

    private static Failure notLoaded(Path file, @Nullable String why, @Nullable Throwable cause) {
        return new Failure(
                ExitCode.FAILURE,
                "could not load configuration: failed to parse config file: " + file + ": " + why,
                "correct the file, or move it away; `plakar -configdir DIR` uses another directory",
                cause);
    }

    /** The location of an entry, or null. */
    static @Nullable String location(Map<String, String> options) {
        String location = options.get(LOCATION);
        return location == null || location.isEmpty() ? null : location;
    }
}
