package io.plakar.kloset.glob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.kloset.KlosetException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
    private static boolean matches(String pattern, String name) throws KlosetException {
        return Glob.compile(pattern).matches(name.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "abc,abc,true",
        "abc,abcd,false",
        "*,abc,true",
        "*c,abc,true",
        "a*,a,true",
        "a*,abc,true",
        "a*b*c,axbybzc,true",
        "a*b*c,axbybz,false",
        "a*/b,a/c/b,false",
        "ab[c],abc,true",
        "ab[b-d],abc,true",
        "ab[e-g],abc,false",
        "ab[^c],abc,false",
        "ab[^b-d],abc,false",
        "ab[^e-g],abc,true",
        "a\\*b,a*b,true",
        "a\\*b,ab,false",
        "a?b,a\u263ab,true",
        "a[^a]b,a\u263ab,true",
        "a???b,a\u263ab,false",
        "[a-\u03b6]*,\u03b1,true",
        "*[a-\u03b6],A,false",
        "a?b,a/b,false",
        "a*b,a/b,false",
        "[\\]a],],true",
        "[\\-x],-,true",
        "*x,xxx,true",
        "*.txt,notes.txt,true",
        "????????,abc,false",
    })
    void aNameMatchesAsInAShell(String pattern, String name, boolean expected) throws KlosetException {
        assertThat(matches(pattern, name)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "[a", "[a-", "[]a]", "[-]", "[x-]", "[-x]", "[^", "a\\", "[a-\\", "a[", "[]"})
    void aMalformedPatternIsRefused(String pattern) {
        assertThatThrownBy(() -> Glob.compile(pattern))
                .isInstanceOf(KlosetException.Invalid.class)
                .hasMessage("syntax error in pattern");
    }

    @Test
    void manyStarsTakeNoLongTime() throws KlosetException {
        assertThat(matches("*a".repeat(50) + "b", "a".repeat(5000))).isFalse();
    }

    @Test
    void aPartOfAnArrayCanBeMatched() throws KlosetException {
        assertThat(Glob.compile("b*").matches("abcd".getBytes(StandardCharsets.UTF_8), 1, 3))
                .isTrue();
        assertThat(Glob.compile("bc").matches("abcd".getBytes(StandardCharsets.UTF_8), 1, 3))
                .isTrue();
    }

    @Test
    void anEmptyPatternMatchesTheEmptyName() throws KlosetException {
        assertThat(matches("", "")).isTrue();
        assertThat(matches("", "a")).isFalse();
    }
}
