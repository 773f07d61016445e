package io.plakar.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Judges a passphrase by the number of guesses its kinds of characters and its length ask for, without the parts that
 * are easy to guess: repetitions and runs along the alphabet or the keyboard.
 */
public final class PassphraseStrength {
    /** What a passphrase for a new store must have. */
    public static final double REQUIRED_BITS = 80;

    private static final String REPLACING = "!@$&*";
    private static final String SEPARATING = "_-., ";
    private static final String OTHER_SPECIAL = "\"#%'()+/:;<=>?[\\]^{|}~";
    private static final String[] SEQUENCES = {
        "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"
    };

    private PassphraseStrength() {}

    /** Bits of entropy; 0 for an empty passphrase. The argument is not kept, copies are wiped. */
    public static double bits(char[] passphrase) {
        int[] left = codePoints(passphrase);
        try {
            int base = classes(left).base;
            int size = dropRepetitions(left, left.length);
            for (String sequence : SEQUENCES) {
                size = dropRuns(left, size, sequence);
            }
            for (String sequence : SEQUENCES) {
                size = dropRuns(
                        left, size, new StringBuilder(sequence).reverse().toString());
            }
            int bytes = 0;
            for (int i = 0; i < size; i++) {
                bytes += Utf8.width(left[i]);
            }
            return base == 0 ? 0 : bytes * Math.log(base) / Math.log(2);
        } finally {
            Arrays.fill(left, 0);
        }
    }

    /** Why {@code passphrase} has not {@code requiredBits}, and what would help; empty if it has. */
    public static Optional<String> objection(char[] passphrase, double requiredBits) {
        if (bits(passphrase) >= requiredBits) {
            return Optional.empty();
        }
        int[] all = codePoints(passphrase);
        Classes classes = classes(all);
        Arrays.fill(all, 0);
        List<String> hints = new ArrayList<>();
        if (!classes.replacing || !classes.separating || !classes.otherSpecial) {
            hints.add("including more special characters");
        }
        if (!classes.lower) {
            hints.add("using lowercase letters");
        }
        if (!classes.upper) {
            hints.add("using uppercase letters");
        }
        if (!classes.digits) {
            hints.add("using numbers");
        }
        String tried = hints.isEmpty() ? "" : String.join(", ", hints) + " or ";
        return Optional.of("insecure password, try " + tried + "using a longer password");
    }

    private static int[] codePoints(char[] passphrase) {
        int[] out = new int[passphrase.length];
        int size = 0;
        for (int i = 0; i < passphrase.length; size++) {
            out[size] = Character.codePointAt(passphrase, i);
            i += Character.charCount(out[size]);
        }
        int[] fitted = Arrays.copyOf(out, size);
        Arrays.fill(out, 0);
        return fitted;
    }

    /** Which kinds of characters there are, and how many characters there are of these kinds. */
    private record Classes(
            boolean replacing,
            boolean separating,
            boolean otherSpecial,
            boolean lower,
            boolean upper,
            boolean digits,
            int base) {}

    private static Classes classes(int[] passphrase) {
        boolean replacing = false;
        boolean separating = false;
        boolean otherSpecial = false;
        boolean lower = false;
        boolean upper = false;
        boolean digits = false;
        int base = 0;
        for (int i = 0; i < passphrase.length; i++) {
            int c = passphrase[i];
            if (REPLACING.indexOf(c) >= 0) {
                replacing = true;
            } else if (SEPARATING.indexOf(c) >= 0) {
                separating = true;
            } else if (OTHER_SPECIAL.indexOf(c) >= 0) {
                otherSpecial = true;
            } else if (c >= 'a' && c <= 'z') {
                lower = true;
            } else if (c >= 'A' && c <= 'Z') {
                upper = true;
            } else if (c >= '0' && c <= '9') {
                digits = true;
            } else if (isFirst(passphrase, i)) {
                base++;
            }
        }
        base += replacing ? REPLACING.length() : 0;
        base += separating ? SEPARATING.length() : 0;
        base += otherSpecial ? OTHER_SPECIAL.length() : 0;
        base += (lower ? 26 : 0) + (upper ? 26 : 0) + (digits ? 10 : 0);
        return new Classes(replacing, separating, otherSpecial, lower, upper, digits, base);
    }

    private static boolean isFirst(int[] passphrase, int index) {
        for (int i = 0; i < index; i++) {
            if (passphrase[i] == passphrase[index]) {
                return false;
            }
        }
        return true;
    }

    /** Drops, in place, each character equal to both before it; returns how many are left. */
    private static int dropRepetitions(int[] text, int length) {
        int size = 0;
        int before = -1;
        int twoBefore = -1;
        for (int i = 0; i < length; i++) {
            int c = text[i];
            if (c != before || c != twoBefore) {
                text[size++] = c;
            }
            twoBefore = before;
            before = c;
        }
        return size;
    }

    /** Drops, in place, all beyond the second of characters that follow each other in {@code sequence}. */
    private static int dropRuns(int[] text, int length, String sequence) {
        int size = 0;
        int before = -2;
        int run = 0;
        for (int i = 0; i < length; i++) {
            int place = sequence.indexOf(text[i]);
            run = place >= 0 && place == before + 1 && run > 0 ? run + 1 : place >= 0 ? 1 : 0;
            before = place;
            if (run <= 2) {
                text[size++] = text[i];
            }
        }
        return size;
    }
}
