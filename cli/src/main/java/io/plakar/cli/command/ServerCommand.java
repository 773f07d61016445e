package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Notices;
import io.plakar.cli.Options;
import io.plakar.cli.text.Sizes;
import io.plakar.connector.StoreConnector;
import io.plakar.kloset.KlosetException;
import io.plakar.server.ListenAddress;
import io.plakar.server.PemIdentity;
import io.plakar.server.store.Clients;
import io.plakar.server.store.Rights;
import io.plakar.server.store.StoreServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** {@code server}: lets other machines use a store. */
public final class ServerCommand {
    private static final String TOKENS = "PLAKAR_SERVER_TOKENS";

    private ServerCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] server [OPTIONS]"),
                """
                Serves the store, still encrypted, to clients which name it `at http://HOST:PORT`; Plakar's own clients
                too. No passphrase is needed here. Clients can add and read, and remove their locks; they can neither
                delete nor replace anything else unless allowed to. Ctrl-C ends it.

                Without tokens everybody who reaches the address is a client. Tokens are lines NAME:TOKEN, or
                NAME:TOKEN:read|append|delete, in the file of -token-file or in PLAKAR_SERVER_TOKENS (there separated by
                commas); a client sends its own with `plakar store add NAME http://HOST:PORT auth_token=TOKEN`.
                """,
                List.of(
                        Flag.string("listen", "address and port to listen on", "localhost:9876"),
                        Flag.bool("allow-delete", "let clients delete and replace what is stored"),
                        Flag.bool("allow-create", "let a client make the store when there is none"),
                        Flag.string("cert", "file of the certificate for https, in PEM, followed by its issuers'"),
                        Flag.string("key", "file of the certificate's key, in PEM (PKCS#8, not encrypted)"),
                        Flag.string("token-file", "file of the clients' tokens"),
                        Flag.string("quota", "most the store may hold, for instance 500GiB")),
                List.of(
                        "plakar at ./save server",
                        "plakar at ./save server -listen :9876 -token-file tokens -cert cert.pem -key key.pem",
                        "plakar at /mnt/disk/save server -quota 2TiB -allow-delete"),
                ServerCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        invocation.noArguments();
        Options options = invocation.options();
        ListenAddress listen;
        try {
            listen = ListenAddress.parse(options.value("listen", "localhost:9876"));
        } catch (IllegalArgumentException e) {
            throw Options.invalid("listen", options.value("listen", ""), String.valueOf(e.getMessage()));
        }
        SSLContext tls = tls(invocation);
        Clients clients = clients(invocation, options.flag("allow-delete") ? Rights.DELETE : Rights.APPEND);
        long quota = quota(options.value("quota"));
        Notices notices = invocation.notices();
        boolean create = options.flag("allow-create");
        Consumer<String> requests = options.flag("v") ? line -> notices.line("server: " + line) : line -> {};
        try (StoreConnector store = invocation.stores().openRaw(invocation.storePlace(), create)) {
            StoreServer.Settings settings = new StoreServer.Settings(
                    resolve(listen), clients, create, quota, tls, requests, line -> notices.error("server: " + line));
            try (StoreServer server = start(store, settings, listen)) {
                if (!clients.haveTokens() && !server.address().getAddress().isLoopbackAddress()) {
                    notices.warn("everybody who reaches " + ListenAddress.display(server.address())
                            + " can read and add to the store; give clients tokens with -token-file");
                }
                // Before it says that it runs: who reads that may stop it at once.
                invocation.stopOnSignals();
                if (invocation.json()) {
                    invocation.jsonLines().line("listening", fields -> fields.text("url", server.url()));
                } else {
                    notices.info("listening on " + server.url());
                }
                invocation.out().flush();
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // Being stopped is how a server ends.
                return ExitCode.SUCCESS;
            }
        }
        return ExitCode.SUCCESS;
    }

    static InetSocketAddress resolve(ListenAddress listen) throws Failure, IOException {
        try {
            return listen.resolve();
        } catch (UnknownHostException e) {
            throw new Failure(ExitCode.FAILURE, "cannot listen on " + listen + ": no such host", "", e);
        }
    }

    private static StoreServer start(StoreConnector store, StoreServer.Settings settings, ListenAddress listen)
            throws Failure, IOException {
        try {
            return StoreServer.start(store, settings);
        } catch (BindException e) {
            throw notBound(e, listen, free -> "-listen " + free);
        }
    }

    /** @param option what to write for another address */
    static Failure notBound(BindException e, ListenAddress listen, Function<ListenAddress, String> option) {
        boolean taken = String.valueOf(e.getMessage()).contains("in use");
        OptionalInt free = taken ? listen.nextFreePort() : OptionalInt.empty();
        return new Failure(
                ExitCode.FAILURE,
                "cannot listen on " + listen + ": " + (taken ? "the port is in use" : e.getMessage()),
                free.isPresent() ? "the next free one: " + option.apply(listen.withPort(free.getAsInt())) : "",
                e);
    }

    /** The identity that -cert and -key name; null without them. */
    static @Nullable SSLContext tls(Invocation invocation) throws Failure {
        String certificate = invocation.options().value("cert");
        String key = invocation.options().value("key");
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new Failure(ExitCode.FAILURE, "-cert and -key need each other");
        }
        Path directory = invocation.surroundings().workingDirectory();
        try {
            return PemIdentity.load(directory.resolve(certificate), directory.resolve(key));
        } catch (java.nio.file.NoSuchFileException e) {
            throw new Failure(ExitCode.FAILURE, e.getFile() + ": no such file or directory", "", e);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILURE, String.valueOf(e.getMessage()), "", e);
        }
    }

    private static Clients clients(Invocation invocation, Rights standard) throws Failure, IOException {
        String file = invocation.options().value("token-file");
        String variable = invocation.surroundings().variables().get(TOKENS);
        if (file == null && variable == null) {
            return Clients.everybody(standard);
        }
        String where = file == null ? TOKENS : file;
        try {
            String text = file == null
                    ? variable
                    : Files.readString(
                            invocation.surroundings().workingDirectory().resolve(file));
            return Clients.parse(String.valueOf(text), standard);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new Failure(ExitCode.FAILURE, where + ": it is not text", "", e);
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.FAILURE, where + ": " + e.getMessage(), "", e);
        }
    }

    private static long quota(@Nullable String word) throws Failure {
        if (word == null) {
            return StoreServer.UNLIMITED;
        }
        try {
            return Sizes.parse(word);
        } catch (IllegalArgumentException e) {
            throw Options.invalid("quota", word, "write a number of bytes, or 500GiB, 2TB");
        }
    }
}
