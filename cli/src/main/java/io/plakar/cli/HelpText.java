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
                    text.append(String.format("  %-9s %s%n", entry.name(), entry.summary()));
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
