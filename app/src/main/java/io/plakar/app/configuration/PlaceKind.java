package io.plakar.app.configuration;

/** The three kinds of configured places; each has a file of its own. */
public enum PlaceKind {
    SOURCE("source", "sources"),
    DESTINATION("destination", "destinations"),
    STORE("store", "stores");

    private final String word;
    private final String plural;

    PlaceKind(String word, String plural) {
        this.word = word;
        this.plural = plural;
    }

    /** As in commands and messages. */
    public String word() {
        return word;
    }

    /** The key of the entries in the file, which is called the same. */
    public String plural() {
        return plural;
    }

    String fileName() {
        return plural + ".yml";
    }
}
