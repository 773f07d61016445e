package io.plakar.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassphraseStrengthTest {
    private static double bits(String passphrase) {
        return PassphraseStrength.bits(passphrase.toCharArray());
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }

    @ParameterizedTest
    @CsvSource({
        // passphrase, characters that count, size of the alphabet
        "short, 5, 26",
        "aaaa, 2, 26",
        "aaabaaa, 5, 26",
        "abcdef, 2, 26",
        "fedcba, 2, 26",
        "qwerty, 2, 26",
        "0123456789, 2, 10",
        "987abc, 4, 36",
        "Ab1!_#, 6, 94",
        "a b, 3, 31",
        "é, 2, 1",
        "éaé, 5, 27",
        "``a, 3, 27",
    })
    void lengthAndAlphabetMakeTheStrength(String passphrase, int length, int base) {
        assertThat(bits(passphrase)).isCloseTo(length * log2(base), within(1e-9));
    }

    @Test
    void anEmptyPassphraseHasNoStrength() {
        assertThat(bits("")).isZero();
        assertThat(PassphraseStrength.objection(new char[0], 0)).isEmpty();
        assertThat(PassphraseStrength.objection(new char[0], PassphraseStrength.REQUIRED_BITS))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "short, 'including more special characters, using uppercase letters, using numbers or '",
        "SHORT, 'including more special characters, using lowercase letters, using numbers or '",
        "aA1, 'including more special characters or '",
        "aA1!, 'including more special characters or '",
        "aA1!_#, ''",
        "!_#, 'using lowercase letters, using uppercase letters, using numbers or '",
        "é, 'including more special characters, using lowercase letters, using uppercase letters, using numbers or '",
    })
    void aWeakPassphraseIsToldWhatHelps(String passphrase, String hints) {
        assertThat(PassphraseStrength.objection(passphrase.toCharArray(), PassphraseStrength.REQUIRED_BITS))
                .contains("insecure password, try " + hints + "using a longer password");
    }

    @Test
    void eightyBitsAreEnough() {
        // 18 lower case letters have 84.6 bits, 17 have 79.9
        assertThat(PassphraseStrength.objection("gkoxbvmzqtdwjhplcs".toCharArray(), PassphraseStrength.REQUIRED_BITS))
                .isEmpty();
        assertThat(PassphraseStrength.objection("gkoxbvmzqtdwjhplc".toCharArray(), PassphraseStrength.REQUIRED_BITS))
                .isPresent();
    }

    @Test
    void theArgumentIsLeftAlone() {
        char[] passphrase = "aaabcdef".toCharArray();
        PassphraseStrength.bits(passphrase);
        assertThat(passphrase).containsExactly("aaabcdef".toCharArray());
    }
}
