package io.plakar.cli;

import io.plakar.app.RawText;
import io.plakar.cli.text.DisplayNames;
import io.plakar.connector.BytePath;

/** Names of files as listings show them: what could drive a terminal is {@code ?}, bytes outside UTF-8 stay. */
public final class Names {
    private Names() {}

    public static String shown(byte[] name) {
        return RawText.decode(DisplayNames.sanitize(name));
    }

    public static String shown(BytePath path) {
        return shown(path.bytes());
    }
}
