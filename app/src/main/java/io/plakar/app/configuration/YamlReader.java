package io.plakar.app.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads YAML as nested maps of texts. Scalars stay as they are written ({@code 0x10}, {@code yes}), since every option is
 * a text; a plain null is the empty text, sequences are too. The only class that touches the YAML library.
 */
public final class YamlReader {
    private static final int MAX_CODE_POINTS = 16 << 20;
    private static final int MAX_ALIASES = 20;
    private static final int MAX_DEPTH = 6;

    private YamlReader() {}

    /** A text that is no YAML; the message names line and cause. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * The map at the top of {@code text}; empty when the text is. Its values are {@code String} or, one level down,
     * {@code Map<String, String>}; what lies deeper is dropped.
     *
     * @throws Malformed when this is no YAML, or something else than a map
     */
    public static Map<String, Object> read(String text) throws Malformed {
        Node root = compose(text);
        if (root == null || (root instanceof ScalarNode scalar && value(scalar).isEmpty())) {
            return Map.of();
        }
        if (!(root instanceof MappingNode mapping)) {
            throw new Malformed("yaml: " + line(root.getStartMark()) + "this is not a map", null);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Object value =
                    tuple.getValueNode() instanceof MappingNode inner ? inner(inner) : text(tuple.getValueNode());
            put(values, tuple, value);
        }
        return values;
    }

    /**
     * {@code text} as it is: {@code String}, {@code List<Object>} or {@code Map<String, Object>}.
     *
     * @throws Malformed when this is no YAML, or nested deeper than a few levels
     */
    public static Object tree(String text) throws Malformed {
        Node root = compose(text);
        return root == null ? "" : tree(root, MAX_DEPTH);
    }

    private static Object tree(Node node, int levels) throws Malformed {
        if (levels == 0) {
            throw new Malformed("yaml: " + line(node.getStartMark()) + "nested too deeply", null);
        }
        if (node instanceof MappingNode mapping) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                put(values, tuple, tree(tuple.getValueNode(), levels - 1));
            }
            return values;
        }
        if (node instanceof SequenceNode sequence) {
            List<Object> values = new ArrayList<>();
            for (Node value : sequence.getValue()) {
                values.add(tree(value, levels - 1));
            }
            return values;
        }
        return text(node);
    }

    private static Map<String, String> inner(MappingNode mapping) throws Malformed {
        Map<String, String> values = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            put(values, tuple, text(tuple.getValueNode()));
        }
        return values;
    }

    private static <V> void put(Map<String, V> values, NodeTuple tuple, V value) throws Malformed {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            throw new Malformed("yaml: " + line(tuple.getKeyNode().getStartMark()) + "a key must be a text", null);
        }
        if (values.put(key.getValue(), value) != null) {
            throw new Malformed(
                    "yaml: " + line(key.getStartMark()) + "the key \"" + key.getValue() + "\" is there twice", null);
        }
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar ? value(scalar) : "";
    }

    private static String value(ScalarNode scalar) {
        String value = scalar.getValue();
        boolean isNull =
                scalar.getScalarStyle() == ScalarStyle.PLAIN && (value.equals("~") || value.equalsIgnoreCase("null"));
        return isNull ? "" : value;
    }

    private static @Nullable Node compose(String text) throws Malformed {
        LoadSettings settings = LoadSettings.builder()
                .setAllowDuplicateKeys(true)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(MAX_CODE_POINTS)
                .build();
        try {
            return new Compose(settings).composeString(text).orElse(null);
        } catch (MarkedYamlEngineException e) {
            String problem = e.getProblem();
            throw new Malformed(
                    "yaml: " + line(e.getProblemMark()) + (problem == null ? "cannot be read" : oneLine(problem)), e);
        } catch (YamlEngineException e) {
            throw new Malformed("yaml: " + oneLine(String.valueOf(e.getMessage())), e);
        } catch (StackOverflowError e) {
            throw new Malformed("yaml: nested too deeply", e);
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private static String line(Optional<Mark> mark) {
        return mark.map(at -> "line " + (at.getLine() + 1) + ": ").orElse("");
    }
}
