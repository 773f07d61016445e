package io.plakar.app;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.StoreConnector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connectors this program has, and the way from a word of the user to one of them (connectors §1.2). Those of a
 * package that is not installed are as if they were not there. Immutable.
 */
public final class Connectors {
    private final List<ConnectorProvider> providers;
    private final PackageSet packages;

    private Connectors(List<ConnectorProvider> providers, PackageSet packages) {
        this.providers = providers;
        this.packages = packages;
    }

    /** Those found on the class path which are part of every installation or of a package in {@code packages}. */
    public static Connectors discover(PackageSet packages) throws Failure {
        List<ConnectorProvider> found = new ArrayList<>();
        for (ConnectorProvider provider :
                ServiceLoader.load(ConnectorProvider.class, Connectors.class.getClassLoader())) {
            found.add(provider);
        }
        return of(found, packages);
    }

    public static Connectors of(List<ConnectorProvider> providers) {
        return new Connectors(List.copyOf(providers), PackageSet.NONE);
    }

    /** Of {@code providers} those which are part of every installation or of a package in {@code packages}. */
    public static Connectors of(List<ConnectorProvider> providers, PackageSet packages) throws Failure {
        List<ConnectorProvider> own = new ArrayList<>();
        List<ConnectorProvider> packaged = new ArrayList<>();
        for (ConnectorProvider provider : providers) {
            Optional<String> name = provider.packageName();
            if (name.isEmpty()) {
                own.add(provider);
            } else if (packages.contains(name.get())) {
                packaged.add(provider.offering(packages.services(name.get())));
            }
        }
        // The first one found is taken: where names meet, those of every installation win.
        own.addAll(packaged);
        return new Connectors(List.copyOf(own), packages);
    }

    public SortedSet<String> importerSchemes() {
        return schemes(ConnectorProvider::importerSchemes);
    }

    public SortedSet<String> exporterSchemes() {
        return schemes(ConnectorProvider::exporterSchemes);
    }

    public SortedSet<String> storeSchemes() {
        return schemes(ConnectorProvider::storeSchemes);
    }

    /**
     * Where {@code place} is, in canonical form: local paths are absolute, a local path ending in {@code .ptar} is a
     * {@code ptar} store.
     *
     * @param place path, {@code scheme:rest} or {@code scheme://rest}; not a {@code @name}
     */
    public Location storeLocation(String place, Path workingDirectory) {
        Location location = Location.parse(place);
        if (location.scheme().equals("fs") && location.rest().endsWith(".ptar")) {
            Location absolute = absolute(location, workingDirectory, ConnectorProvider::storeSchemes);
            if (!Files.isDirectory(Path.of(localPath(absolute.rest())))) {
                return new Location("ptar", absolute.rest());
            }
        }
        return absolute(location, workingDirectory, ConnectorProvider::storeSchemes);
    }

