package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import io.plakar.app.Variables;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.FilterOptions;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Options;
import io.plakar.cli.Snapshots;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.selection.SnapshotFilter;
import io.plakar.mount.MountedTree;
import io.plakar.mount.fuse.FuseMount;
import io.plakar.mount.http.TreeServer;
import io.plakar.server.ListenAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** {@code mount}: shows snapshots as a file system until a signal comes. */
public final class MountCommand {
    private static final int SHORTEST_TOKEN = 16;
    private static final String OVER_HTTP = "serve the files over HTTP instead: -to http://127.0.0.1:8080";

    private MountCommand() {}

    public static CommandDescription describe() {
        List<Flag> flags = new ArrayList<>(FilterOptions.all());
        flags.add(Flag.string("to", "directory to mount on, or http://HOST:PORT", "a new directory"));
        flags.add(Flag.bool("allow-others", "let other users of this machine look, as far as the files permit"));
        flags.add(Flag.bool("auth", "over HTTP, ask for a token on this machine too"));
        flags.add(Flag.string("cert", "PEM file with the certificate, for https"));
        flags.add(Flag.string("key", "PEM file with the private key of the certificate"));
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] mount [OPTIONS] [SNAPSHOT[:PATH]]"),
                """
                Shows the files of snapshots as a file system that can be read but not changed: a directory for each
                snapshot, or what lies in one directory of SNAPSHOT. It runs until it is stopped by Ctrl-C, and unmounts
                then. Without -to it makes a directory here and removes it in the end.

                -to http://127.0.0.1:8080 serves the same files over HTTP instead, for browsers and, as WebDAV, for file
                managers and rclone; it needs nothing but this program. Where other machines can reach the address a
                token is asked for, as the password of any user or as a bearer token: PLAKAR_MOUNT_TOKEN, or else one
                that is made and printed.
                """,
                flags,
                List.of(
                        "plakar at ./save mount -to /mnt/save",
                        "plakar at ./save mount -to /mnt/home latest:/home/me",
                        "plakar at ./save mount -to http://127.0.0.1:8080 -tag daily"),
                MountCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        invocation.atMost(1);
        Options options = invocation.options();
        String to = options.value("to");
        Instant now = invocation.surroundings().clock().instant();
        SnapshotFilter filter =
                FilterOptions.filter(options, now, invocation.surroundings().zone(), invocation.notices());
        if (to != null && to.matches("https?://.*")) {
            return serve(invocation, filter, to);
        }
        String missing = FuseMount.missing();
        if (!missing.isEmpty()) {
            throw new Failure(ExitCode.UNAVAILABLE, "this machine has no FUSE: " + missing, OVER_HTTP);
        }
        Path place = mountPoint(invocation, to);
        try (Repository repository = invocation.openStore();
                MountedTree tree = tree(invocation, repository, filter)) {
            mount(invocation, repository, tree, place);
        } finally {
            if (to == null) {
                Files.deleteIfExists(place);
            }
        }
        return ExitCode.SUCCESS;
    }

    private static MountedTree tree(Invocation invocation, Repository repository, SnapshotFilter filter)
            throws KlosetException, IOException {
        MountedTree.Owner owner = owner();
        if (!invocation.arguments().isEmpty()) {
            Snapshots.Chosen chosen =
                    new Snapshots(repository).resolve(invocation.arguments().getFirst());
            return MountedTree.of(repository, chosen.header(), chosen.path(), owner);
        }
        new Snapshots(repository).warn(invocation.notices());
        return MountedTree.ofSnapshots(
                repository,
                () -> {
                    repository.refresh();
                    return new Snapshots(repository)
                            .select(filter, invocation.surroundings().clock().instant());
                },
                owner);
    }

    private static ExitCode serve(Invocation invocation, SnapshotFilter filter, String to)
            throws Failure, KlosetException, IOException {
        boolean secure = to.startsWith("https:");
        ListenAddress address;
        try {
            address = ListenAddress.parse(to.substring(to.indexOf("://") + 3).replaceFirst("/$", ""));
        } catch (IllegalArgumentException e) {
            throw Options.invalid("to", to, String.valueOf(e.getMessage()));
        }
        SSLContext tls = ServerCommand.tls(invocation);
        if (secure != (tls != null)) {
            throw new Failure(
                    ExitCode.FAILURE,
                    secure
                            ? "https needs a certificate: -cert and -key"
                            : "-cert and -key are for https: -to https://" + address);
        }
        InetSocketAddress listen = ServerCommand.resolve(address);
        Variables variables = invocation.surroundings().variables();
        String chosen = variables.get("PLAKAR_MOUNT_TOKEN");
        boolean asking = chosen != null
                || invocation.options().flag("auth")
                || !listen.getAddress().isLoopbackAddress();
        String token = !asking ? "" : chosen == null ? UUID.randomUUID().toString() : chosen;
        if (asking && token.length() < SHORTEST_TOKEN) {
            throw new Failure(ExitCode.FAILURE, "PLAKAR_MOUNT_TOKEN has less than " + SHORTEST_TOKEN + " characters");
        }
        try (Repository repository = invocation.openStore();
                MountedTree tree = tree(invocation, repository, filter);
                TreeServer server = start(invocation, tree, address, listen, token, tls)) {
            if (!secure && !listen.getAddress().isLoopbackAddress()) {
                invocation
                        .notices()
                        .warn("other machines can reach " + address + ", and what is sent is not encrypted");
            }
            // Before it says that it runs: who reads that may stop it at once.
            invocation.stopOnSignals();
            if (invocation.json()) {
                invocation.jsonLines().line("listening", fields -> fields.text("url", server.url()));
            } else {
                invocation.notices().info("HTTP serving at " + server.url());
            }
            if (asking && chosen == null) {
                invocation.notices().line("the password, of any user, is " + token);
            }
            invocation.out().flush();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // Being stopped is how a server ends.
        }
        return ExitCode.SUCCESS;
    }

    private static TreeServer start(
            Invocation invocation,
            MountedTree tree,
            ListenAddress address,
            InetSocketAddress listen,
            String token,
            @Nullable SSLContext tls)
            throws Failure, IOException {
        try {
            return TreeServer.start(
                    tree,
                    new TreeServer.Settings(
                            listen, token, tls, line -> invocation.notices().error("mount: " + line)));
        } catch (BindException e) {
            String scheme = tls == null ? "http://" : "https://";
            throw ServerCommand.notBound(e, address, free -> "-to " + scheme + free);
        }
    }

    /** The user of this process, where the system tells. */
    private static MountedTree.Owner owner() {
        try {
            Path self = Path.of("/proc/self");
            return new MountedTree.Owner(
                    (Integer) Files.getAttribute(self, "unix:uid"), (Integer) Files.getAttribute(self, "unix:gid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return new MountedTree.Owner(0, 0);
        }
    }

    /** The directory, fit to be mounted on; made when none was named. */
    private static Path mountPoint(Invocation invocation, @Nullable String to)
            throws Failure, IOException, InterruptedException {
        Path here = invocation.surroundings().workingDirectory();
        if (to == null) {
            Path made = here.resolve(UUID.randomUUID().toString());
            return Files.createDirectory(
                    made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path place = here.resolve(to).normalize();
        if (FuseMount.isDead(place)) {
            if (!FuseMount.clear(place)) {
                throw new Failure(
                        ExitCode.FAILURE,
                        to + ": a mount whose program is gone is in the way",
                        "unmount it: fusermount3 -u " + to);
            }
            invocation.notices().warn(to + ": a mount whose program was gone was unmounted first");
        }
        try {
            if (FuseMount.isMountPoint(place)) {
                throw new Failure(ExitCode.FAILURE, to + " already looks like a mountpoint; refusing to mount over it");
            }
        } catch (NoSuchFileException e) {
            throw new Failure(ExitCode.FAILURE, to + ": no such file or directory", "make the directory first", e);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILURE, to + ": " + SystemMessages.of(e), "", e);
        }
        if (!Files.isDirectory(place)) {
            throw new Failure(ExitCode.FAILURE, to + ": not a directory");
        }
        return place;
    }

    private static void mount(Invocation invocation, Repository repository, MountedTree tree, Path place)
            throws Failure, IOException {
        invocation.stopOnSignals();
        try (FuseMount mount = FuseMount.mount(
                tree,
                place,
                invocation.options().flag("allow-others"),
                line -> invocation.notices().error("mount: " + line))) {
            String shown = invocation
                            .surroundings()
                            .workingDirectory()
                            .relativize(place)
                            .startsWith("..")
                    ? place.toString()
                    : invocation
                            .surroundings()
                            .workingDirectory()
                            .relativize(place)
                            .toString();
            if (invocation.json()) {
                invocation.jsonLines().line("mounted", fields -> fields.text("path", shown));
            } else {
                invocation
                        .notices()
                        .info("mounted repository " + repository.store().origin() + " at " + shown);
            }
            invocation.out().flush();
            mount.awaitUnmount();
        } catch (FuseMount.Unavailable e) {
            throw new Failure(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), OVER_HTTP, e);
        } catch (InterruptedException e) {
            // Being stopped is how a mount ends.
        }
    }
}
