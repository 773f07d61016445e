package io.plakar.server.api;

import java.util.Set;

/** Finds comments, strings, numbers and keywords in a program, in one pass. For one text, for one thread. */
final class Highlighter {
    private static final Set<String> WITH_HASH =
            Set.of("py", "sh", "bash", "rb", "pl", "yaml", "yml", "toml", "conf", "ini", "mk", "dockerfile", "r");
    private static final Set<String> WITH_SLASHES = Set.of(
            "go", "java", "c", "h", "cc", "cpp", "hpp", "cs", "js", "mjs", "jsx", "ts", "tsx", "rs", "kt", "swift",
            "scala", "php", "css", "scss", "json", "proto", "dart", "zig");
    private static final Set<String> WITH_DASHES = Set.of("sql", "lua", "hs");

    private static final Set<String> KEYWORDS = Set.of(
            ("abstract and as assert async await begin bool boolean break byte case catch chan char class const continue "
                            + "def default defer del delete do done double elif else elsif end enum esac except export extends "
                            + "false fi final finally float fn for from func function go goto if impl implements import in "
                            + "include instanceof int interface internal is lambda let local long loop map match mod module mut "
                            + "namespace new nil none not null object of or override package pass private protected pub public "
                            + "raise range record ref return select self short signed sizeof static string struct super switch "
                            + "sealed then this throw throws trait true try type typedef typeof union unsafe unsigned until use "
                            + "using val var virtual void volatile when where while with yield None True False NULL")
                    .split(" "));

    private final String text;
    private final boolean program;
    private final boolean hash;
    private final boolean slashes;
    private final boolean dashes;
    private int at;

    Highlighter(String text, String extension) {
        this.text = text;
        this.hash = WITH_HASH.contains(extension);
        this.slashes = WITH_SLASHES.contains(extension);
        this.dashes = WITH_DASHES.contains(extension);
        this.program = hash || slashes || dashes;
    }

    void appendTo(StringBuilder out) {
        if (!program) {
            out.append(TextPage.escape(text));
            return;
        }
        while (at < text.length()) {
            int start = at;
            String kind = next();
            String part = TextPage.escape(text.substring(start, at));
            if (kind.isEmpty()) {
                out.append(part);
            } else {
                out.append("<span class=\"")
                        .append(kind)
                        .append("\">")
                        .append(part)
                        .append("</span>");
            }
        }
    }

    /** Moves behind the next part, and gives its class. */
    private String next() {
        char c = text.charAt(at);
        if ((hash && c == '#') || (slashes && text.startsWith("//", at)) || (dashes && text.startsWith("--", at))) {
            int end = text.indexOf('\n', at);
            at = end < 0 ? text.length() : end;
            return "c";
        }
        if (slashes && text.startsWith("/*", at)) {
            int end = text.indexOf("*/", at + 2);
            at = end < 0 ? text.length() : end + 2;
            return "c";
        }
        if (c == '"' || c == '\'' || c == '`') {
            string(c);
            return "s";
        }
        if (Character.isDigit(c)) {
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            return "n";
        }
        if (Character.isLetter(c) || c == '_') {
            int start = at;
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                at++;
            }
            return KEYWORDS.contains(text.substring(start, at)) ? "k" : "";
        }
        at++;
        return "";
    }

    private void string(char quote) {
        at++;
        while (at < text.length() && text.charAt(at) != quote) {
            if (text.charAt(at) == '\n' && quote != '`') {
                return;
            }
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        at = Math.min(at + 1, text.length());
    }
}
