package io.plakar.app.packages;

import io.plakar.app.Connectors;
import io.plakar.app.Directories;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.Mac;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.sort.PrivateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The packages of this user. Every call looks at the directories anew; a package appears whole, by a rename, or not at
 * all. Safe beside other processes.
 */
public final class InstalledPackages {
    private static final String API = "v1.1.0";
    private static final int MAX_MANIFEST_BYTES = 1 << 20;

    private final Path files;
    private final Path unpacked;
    private final Platform platform;

    public InstalledPackages(Directories directories, Platform platform) {
        this.files = directories.data().resolve("plugins").resolve(API);
        this.unpacked = directories.cache().resolve("plugins").resolve(API);
        this.platform = platform;
    }

    public Platform platform() {
        return platform;
    }

    /** In the order of their names. */
    public List<PackageName> list() throws Failure {
        List<PackageName> names = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(files, "*" + PackageName.SUFFIX)) {
            for (Path file : stream) {
                PackageName.parse(String.valueOf(file.getFileName())).ifPresent(names::add);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FAILURE, "could not list the packages in " + files + ": " + SystemMessages.of(e), "", e);
        }
        names.sort(Comparator.comparing(PackageName::name).thenComparing(PackageName::version));
        return names;
    }

    public Optional<PackageName> find(String name) throws Failure {
        return list().stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** Makes package files and installs them. */
    public static final class Installer {
        private final InstalledPackages packages;
        private final PackageFile packageFile;
        private final PackageListener listener;

        private Installer(InstalledPackages packages, PackageFile packageFile, PackageListener listener) {
            this.packages = packages;
            this.packageFile = packageFile;
            this.listener = listener;
        }

        /**
         * Installs {@code file}, under the name it has or else the one its manifest gives.
         *
         * @param update replace another version; the same one is left alone
         * @return what was installed, or empty when it was there
         */
        public Optional<PackageName> add(Path file, String shown, boolean update)
                throws Failure, KlosetException, IOException {
            try {
                return packages.install(file, shown, update, packageFile, listener);
            } catch (Failure e) {
                throw new Failure(e.exitCode(), "failed to install " + shown + ": " + e.getMessage(), e.remedy(), e);
            } catch (KlosetException e) {
                throw new Failure(
                        ExitCode.of(e),
                        "failed to install " + shown + ": this is no package: " + e.getMessage(),
                        "",
                        e);
            }
        }

        /** Makes the file of a bundled package as {@code target}, which must not exist. */
        public void make(BundledPackage bundled, String version, Path target, List<SnapshotHeader.Pair> context)
                throws Failure, KlosetException, IOException {
            packageFile.create(target, bundled.files(version), context);
        }

        /** Packs {@code manifest} with the files it names, which lie beside it, into {@code target}. */
        public void pack(Path directory, Manifest manifest, Path target, List<SnapshotHeader.Pair> context)
                throws Failure, KlosetException, IOException {
            List<PackagedFile> packed = new ArrayList<>();
            packed.add(PackagedFile.of(Manifest.FILE_NAME, directory.resolve(Manifest.FILE_NAME)));
            for (Manifest.Connector connector : manifest.connectors()) {
                Path executable = directory.resolve(connector.executable());
                if (Files.exists(executable) && !Files.isExecutable(executable)) {
                    throw new Failure(ExitCode.FAILURE, "Not executable: " + executable, "run: chmod +x " + executable);
                }
            }
            for (String name : manifest.files()) {
                Path file = directory.resolve(name);
                if (!Files.isRegularFile(file)) {
                    throw new Failure(
                            ExitCode.FAILURE, "the manifest names " + name + ", which is not in " + directory);
                }
                packed.add(PackagedFile.of(name, file));
            }
            Mac snapshot = packageFile.create(target, packed, context);
            listener.done(snapshot, BytePath.ROOT);
            for (PackagedFile file : packed) {
                listener.done(snapshot, BytePath.clean(file.path()));
            }
        }
    }

    public Installer installer(
            Connectors connectors, ConnectorContext connector, EngineContext engine, PackageListener listener) {
        return new Installer(this, new PackageFile(connectors, connector, engine), listener);
    }

    private Optional<PackageName> install(
            Path file, String shown, boolean update, PackageFile packageFile, PackageListener listener)
            throws Failure, KlosetException, IOException {
        Optional<PackageName> told = PackageName.parse(String.valueOf(file.getFileName()));
        if (told.isPresent() && already(told.get(), update)) {
            return Optional.empty();
        }
        Directories.make(unpacked);
        Path directory = Files.createTempDirectory(unpacked, ".new-");
        try {
            Path contents = directory.resolve("contents");
            Map<BytePath, Mac> unpackedPaths = new ConcurrentSkipListMap<>(BytePath.TREE_ORDER);
            packageFile.unpack(file.toAbsolutePath(), contents, (snapshot, path) -> unpackedPaths.put(path, snapshot));
            Manifest manifest = manifest(contents, shown);
            PackageName name = told.isPresent() ? told.get() : nameOf(manifest, shown);
            if (!name.platform().equals(platform)) {
                throw new Failure(
                        ExitCode.FAILURE,
                        "OS or architecture don't match the current one",
                        "this machine needs " + platform.system() + "_" + platform.architecture());
            }
            if (told.isEmpty() && already(name, update)) {
                return Optional.empty();
            }
            checkProtocols(name, manifest);
            List<PackageName> old = list();
            Path target = Directories.make(files).resolve(name.fileName());
            Path copy = Files.createTempFile(files, ".new-", ".tmp");
            try {
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                delete(unpacked.resolve(name.directoryName()));
                Files.move(contents, unpacked.resolve(name.directoryName()));
                Files.move(copy, target, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(copy);
            }
            for (PackageName other : old) {
                if (other.name().equals(name.name()) && !other.equals(name)) {
                    remove(other);
                }
            }
            unpackedPaths.forEach((path, snapshot) -> listener.done(snapshot, path));
            return Optional.of(name);
        } finally {
            delete(directory);
        }
    }

    /** Whether the same package is there, which only an update accepts. */
    private boolean already(PackageName name, boolean update) throws Failure {
        Optional<PackageName> there = find(name.name());
        if (there.isEmpty()) {
            return false;
        }
        boolean same = there.get().equals(name);
        if (!update) {
            throw new Failure(
                    ExitCode.FAILURE,
                    same ? "already installed" : there.get() + " is already installed",
                    same ? "" : "replace it with `plakar pkg add -u`");
        }
        return same;
    }

    /** The name for a file that is called otherwise. */
    private PackageName nameOf(Manifest manifest, String shown) throws Failure {
        if (!PackageName.isVersion(manifest.version())) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "invalid package name \"" + shown + "\": is malformed",
                    "call it " + manifest.name() + "_<version>_" + platform.system() + "_" + platform.architecture()
                            + PackageName.SUFFIX);
        }
        return new PackageName(manifest.name(), manifest.version(), platform);
    }

    private void checkProtocols(PackageName name, Manifest manifest) throws Failure {
        for (PackageName other : list()) {
            if (other.name().equals(name.name())
                    || BundledPackage.named(other.name()).isPresent()) {
                continue;
            }
            Optional<Manifest> theirs = unpackedManifest(other);
            if (theirs.isPresent()) {
                for (String protocol : manifest.protocols()) {
                    if (theirs.get().protocols().contains(protocol)) {
                        throw new Failure(
                                ExitCode.FAILURE,
                                "protocol " + protocol + " already provided by another installed package",
                                "remove it first: plakar pkg rm " + other.name());
                    }
                }
            }
        }
    }

    /**
     * Removes the package {@code name}.
     *
     * @return false when it is not installed
     */
    public boolean remove(String name) throws Failure {
        boolean any = false;
        for (PackageName each : list()) {
            if (each.name().equals(name)) {
                remove(each);
                any = true;
            }
        }
        return any;
    }

    private void remove(PackageName name) throws Failure {
        try {
            Files.deleteIfExists(files.resolve(name.fileName()));
            delete(unpacked.resolve(name.directoryName()));
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILURE, "could not remove " + name + ": " + SystemMessages.of(e), "", e);
        }
    }

    /** The installed package of another program that offers {@code protocol}; packages of ours do not count. */
    public Optional<PackageName> offering(String protocol) throws Failure {
        for (PackageName name : list()) {
            if (BundledPackage.named(name.name()).isEmpty()) {
                Optional<Manifest> manifest = unpackedManifest(name);
                // An emptied cache hides what it offers; its own name is then the best guess.
                boolean offers = manifest.isPresent()
                        ? manifest.get().protocols().contains(protocol)
                        : name.name().equals(protocol);
                if (offers) {
                    return Optional.of(name);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Manifest> unpackedManifest(PackageName name) {
        Path directory = unpacked.resolve(name.directoryName());
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try {
            return Optional.of(manifest(directory, name.fileName()));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    /** Reads the manifest in {@code directory}. */
    public static Manifest manifest(Path directory, String shown) throws Failure {
        Path file = directory.resolve(Manifest.FILE_NAME);
        try {
            if (Files.size(file) > MAX_MANIFEST_BYTES) {
                throw new Failure(ExitCode.FAILURE, "the manifest of " + shown + " is larger than 1 MiB");
            }
            return Manifest.parse(Files.readString(file, StandardCharsets.UTF_8), Manifest.FILE_NAME + " of " + shown);
        } catch (NoSuchFileException e) {
            throw new Failure(ExitCode.FAILURE, "this is no package: it has no " + Manifest.FILE_NAME, "", e);
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FAILURE, "the manifest of " + shown + " cannot be read: " + SystemMessages.of(e), "", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            PrivateDirectory.delete(directory);
        }
    }
}
