package io.plakar.mount.fuse;

import io.plakar.mount.MountedTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.cryptomator.jfuse.api.Fuse;
import org.cryptomator.jfuse.api.FuseBuilder;
import org.cryptomator.jfuse.api.FuseMountFailedException;
import org.jspecify.annotations.Nullable;

/**
 * A tree mounted at a directory, from {@link #mount} to {@link #close}. Closing unmounts at once, also when files are
 * open: whoever has them gets errors. It does not own the tree.
 */
public final class FuseMount implements AutoCloseable {
    /** Snapshots do not change: the kernel may keep what it knows. */
    private static final int KEPT_SECONDS = 24 * 3600;

    /** A name that is not there may become a new snapshot's. */
    private static final int ABSENT_SECONDS = 5;

    private static final long LOOK_MILLIS = 500;
    private static final long UNMOUNTER_SECONDS = 10;
    private static final String DEAD = "Transport endpoint is not connected";
    private static final List<String> LIBRARIES = List.of("libfuse3.so.3", "libfuse3.so.4", "libfuse3.so");

    private final Fuse fuse;
    private final MountedTree tree;
    private final Path mountPoint;

    private FuseMount(Fuse fuse, MountedTree tree, Path mountPoint) {
        this.fuse = fuse;
        this.tree = tree;
        this.mountPoint = mountPoint;
    }

    /** This machine, or this user, has no FUSE; the message says what is missing. */
    public static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Mounts, and serves on threads of its own from now on.
     *
     * @param mountPoint an absolute path of a directory
     * @param others whether other users may look; the recorded permissions then hold for them
     * @param failures told of each failure of the store, in one line
     * @throws IOException when the directory cannot be mounted on
     */
    public static FuseMount mount(MountedTree tree, Path mountPoint, boolean others, Consumer<String> failures)
            throws Unavailable, IOException, InterruptedException {
        FuseBuilder builder;
        Fuse fuse;
        try {
            builder = Fuse.builder();
            setLibrary(builder);
            fuse = builder.build(new TreeOperations(tree, builder.errno(), failures));
        } catch (UnsupportedOperationException e) {
            throw new Unavailable("this system has no FUSE that is known here", e);
        } catch (UnsatisfiedLinkError e) {
            throw new Unavailable("this machine has no FUSE: libfuse3 was not found", e);
        }
        String options = "ro,fsname=plakar,subtype=plakarfs,kernel_cache,max_idle_threads=16,entry_timeout="
                + KEPT_SECONDS + ",attr_timeout=" + KEPT_SECONDS + ",negative_timeout=" + ABSENT_SECONDS
                + (others ? ",allow_other,default_permissions" : "");
        try {
            fuse.mount("plakar", mountPoint, "-o" + options);
        } catch (FuseMountFailedException e) {
            boolean interrupted = Thread.interrupted();
            closeQuietly(fuse);
            if (interrupted) {
                throw new InterruptedException("interrupted while mounting");
            }
            if (linux() && !Files.exists(Path.of("/dev/fuse"))) {
                throw new Unavailable("this machine has no FUSE: there is no /dev/fuse", e);
            }
            throw new Unavailable("cannot mount at " + mountPoint + ": FUSE refused", e);
        }
        return new FuseMount(fuse, tree, mountPoint);
    }

    /** Whether this machine seems to have what a mount needs; empty when it does, else what is missing. */
    public static String missing() {
        if (!linux()) {
            return "";
        }
        if (!Files.exists(Path.of("/dev/fuse"))) {
            return "there is no /dev/fuse";
        }
        return library() == null ? "libfuse3 was not found" : "";
    }

    private static boolean linux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    }

    // Distributions ship the library without the link that a search by name would need.
    @SuppressWarnings({"deprecation", "removal"})
    private static void setLibrary(FuseBuilder builder) {
        Path library = library();
        if (library != null) {
            builder.setLibraryPath(library.toString());
        }
    }

    private static @Nullable Path library() {
        if (!linux()) {
            return null;
        }
        String arch = System.getProperty("os.arch", "").equals("aarch64") ? "aarch64" : "x86_64";
        for (String directory : List.of(
                "/usr/lib/" + arch + "-linux-gnu",
                "/lib/" + arch + "-linux-gnu",
                "/usr/lib64",
                "/lib64",
                "/usr/local/lib",
                "/usr/local/lib64",
                "/usr/lib",
                "/lib")) {
            for (String name : LIBRARIES) {
                Path library = Path.of(directory, name);
                if (Files.exists(library)) {
                    return library;
                }
            }
        }
        return null;
    }

    /**
     * Whether something is mounted at a directory already.
     *
     * @throws IOException when there is no such directory
     */
    public static boolean isMountPoint(Path directory) throws IOException {
        Path parent = directory.toRealPath().getParent();
        return parent != null
                && !Files.getAttribute(directory, "unix:dev").equals(Files.getAttribute(parent, "unix:dev"));
    }

    /** Whether a mount at the directory has lost the program that served it. */
    public static boolean isDead(Path directory) {
        // Opening it asks the program; its attributes the kernel may still know.
        try (DirectoryStream<Path> ignored = Files.newDirectoryStream(directory)) {
            return false;
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).contains(DEAD);
        }
    }

    /** Unmounts a mount that {@link #isDead}; false when that did not succeed. */
    public static boolean clear(Path directory) throws InterruptedException {
        for (List<String> command : List.of(
                List.of("fusermount3", "-u", "-z", directory.toString()),
                List.of("umount", "-l", directory.toString()))) {
            try {
                Process process = new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (process.waitFor(UNMOUNTER_SECONDS, TimeUnit.SECONDS) && !isDead(directory)) {
                    return true;
                }
            } catch (IOException e) {
                // Not on this machine: the other one may be.
            }
        }
        return false;
    }

    /** Returns when somebody else has unmounted it. */
    public void awaitUnmount() throws InterruptedException {
        while (stillMounted()) {
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private boolean stillMounted() {
        try {
            return isMountPoint(mountPoint);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        // Whoever waits for a chunk must come back before libfuse's threads can end.
        tree.close();
        closeQuietly(fuse);
    }

    private static void closeQuietly(Fuse fuse) {
        try {
            fuse.close();
        } catch (TimeoutException e) {
            // It is unmounted; a thread that still waits for the store dies with the program.
        }
    }
}
