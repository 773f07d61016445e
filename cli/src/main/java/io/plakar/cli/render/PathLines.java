package io.plakar.cli.render;

import io.plakar.app.RawText;
import io.plakar.cli.terminal.Output;
import io.plakar.cli.terminal.TerminalState;
import io.plakar.cli.text.DisplayNames;
import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;

/** The lines of the line renderer: {@code <id>: OK ✓ <path>} and {@code <id>: KO ✘ <path>: <error>}. */
final class PathLines {
    private final Output out;
    private final Output error;
    private final TerminalState terminal;

    PathLines(Output out, Output error, TerminalState terminal) {
        this.out = out;
        this.error = error;
        this.terminal = terminal;
    }

    void ok(Mac snapshot, BytePath path) {
        Paint paint = paint(terminal.output());
        out.line(snapshot.toShortHex() + ": OK " + (terminal.unicode() ? paint.good("✓") + " " : "")
                + shown(path.bytes(), terminal.output()));
    }

    void failed(Mac snapshot, BytePath path, String message) {
        ko(snapshot.toShortHex(), shown(path.bytes(), terminal.error()) + ": " + shownText(message));
    }

    /** Something that is no path; without a snapshot it is about the store. */
    void failed(Mac snapshot, String message) {
        ko(snapshot.isZero() ? "store" : snapshot.toShortHex(), shownText(message));
    }

    private void ko(String what, String text) {
        Paint paint = paint(terminal.error());
        error.line(what + ": KO " + (terminal.unicode() ? paint.bad("✘") + " " : "") + text);
    }

    private String shownText(String message) {
        return terminal.error() ? shown(RawText.encode(message), true) : message;
    }

    void completed(Mac snapshot, Completion completion) {
        out.line(completion.line(snapshot.toShortHex(), paint(terminal.output())));
    }

    Paint paint(boolean isTerminal) {
        return isTerminal && terminal.color() ? Paint.COLOR : Paint.PLAIN;
    }

    /** A name as it is; on a terminal without what could drive it. */
    static String shown(byte[] name, boolean isTerminal) {
        return RawText.decode(isTerminal ? DisplayNames.sanitize(name) : name);
    }
}
