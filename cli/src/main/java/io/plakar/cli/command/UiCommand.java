package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import io.plakar.app.Variables;
import io.plakar.app.packages.Platform;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Options;
import io.plakar.cli.Surroundings;
import io.plakar.cli.Version;
import io.plakar.cli.terminal.Signals;
import io.plakar.connector.ConnectorContext;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.server.ListenAddress;
import io.plakar.server.api.UiServer;
import io.plakar.server.api.UiSettings;
import io.plakar.server.job.WorkContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code ui}: serves the viewer until a signal comes. */
public final class UiCommand {
    private static final String ADDRESS = "localhost:0";

    private static final List<List<String>> BROWSERS = List.of(
            List.of("xdg-open"),
            List.of("firefox"),
            List.of("chromium"),
            List.of("google-chrome"),
            List.of("chrome"),
            List.of("brave"),
            List.of("vivaldi"),
            List.of("opera"));

    private UiCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] ui [OPTIONS]"),
                """
                Opens the viewer of a store in the browser: snapshots, their files, previews and downloads. It runs
                until it is stopped by Ctrl-C. Only this machine can reach it unless -addr says otherwise, and only who
                knows the token in the printed address may look; PLAKAR_UI_TOKEN sets one that stays.
                """,
                List.of(
                        Flag.string("addr", "address and port to listen on", "localhost, any free port"),
                        Flag.string("cert", "PEM file with the certificate, for https"),
                        Flag.string("key", "PEM file with the private key of the certificate"),
                        Flag.bool("cors", "let pages of other sites ask"),
                        Flag.bool("no-auth", "ask for no token"),
                        Flag.bool("no-refresh", "do not look for new snapshots"),
                        Flag.bool("no-spawn", "do not open a browser")),
                List.of(
                        "plakar at ./save ui",
                        "plakar at ./save ui -no-spawn -addr localhost:8080",
                        "plakar at ./save ui -addr 192.168.1.10:8443 -cert host.pem -key host-key.pem"),
                UiCommand::run);
    }

    private static ListenAddress address(String text) throws Failure {
        try {
            return ListenAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    ExitCode.USAGE,
                    "invalid -addr: " + e.getMessage(),
                    "write HOST:PORT, as in localhost:8080; port 0 takes any that is free",
                    e);
        }
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        invocation.noArguments();
        Options options = invocation.options();
        ListenAddress address = address(options.value("addr", ADDRESS));
        UiSettings settings = settings(invocation, address);
        if (!isLoopback(address) && settings.certificate() == null) {
            invocation
                    .notices()
                    .warn("other machines can reach " + address + ", and what is sent is not encrypted;"
                            + " -cert and -key change that");
        }
        try (Repository repository = invocation.openStore();
                UiServer server = start(invocation, repository, settings, address)) {
            String url = (server.secure() ? "https://" : "http://")
                    + new ListenAddress(address.host().isEmpty() ? "localhost" : address.host(), server.port())
                    + (settings.token().isEmpty() ? "" : "?plakar_token=" + settings.token());
            if (!options.flag("no-spawn")) {
                String failure = openBrowser(url, invocation.surroundings().operatingSystem());
                if (failure != null) {
                    invocation.notices().line("failed to launch browser: " + failure);
                    invocation.notices().line("you can access the webUI at " + url);
                }
            }
            // Before it says that it runs: who reads that may stop it at once.
            if (invocation.surroundings().interruptible()) {
                Signals.onStop(Thread.currentThread()::interrupt);
            }
            invocation.out().line("launching webUI at " + url);
            invocation.out().flush();
            await(server);
        }
        return ExitCode.SUCCESS;
    }

    private static boolean isLoopback(ListenAddress address) {
        try {
            return address.resolve().getAddress().isLoopbackAddress();
        } catch (IOException e) {
            // It cannot be listened on either, which is about to be told.
            return true;
        }
    }

    /** A signal is how it ends: nothing went wrong then. */
    private static void await(UiServer server) {
        try {
            server.await();
        } catch (InterruptedException e) {
            // The end that was asked for.
        }
    }

    private static UiServer start(
            Invocation invocation, Repository repository, UiSettings settings, ListenAddress address)
            throws Failure, IOException {
        try {
            return UiServer.start(repository, settings, context(invocation));
        } catch (UiServer.PortTaken e) {
            throw new Failure(
                    ExitCode.FAILURE,
                    String.valueOf(e.getMessage()),
                    e.nextFree()
                            .map(free -> "port " + free.port() + " is free: -addr " + free)
                            .orElse("choose another port with -addr"),
                    e);
        } catch (UnknownHostException e) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "cannot listen on " + address + ": no such host",
                    "choose an address of this machine with -addr",
                    e);
        }
    }

    private static WorkContext context(Invocation invocation) throws Failure {
        ConnectorContext own = invocation.connectorContext(true);
        // Who asks over the network has no part in this terminal.
        ConnectorContext connectors = new ConnectorContext(
                own.hostname(),
                own.workingDirectory(),
                own.scratch(),
                own.maxConcurrency(),
                own.readXattrs(),
                own.client(),
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                own.standardError());
        return new WorkContext(
                invocation.connectors(),
                invocation.names(),
                invocation.configuration(),
                connectors,
                RunContext.of(invocation.surroundings(), invocation.words(), invocation.concurrency()));
    }

    private static UiSettings settings(Invocation invocation, ListenAddress address) throws Failure {
        Options options = invocation.options();
        Surroundings surroundings = invocation.surroundings();
        Variables variables = surroundings.variables();
        String chosen = variables.get("PLAKAR_UI_TOKEN");
        String token = options.flag("no-auth")
                ? ""
                : chosen == null || chosen.isEmpty() ? UUID.randomUUID().toString() : chosen;
        Platform platform = Platform.ofJava(surroundings.operatingSystem(), System.getProperty("os.arch", ""));
        Path certificate = file(surroundings, options.value("cert"));
        Path key = file(surroundings, options.value("key"));
        if ((certificate == null) != (key == null)) {
            throw new Failure(ExitCode.USAGE, "-cert and -key belong together", "give both, or neither");
        }
        return new UiSettings(
                address,
                token,
                options.flag("cors"),
                !options.flag("no-refresh"),
                variables.isTrue("PLAKAR_DEMO_MODE"),
                certificate,
                key,
                "v" + Version.NUMBER,
                platform.system(),
                platform.architecture(),
                variables.get("PLAKAR_SERVICE_ENDPOINT"),
                variables.get("PLAKAR_TOKEN"),
                invocation.directories().config().resolve("cookies/1.0.0/.auth-token"),
                surroundings.clock(),
                surroundings.zone(),
                line -> invocation.notices().warn(line));
    }

    private static @Nullable Path file(Surroundings surroundings, @Nullable String name) {
        return name == null ? null : surroundings.workingDirectory().resolve(name);
    }

    /** Null when a browser was started, else what came of it. */
    private static @Nullable String openBrowser(String url, String system) {
        String lower = system.toLowerCase(Locale.ROOT);
        List<List<String>> ways = lower.contains("mac")
                ? List.of(List.of("open"))
                : lower.contains("windows") ? List.of(List.of("rundll32", "url.dll,FileProtocolHandler")) : BROWSERS;
        String failure = "no browser found";
        for (List<String> way : ways) {
            List<String> command = new ArrayList<>(way);
            command.add(url);
            try {
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return null;
            } catch (IOException e) {
                failure = SystemMessages.of(e);
            }
        }
        return failure;
    }
}
