package io.plakar.cli.command;

import io.plakar.app.Failure;
import io.plakar.app.configuration.PlaceKind;
import io.plakar.app.configuration.Secrets;
import io.plakar.cli.Invocation;
import io.plakar.cli.text.Sizes;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Location;
import io.plakar.connector.RemoteProbe;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Tries imported places once, and shows kind, account and space of those that answer. Nothing that happens here changes
 * what was imported, nor the exit status.
 */
final class RemoteTrial {
    private RemoteTrial() {}

    static void run(Invocation invocation, PlaceKind kind, Map<String, SortedMap<String, String>> entries)
            throws Failure {
        for (Map.Entry<String, SortedMap<String, String>> entry : entries.entrySet()) {
            Location location = Location.parse(entry.getValue().getOrDefault("location", ""));
            RemoteProbe probe = probe(location.scheme());
            if (probe == null) {
                continue;
            }
            String name = kind.word() + " \"" + entry.getKey() + "\"";
            try {
                RemoteProbe.Answer answer = probe.probe(location, entry.getValue(), invocation.connectorContext(false));
                invocation.notices().info(name + ": " + text(answer));
            } catch (ConnectorException e) {
                invocation
                        .notices()
                        .warn(name + " is imported, but did not answer: "
                                + Secrets.message(String.valueOf(e.getMessage())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
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
        }
        if (answer.totalBytes().isPresent()) {
            text.append(" of ").append(Sizes.format(answer.totalBytes().getAsLong()));
        }
        return text.toString();
    }

    private static @Nullable RemoteProbe probe(String scheme) {
        for (RemoteProbe probe : ServiceLoader.load(RemoteProbe.class, RemoteProbe.class.getClassLoader())) {
            if (probe.schemes().contains(scheme)) {
                return probe;
            }
        }
        return null;
    }
}