    /**
     * The store at {@code place}; nothing is read or made yet.
     *
     * @param extra options which win over configured ones
     */
    public StoreConnector store(
            String place, Map<String, String> extra, ConfiguredNames names, ConnectorContext context)
            throws Failure, ConnectorException {
        Map<String, String> options = new HashMap<>();
        String resolved = resolveStore(place, names, options);
        // They unlock the store and are nothing a connector needs to know.
        options.remove(Passphrases.OPTION);
        options.remove(Passphrases.COMMAND_OPTION);
        Location location = storeLocation(resolved, context.workingDirectory());
        ConnectorProvider provider = provider(location.scheme(), ConnectorProvider::storeSchemes);
        if (provider == null) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "backend '" + location.scheme() + "' does not exist",
                    packages.remedy(
                            location.scheme(),
                            "this program can keep stores at: " + String.join(", ", storeSchemes())));
        }
        options.putAll(extra);
        options.put("location", location.toString());
        return keeping(provider, place, options, names).store(location, options, context);
    }

    /**
     * The source at {@code place}.
     *
     * @param extra options given by the user, which win over configured ones
     */
    public Importer importer(String place, Map<String, String> extra, ConfiguredNames names, ConnectorContext context)
            throws Failure, ConnectorException {
        Map<String, String> options = new HashMap<>();
        String resolved = resolve(place, names::source, "could not resolve importer: ", options);
        Location location =
                absolute(Location.parse(resolved), context.workingDirectory(), ConnectorProvider::importerSchemes);
        ConnectorProvider provider = provider(location.scheme(), ConnectorProvider::importerSchemes);
        if (provider == null) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "failed to create an importer for " + place + ": unsupported importer protocol",
                    packages.remedy(
                            location.scheme(),
                            "this program can back up from: " + String.join(", ", importerSchemes())));
        }
        options.putAll(extra);
        options.put("location", location.toString());
        try {
            return keeping(provider, place, options, names).importer(location, options, context);
        } catch (ConnectorException e) {
            throw new Failure(
                    ExitCode.of(e),
                    "failed to create an importer for " + place + ": " + e.getMessage(),
                    ExitCode.remedy(e),
                    e);
        }
    }

    /** The destination at {@code place}; see {@link #importer}. */
    public Exporter exporter(
            String place,
            Map<String, String> extra,
            ExportOptions export,
            ConfiguredNames names,
            ConnectorContext context)
            throws Failure, ConnectorException {
        Map<String, String> options = new HashMap<>();
        String resolved = resolve(place, names::destination, "could not resolve exporter: ", options);
        Location location =
                absolute(Location.parse(resolved), context.workingDirectory(), ConnectorProvider::exporterSchemes);
        ConnectorProvider provider = provider(location.scheme(), ConnectorProvider::exporterSchemes);
        if (provider == null) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "failed to create an exporter for " + place + ": unsupported exporter protocol",
                    packages.remedy(
                            location.scheme(), "this program can restore to: " + String.join(", ", exporterSchemes())));
        }
        options.putAll(extra);
        options.put("location", location.toString());
        return keeping(provider, place, options, names).exporter(location, options, export, context);
    }

    /** Finds a configured place by its name. */
    private interface LookUp {
        Optional<ConfiguredNames.Place> find(String name) throws Failure;
    }

    /**
     * {@code place}, or what is configured when it is a {@code @name}.
     *
     * @param options receives the other options of the entry
     */
    public static String resolveStore(String place, ConfiguredNames names, Map<String, String> options) throws Failure {
        return resolve(place, names::store, "could not resolve repository: ", options);
    }

    private static String resolve(String place, LookUp names, String failure, Map<String, String> options)
            throws Failure {
        if (!place.startsWith("@")) {
            return place;
        }
        Optional<ConfiguredNames.Place> found = names.find(place.substring(1));
        if (found.isEmpty()) {
            throw new Failure(
                    ExitCode.FAILURE,
                    failure + place,
                    "no such name is configured; a path or a location such as fs:/path works without");
        }
        options.putAll(found.get().options());
        return found.get().location();
    }

    private static ConnectorProvider keeping(
            ConnectorProvider provider, String place, Map<String, String> options, ConfiguredNames names) {
        return place.startsWith("@") ? provider.keeping(names.keeper(options)) : provider;
    }

    private Location absolute(
            Location location, Path workingDirectory, Function<ConnectorProvider, java.util.Set<String>> kind) {
        ConnectorProvider provider = provider(location.scheme(), kind);
        if (provider == null
                || !provider.flags(location.scheme()).contains(ConnectorFlag.LOCALFS)
                || isAbsolute(location.rest())) {
            return location;
        }
        return new Location(location.scheme(), joinClean(workingDirectory.toString(), location.rest()));
    }

    private static boolean isAbsolute(String path) {
        return path.startsWith("/")
                || path.startsWith("\\")
                || (path.length() > 2
                        && path.charAt(1) == ':'
                        && Character.isLetter(path.charAt(0))
                        && (path.charAt(2) == '\\' || path.charAt(2) == '/'));
    }

    /** Joins on text and not on {@code Path}, so that bytes which are not UTF-8 stay ({@link RawText}). */
    private static String joinClean(String base, String relative) {
        String separator = base.contains("\\") ? "\\" : "/";
        List<String> parts = new ArrayList<>();
        String text = base + separator + relative;
        for (String part : text.split(separator.equals("/") ? "/" : "[/\\\\]", -1)) {
            if (part.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return (separator.equals("/") ? "/" : "") + String.join(separator, parts);
    }

    private static String localPath(String rest) {
        for (int i = 0; i < rest.length(); i++) {
            if (Character.isSurrogate(rest.charAt(i))) {
                return "/";
            }
        }
        return rest;
    }

    private @Nullable ConnectorProvider provider(
            String scheme, Function<ConnectorProvider, java.util.Set<String>> kind) {
        for (ConnectorProvider provider : providers) {
            if (kind.apply(provider).contains(scheme)) {
                return provider;
            }
        }
        return null;
    }

    private SortedSet<String> schemes(Function<ConnectorProvider, java.util.Set<String>> kind) {
        SortedSet<String> all = new TreeSet<>();
        for (ConnectorProvider provider : providers) {
            all.addAll(kind.apply(provider));
        }
        return all;
    }
}
