package io.plakar.app.configuration;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes nested maps of texts as YAML in block style with four spaces. Every value is written so that YAML 1.1 and 1.2
 * readers read it back as the same text: what they would take for something else is quoted.
 */
public final class YamlWriter {
    private static final int INDENT = 4;
    /** Plain words that some YAML reader does not take for text. */
    private static final Set<String> WORDS =
            Set.of("", "~", "null", "true", "false", "y", "yes", "on", "n", "no", "off", "<<");

    private static final Pattern NUMBER = Pattern.compile("[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*"
            + "|(\\.[0-9_]+|[0-9][0-9_]*(\\.[0-9_]*)?)([eE][-+]?[0-9]+)?|\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)"
            + "|[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?)");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?");

    private YamlWriter() {}

    /** {@code values} as a document, or {@code {}} when it is empty. */
    public static String document(Map<String, ?> values) {
        StringBuilder out = new StringBuilder();
        if (values.isEmpty()) {
            return "{}\n";
        }
        append(out, values, 0);
        return out.toString();
    }

    private static void append(StringBuilder out, Map<?, ?> values, int indent) {
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            out.repeat(' ', indent).append(scalar((String) entry.getKey(), -1)).append(':');
            if (entry.getValue() instanceof Map<?, ?> inner) {
                if (inner.isEmpty()) {
                    out.append(" {}\n");
                } else {
                    out.append('\n');
                    append(out, inner, indent + INDENT);
                }
            } else {
                out.append(' ')
                        .append(scalar((String) entry.getValue(), indent + INDENT))
                        .append('\n');
            }
        }
    }

    /** @param block indent of a text of several lines, or -1 where one is not allowed */
    private static String scalar(String text, int block) {
        if (!isPrintable(text)) {
            return quoted(text);
        }
        if (text.indexOf('\n') >= 0) {
            return block >= 0 && isBlock(text) ? block(text, block) : quoted(text);
        }
        if (isTaken(text)) {
            return quoted(text);
        }
        return isPlain(text) ? text : "'" + text.replace("'", "''") + "'";
    }

    private static boolean isTaken(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return WORDS.contains(lower)
                || NUMBER.matcher(text).matches()
                || DATE.matcher(text).matches();
    }

    /** Without indicators at the beginning, and without what ends a plain text inside. */
    private static boolean isPlain(String text) {
        char first = text.charAt(0);
        boolean single = text.length() == 1 || text.charAt(1) == ' ' || text.charAt(1) == '\t';
        if ("#,[]{}&*!|>'\"%@`".indexOf(first) >= 0 || ("?:-".indexOf(first) >= 0 && single)) {
            return false;
        }
        return first != ' '
                && !text.startsWith("---")
                && !text.startsWith("...")
                && !text.endsWith(" ")
                && !text.endsWith(":")
                && text.indexOf('\t') < 0
                && !text.contains(": ")
                && !text.contains(" #");
    }

    private static boolean isPrintable(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            boolean printable = c == '\n'
                    || c == '\t'
                    || (c >= 0x20 && c < 0x7f)
                    || (c >= 0xa0 && c <= 0xd7ff && c != 0x2028 && c != 0x2029)
                    || (c >= 0xe000 && c <= 0xfffd && c != 0xfeff)
                    || c >= 0x10000;
            if (!printable) {
                return false;
            }
            i += Character.charCount(c);
        }
        return true;
    }

    private static boolean isBlock(String text) {
        return !text.startsWith(" ")
                && !text.startsWith("\n")
                && !text.startsWith("\t")
                && !text.endsWith(" ")
                && !text.contains(" \n")
                && !text.contains("\t");
    }

    private static String block(String text, int indent) {
        String lines = text;
        String mark = "|-";
        if (text.endsWith("\n\n")) {
            mark = "|+";
            lines = text.substring(0, text.length() - 1);
        } else if (text.endsWith("\n")) {
            mark = "|";
            lines = text.substring(0, text.length() - 1);
        }
        StringBuilder out = new StringBuilder(mark);
        for (String line : lines.split("\n", -1)) {
            out.append('\n');
            if (!line.isEmpty()) {
                out.repeat(' ', indent).append(line);
            }
        }
        return out.toString();
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
                        out.append(String.format(Locale.ROOT, "\\x%02x", c));
                    } else if (isPrintable(Character.toString(c))) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(String.format(Locale.ROOT, "\\u%04x", c));
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
