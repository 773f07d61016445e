package io.plakar.cli;

import java.util.List;

/**
 * All about one command: what parser, help and dispatch need.
 *
 * @param usage the lines after {@code Usage:}
 * @param text a paragraph or two for people, wrapped at 100 columns
 * @param flags its own options; the global ones are added by the parser
 * @param examples command lines that can be copied
 */
public record CommandDescription(
        List<String> usage, String text, List<Flag> flags, List<String> examples, Command body) {}
