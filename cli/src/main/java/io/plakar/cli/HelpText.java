package io.plakar.cli;

import io.plakar.app.ExitCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes help from the command table. */
public final class HelpText {
    private HelpText() {}

    static String overview() {
        StringBuilder text = new StringBuilder("""
                Usage: plakar [OPTIONS] [at REPOSITORY] COMMAND [COMMAND_OPTIONS]...

                By default, the repository is $PLAKAR_REPOSITORY or $HOME/.plakar.
                """);
        for (CommandTable.Group group : CommandTable.Group.values()) {
            text.append('\n').append(group.title()).append(":\n");
            for (CommandTable.Entry entry : CommandTable.entries()) {
                if (entry.group() == group && !entry.hidden()) {
                    text.append(String.format("  %-11s %s%n", entry.name(), entry.summary()));
                }
            }
        }
        text.append("\nOPTIONS:\n");
        appendFlags(text, GlobalOptions.FLAGS);
        text.append("""

                For more information on a command, use `plakar help COMMAND`.
                See also `plakar help exit-codes` and `plakar help json`.
                """);
        return text.toString().replace("\r\n", "\n");
    }

    static String command(CommandTable.Entry entry) {
        CommandDescription description = entry.description();
        StringBuilder text = new StringBuilder();
        String lead = "Usage: ";
        for (String usage : description.usage()) {
            text.append(lead).append(usage).append('\n');
            lead = "       ";
        }
        text.append('\n').append(description.text().strip()).append('\n');
        List<Flag> shown =
                description.flags().stream().filter(flag -> !flag.hidden()).toList();
        if (!shown.isEmpty()) {
            text.append("\nOPTIONS:\n");
            appendFlags(text, shown);
        }
        text.append("\nEXAMPLES:\n");
        for (String example : description.examples()) {
            text.append("  ").append(example).append('\n');
        }
        text.append("\nThe options shown by `plakar help` are accepted too.\n");
        return text.toString();
    }

    static String exitCodes() {
        StringBuilder text = new StringBuilder("EXIT STATUS:\n");
        for (ExitCode code : ExitCode.values()) {
            text.append(String.format("  %3d  %s\n", code.number(), code.meaning()));
        }
        text.append("  141  the reader of standard output went away\n");
        return text.toString();
    }

    static String json() {
        return """
                JSON OUTPUT:
                  With -json standard output holds one JSON object per line, on a terminal and on a pipe alike. Each has
                  "version" (1) and "type"; within a version keys and types may be added, none changes or goes away.
                  Sizes are bytes, times RFC 3339 in UTC, ids 64 hexadecimal digits. A name that is not UTF-8 is
                  followed by the same key with _base64. Errors are on standard error as text as well.

                  backup restore check   workflow.start phase path.ok (with -v) path.error snapshot.error warning,
                                         and at the end summary: snapshot_id errors duration_ms and counts
                  ls                     snapshot: snapshot_id timestamp duration_ms size name tags origin root ...
                  ls SNAPSHOT            entry: path target content_type chunks fileinfo
                  info                   store, or snapshot with context and summary, or error (-errors)
                  locate                 match: snapshot_id path
                  digest                 digest: snapshot_id path algorithm digest
                  diff                   difference: status (+ - M T) path
                  rm                     would_remove, removed: as snapshot
                  version                version: client number importers exporters klosets
                  a command that fails   error: level code exit_status message
                """;
    }

    private static void appendFlags(StringBuilder text, List<Flag> flags) {
        List<Flag> sorted = new ArrayList<>(flags);
        sorted.sort(Comparator.comparing(Flag::name));
        for (Flag flag : sorted) {
            if (flag.hidden()) {
                continue;
            }
            text.append("  -").append(flag.name());
            String word = flag.kind().word();
            if (word != null) {
                text.append(' ').append(word);
            }
            text.append("\n    \t").append(flag.text());
            if (!flag.standard().isEmpty()) {
                text.append(" (default \"").append(flag.standard()).append("\")");
            }
            text.append('\n');
        }
    }
}
