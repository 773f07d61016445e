package io.plakar.cli.command;

import io.plakar.app.Failure;
import io.plakar.app.configuration.PlaceKind;
import io.plakar.app.configuration.Secrets;
import io.plakar.cli.Invocation;
import io.plakar.cli.text.Sizes;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Location;
import io.plakar.connector.RemoteProbe;
import io.plakar.connector.TokenKeeper;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tries imported places once, and shows kind, account and space of those that answer. Nothing that happens here changes
 * what was imported, nor the exit status.
 */
final class RemoteTrial {
    private static final int SECONDS = 20;

    private RemoteTrial() {}

    static void run(Invocation invocation, PlaceKind kind, Map<String, SortedMap<String, String>> entries)
            throws Failure {
        for (Map.Entry<String, SortedMap<String, String>> entry : entries.entrySet()) {
            Location location = Location.parse(entry.getValue().getOrDefault("location", ""));
            RemoteProbe probe = probe(invocation, location.scheme());
            if (probe != null) {
                String name = kind.word() + " \"" + entry.getKey() + "\"";
                try {
                    invocation
                            .notices()
                            .info(name + ": " + text(answer(invocation, probe, location, entry.getValue())));
                } catch (ConnectorException e) {
                    silent(invocation, name, Secrets.message(String.valueOf(e.getMessage())));
                } catch (TimeoutException e) {
                    silent(invocation, name, "no answer within " + SECONDS + " seconds");
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private static RemoteProbe.Answer answer(
            Invocation invocation, RemoteProbe probe, Location location, Map<String, String> options)
            throws Failure, ConnectorException, TimeoutException, InterruptedException {
        ConnectorContext context = invocation.connectorContext(false);
        TokenKeeper keeper = invocation.names().keeper(options);
        FutureTask<RemoteProbe.Answer> task = new FutureTask<>(() -> probe.probe(location, options, keeper, context));
        Thread.ofVirtual().start(task);
        try {
            return task.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectorException failure) {
                throw failure;
            }
            throw new ConnectorException(ConnectorException.Reason.FAILED, String.valueOf(e.getCause()), e.getCause());
        } finally {
            task.cancel(true);
        }
    }

    private static void silent(Invocation invocation, String name, String why) {
        invocation.notices().warn(name + " is imported, but did not answer: " + why);
    }

    private static String text(RemoteProbe.Answer answer) {
        StringBuilder text = new StringBuilder(answer.kind());
        if (!answer.account().isEmpty()) {
            text.append(" of ").append(answer.account());
        }
        if (answer.usedBytes().isPresent()) {
            text.append(", ")
                    .append(Sizes.format(answer.usedBytes().getAsLong()))
                    .append(" used");
            if (answer.totalBytes().isPresent()) {
                text.append(" of ").append(Sizes.format(answer.totalBytes().getAsLong()));
            }
        }
        return text.toString();
    }

    /** Null when the connector is not installed, or what it drives is not there. */
    private static @Nullable RemoteProbe probe(Invocation invocation, String scheme) throws Failure {
        boolean usable = invocation.connectors().storeSchemes().contains(scheme)
                && invocation.rcloneServices().program().isPresent();
        if (!usable) {
            return null;
        }
        for (RemoteProbe probe : ServiceLoader.load(RemoteProbe.class, RemoteProbe.class.getClassLoader())) {
            if (probe.schemes().contains(scheme)) {
                return probe;
            }
        }
        return null;
    }
}
