package io.plakar.app.configuration;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The sections of a configuration written by plakar or another program: YAML or JSON maps of maps, or INI. Values are
 * kept to the letter: nothing in a line of an INI file is a comment but a whole line, and JSON values which are no texts
 * stay as they are written.
 *
 * <p>A section with {@code type} and without a {@code location} is a remote of rclone. {@link #withRemotes} turns it into
 * an entry: every key gets the prefix {@code rclone_}, and the location is {@code rclone://}.
 */
public final class ImportedSections {
    private static final String LOCATION = "location";
    private static final String PREFIX = "rclone_";
    private static final String REMOTE_LOCATION = "rclone://";
    private static final String NO_DELIMITER = "key-value delimiter not found: ";
    private static final String TRIPLE = "\"\"\"";

    private final Map<String, SortedMap<String, String>> sections;

    private ImportedSections(Map<String, SortedMap<String, String>> sections) {
        this.sections = sections;
    }

    /** Name to options, in the order of the input. */
    public Map<String, SortedMap<String, String>> sections() {
        return sections;
    }

    /** Whether any section has a location. */
    public boolean hasLocation() {
        return sections.values().stream().anyMatch(options -> options.containsKey(LOCATION));
    }

    /** Whether any section is a remote of rclone. */
    public boolean hasRemotes() {
        return sections.values().stream().anyMatch(ImportedSections::isRemote);
    }

    /**
     * Finds out what {@code text} is, and reads it.
     *
     * @throws Failure when it is none of the known forms
     */
    public static ImportedSections parse(String text) throws Failure {
        String content = text.startsWith("\ufeff") ? text.substring(1) : text;
        String first = firstLine(content);
        if (content.lines().limit(5).anyMatch(line -> line.startsWith("RCLONE_ENCRYPT_V"))) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "failed to load config: this is an encrypted configuration of rclone",
                    "pipe it through rclone, which asks for its password: rclone config show | plakar … import");
        }
        Map<String, SortedMap<String, String>> sections;
        if (first.startsWith("{")) {
            sections = json(content);
        } else if (first.startsWith("[")) {
            sections = ini(content);
        } else {
            sections = yaml(content, first);
        }
        sections.values().forEach(options -> options.values().removeIf(String::isEmpty));
        return new ImportedSections(sections);
    }

    /**
     * The same with remotes of rclone as entries.
     *
     * @param all whether every section is one, as the user says
     */
    public ImportedSections withRemotes(boolean all) {
        Map<String, SortedMap<String, String>> converted = new LinkedHashMap<>();
        sections.forEach((name, options) -> {
            boolean convert = isRemote(options) || (all && !options.containsKey(PREFIX + "type"));
            converted.put(name, convert ? entryOf(options) : options);
        });
        return new ImportedSections(converted);
    }

    private static SortedMap<String, String> entryOf(SortedMap<String, String> remote) {
        SortedMap<String, String> entry = new TreeMap<>();
        remote.forEach((key, value) -> entry.put(PREFIX + key, value));
        entry.put(LOCATION, REMOTE_LOCATION);
        return entry;
    }

    /** A remote may have an option that is called location; what it says is no place. */
    private static boolean isRemote(Map<String, String> options) {
        String location = options.get(LOCATION);
        return options.containsKey("type")
                && (location == null || (location.indexOf(':') < 0 && location.indexOf('/') < 0));
    }

    private static String firstLine(String content) {
        return content.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#") && !line.startsWith(";"))
                .findFirst()
                .orElse("");
    }

    private static Failure malformed(String why, Exception cause) {
        return new Failure(
                ExitCode.FAILURE,
                "failed to load config: failed to parse config data: " + why,
                "the input must be INI with [sections], or YAML or JSON with a map of names; see `rclone config show`",
                cause);
    }

    private static Failure malformed(String why) {
        return new Failure(
                ExitCode.FAILURE,
                "failed to load config: failed to parse config data: " + why,
                "the input must be INI with [sections], or YAML or JSON with a map of names; see `rclone config show`");
    }

    private static Map<String, SortedMap<String, String>> yaml(String content, String first) throws Failure {
        if (first.isEmpty()) {
            return new LinkedHashMap<>();
        }
        Map<String, Object> top;
        try {
            top = YamlReader.read(content);
        } catch (YamlReader.Malformed e) {
            throw first.contains(":")
                    ? malformed(String.valueOf(e.getMessage()), e)
                    : malformed(NO_DELIMITER + first, e);
        }
        Map<String, SortedMap<String, String>> sections = new LinkedHashMap<>();
        top.forEach((name, value) -> {
            if (value instanceof Map<?, ?> options) {
                SortedMap<String, String> section = new TreeMap<>();
                options.forEach((key, option) -> section.put((String) key, (String) option));
                sections.put(name, section);
            }
        });
        return sections;
    }

    private static Map<String, SortedMap<String, String>> json(String content) throws Failure {
        Map<String, SortedMap<String, String>> sections = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), content)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.START_OBJECT) {
                    sections.put(name, jsonOptions(parser, content));
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw malformed("this is not one JSON object");
            }
            return sections;
        } catch (JacksonException e) {
            throw malformed(
                    "JSON, line "
                            + (e.getLocation() == null ? "1" : e.getLocation().getLineNr()) + ": "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    private static SortedMap<String, String> jsonOptions(JsonParser parser, String content) {
        SortedMap<String, String> options = new TreeMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                int end = (int) parser.currentTokenLocation().getCharOffset() + 1;
                options.put(key, content.substring(start, end));
            } else {
                options.put(key, token == JsonToken.VALUE_NULL ? "" : parser.getString());
            }
        }
        return options;
    }

    private static Map<String, SortedMap<String, String>> ini(String content) throws Failure {
        Map<String, SortedMap<String, String>> sections = new LinkedHashMap<>();
        SortedMap<String, String> current = new TreeMap<>();
        String[] lines = content.split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            if (line.startsWith("[") && line.endsWith("]")) {
                current = sections.computeIfAbsent(
                        line.substring(1, line.length() - 1).strip(), name -> new TreeMap<>());
                continue;
            }
            int delimiter = line.indexOf('=');
            if (delimiter < 0) {
                delimiter = line.indexOf(':');
            }
            if (delimiter <= 0) {
                throw malformed(NO_DELIMITER + line);
            }
            String value = line.substring(delimiter + 1).strip();
            if (value.startsWith(TRIPLE)) {
                StringBuilder several = new StringBuilder(value.substring(TRIPLE.length()));
                while (several.indexOf(TRIPLE) < 0 && i + 1 < lines.length) {
                    several.append('\n').append(lines[++i]);
                }
                int end = several.indexOf(TRIPLE);
                value = TRIPLE + (end < 0 ? several : several.substring(0, end)) + TRIPLE;
            }
            current.put(line.substring(0, delimiter).strip(), value);
        }
        for (SortedMap<String, String> section : sections.values()) {
            // rclone's quotes belong to the value.
            if (!isRemote(section)) {
                section.replaceAll((key, value) -> unquoted(value));
            }
        }
        return sections;
    }

    private static String unquoted(String value) {
        if (value.length() >= 2 * TRIPLE.length() && value.startsWith(TRIPLE) && value.endsWith(TRIPLE)) {
            return value.substring(TRIPLE.length(), value.length() - TRIPLE.length());
        }
        if (value.length() >= 2) {
            char first = value.charAt(0);
            boolean quote = first == '"' || first == '\'' || first == '`';
            if (quote && value.indexOf(first, 1) == value.length() - 1) {
                return value.substring(1, value.length() - 1);
            }
        }
        return value;
    }

    /** An entry as a section of an INI file, with a line end after each line; {@link #parse} reads it back. */
    public static String iniSection(String name, Map<String, String> options) {
        int width = options.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder out = new StringBuilder("[").append(name).append("]\n");
        new TreeMap<>(options).forEach((key, value) -> {
            out.append(key).repeat(' ', width - key.length()).append(" = ").append(quotedIfNeeded(value));
            out.append('\n');
        });
        return out.toString();
    }

    private static String quotedIfNeeded(String value) {
        if (value.indexOf('\n') >= 0) {
            return TRIPLE + value + TRIPLE;
        }
        boolean spaces = !value.equals(value.strip());
        boolean quotes = !value.equals(unquoted(value));
        return spaces || quotes ? (value.indexOf('`') < 0 ? "`" + value + "`" : TRIPLE + value + TRIPLE) : value;
    }
}
