package io.plakar.connector;

/**
 * A place as the user writes it: {@code proto:rest}, {@code proto://rest} or a bare path (connectors §1.2).
 *
 * @param scheme the protocol, {@code fs} when none was written
 * @param rest what follows, without one leading {@code //}
 */
public record Location(String scheme, String rest) {
    /** Splits {@code text}; a scheme needs at least two characters, so that {@code C:\x} stays a path. */
    public static Location parse(String text) {
        int i = 0;
        while (i < text.length() && isSchemeCharacter(text.charAt(i))) {
            i++;
        }
        if (i > 1 && i < text.length() && text.charAt(i) == ':') {
            String rest = text.substring(i + 1);
            return new Location(text.substring(0, i), rest.startsWith("//") ? rest.substring(2) : rest);
        }
        return new Location("fs", text);
    }

    private static boolean isSchemeCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '+'
                || c == '.'
                || c == '-';
    }

    @Override
    public String toString() {
        return scheme + "://" + rest;
    }
}
