package io.plakar.app.packages;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.configuration.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What {@code manifest.yaml} of a package says. Immutable. Unknown keys, and connectors of unknown types, are ignored.
 *
 * @param version empty when it does not say
 */
public record Manifest(
        String name, String displayName, String description, String version, List<Connector> connectors) {
    static final String FILE_NAME = "manifest.yaml";

    private static final Set<String> TYPES = Set.of("importer", "exporter", "storage");
    private static final Set<String> LOCATION_FLAGS = Set.of("localfs", "file", "stream", "needack", "nomerge");

    public Manifest {
        connectors = List.copyOf(connectors);
    }

    /**
     * One program of a package.
     *
     * @param type {@code importer}, {@code exporter} or {@code storage}
     * @param executable relative to the package
     */
    public record Connector(
            String type,
            List<String> protocols,
            List<String> locationFlags,
            String executable,
            List<String> args,
            String validator,
            List<String> extraFiles) {
        public Connector {
            protocols = List.copyOf(protocols);
            locationFlags = List.copyOf(locationFlags);
            args = List.copyOf(args);
            extraFiles = List.copyOf(extraFiles);
        }
    }

    /** Everything any of its connectors offers. */
    public SortedSet<String> protocols() {
        SortedSet<String> all = new TreeSet<>();
        connectors.forEach(connector -> all.addAll(connector.protocols()));
        return all;
    }

    /** The files a package holds beside its manifest, each once and in order. */
    public List<String> files() {
        Set<String> files = new java.util.LinkedHashSet<>();
        for (Connector connector : connectors) {
            files.add(connector.executable());
            if (!connector.validator().isEmpty()) {
                files.add(connector.validator());
            }
            files.addAll(connector.extraFiles());
        }
        return List.copyOf(files);
    }

    /**
     * Reads and checks a manifest.
     *
     * @param where names it in messages
     */
    public static Manifest parse(String text, String where) throws Failure {
        Object tree;
        try {
            tree = YamlReader.tree(text);
        } catch (YamlReader.Malformed e) {
            throw new Failure(ExitCode.FAILURE, "failed to parse " + where + ": " + e.getMessage(), "", e);
        }
        if (!(tree instanceof Map<?, ?> top)) {
            throw bad(where, "it is no map");
        }
        String name = text(top.get("name"));
        if (!PackageName.isName(name)) {
            throw bad(where, "bad name \"" + name + "\"");
        }
        if (!(top.get("connectors") instanceof List<?> list)) {
            throw bad(where, "it lists no connectors");
        }
        List<Connector> connectors = new ArrayList<>();
        for (Object each : list) {
            if (!(each instanceof Map<?, ?> map)) {
                throw bad(where, "a connector is no map");
            }
            if (TYPES.contains(text(map.get("type")))) {
                connectors.add(connector(map, where));
            }
        }
        return new Manifest(
                name,
                text(top.get("display_name")),
                text(top.get("description")),
                text(top.get("version")),
                connectors);
    }

    private static Connector connector(Map<?, ?> map, String where) throws Failure {
        Connector connector = new Connector(
                text(map.get("type")),
                texts(map.get("protocols")),
                texts(map.get("location_flags")),
                text(map.get("executable")),
                texts(map.get("args")),
                text(map.get("validator")),
                texts(map.get("extra_files")));
        if (connector.protocols().isEmpty()) {
            throw bad(where, "the " + connector.type() + " has no protocols");
        }
        if (connector.executable().isEmpty()) {
            throw bad(where, "the " + connector.type() + " has no executable");
        }
        for (String flag : connector.locationFlags()) {
            if (!LOCATION_FLAGS.contains(flag)) {
                throw bad(where, "unknown flag: \"" + flag + "\"");
            }
        }
        checkInside(connector.executable(), "executable", where);
        checkInside(connector.validator(), "validator", where);
        for (String file : connector.extraFiles()) {
            checkInside(file, "extra file", where);
        }
        return connector;
    }

    private static void checkInside(String path, String what, String where) throws Failure {
        boolean outside = path.startsWith("/") || path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0;
        for (String part : path.split("/", -1)) {
            outside |= part.equals("..");
        }
        if (outside) {
            throw bad(where, "bad " + what + " path \"" + path + "\"");
        }
    }

    private static String text(@org.jspecify.annotations.Nullable Object value) {
        return value instanceof String text ? text : "";
    }

    private static List<String> texts(@org.jspecify.annotations.Nullable Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(each -> texts.add(text(each)));
        }
        texts.removeIf(String::isEmpty);
        return texts;
    }

    private static Failure bad(String where, String why) {
        return new Failure(ExitCode.FAILURE, "invalid manifest " + where + ": " + why);
    }
}
