package io.plakar.cli;

import io.plakar.app.Connectors;
import io.plakar.cli.terminal.Output;

/** Which program this is. */
public final class Version {
    /** The same as in the build; a test compares. */
    public static final String NUMBER = "0.1.0";

    /** How the program names itself to stores and services, and the first line of {@code plakar version}. */
    public static final String CLIENT = "plakar/v" + NUMBER;

    private Version() {}

    static void print(Output out, Connectors connectors) {
        out.text(CLIENT + "\n\n"
                + "importers: " + String.join(", ", connectors.importerSchemes()) + "\n"
                + "exporters: " + String.join(", ", connectors.exporterSchemes()) + "\n"
                + "klosets: " + String.join(", ", connectors.storeSchemes()) + "\n");
    }
}
