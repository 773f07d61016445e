package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static final List<Flag> FLAGS = List.of(
            Flag.bool("json", ""),
            Flag.bool("quiet", ""),
            Flag.list("tag", ""),
            Flag.string("name", ""),
            Flag.integer("cpu", ""),
            Flag.string("old", "").concealed());

    private static Options parse(String... words) throws Failure {
        return Options.parse("cmd", FLAGS, List.of(words));
    }

    private static void refused(String message, String... words) {
        assertThatThrownBy(() -> parse(words))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessage(message);
    }

    @Test
    void allFourWaysToWriteAnOptionAreEqual() throws Failure {
        for (Options options :
                List.of(parse("-name", "v"), parse("-name=v"), parse("--name", "v"), parse("--name=v"))) {
            assertThat(options.value("name")).isEqualTo("v");
            assertThat(options.arguments()).isEmpty();
        }
        assertThat(parse("-name=").value("name")).isEmpty();
        assertThat(parse("-name=a=b").value("name")).isEqualTo("a=b");
    }

    @Test
    void aBooleanTakesAValueOnlyBehindEquals() throws Failure {
        assertThat(parse("-json").flag("json")).isTrue();
        assertThat(parse("-json=false").flag("json")).isFalse();
        assertThat(parse("--json=T").flag("json")).isTrue();
        Options word = parse("-json", "false");
        assertThat(word.flag("json")).isTrue();
        assertThat(word.arguments()).containsExactly("false");
        assertThat(parse("-json", "-json=0").flag("json")).isFalse();
    }

    @Test
    void optionsMayFollowArgumentsUntilTwoDashes() throws Failure {
        Options options = parse("a", "-json", "b", "--", "-quiet", "--");
        assertThat(options.flag("json")).isTrue();
        assertThat(options.flag("quiet")).isFalse();
        assertThat(options.arguments()).containsExactly("a", "b", "-quiet", "--");
    }

    @Test
    void aLoneDashAndAnAtSignAreArguments() throws Failure {
        assertThat(parse("-", "@name", "-json").arguments()).containsExactly("-", "@name");
    }

    @Test
    void aValueMayLookLikeAnOption() throws Failure {
        Options options = parse("-name", "-json", "x");
        assertThat(options.value("name")).isEqualTo("-json");
        assertThat(options.flag("json")).isFalse();
        assertThat(options.arguments()).containsExactly("x");
    }

    @Test
    void theLastScalarWinsAndListsCollect() throws Failure {
        Options options = parse("-name", "a", "-name=b", "-tag", "x,y", "--tag=z");
        assertThat(options.value("name")).isEqualTo("b");
        assertThat(options.all("tag")).containsExactly("x,y", "z");
    }

    @Test
    void integersAreReadAsGoReadsThem() throws Failure {
        assertThat(parse("-cpu", "12").integer("cpu", 0)).isEqualTo(12);
        assertThat(parse("-cpu", "0x1f").integer("cpu", 0)).isEqualTo(31);
        assertThat(parse("-cpu=0b101").integer("cpu", 0)).isEqualTo(5);
        assertThat(parse("-cpu=017").integer("cpu", 0)).isEqualTo(15);
        assertThat(parse("-cpu=0o17").integer("cpu", 0)).isEqualTo(15);
        assertThat(parse("-cpu=1_000").integer("cpu", 0)).isEqualTo(1000);
        assertThat(parse("-cpu", "-3").integer("cpu", 0)).isEqualTo(-3);
        assertThat(parse().integer("cpu", 7)).isEqualTo(7);
    }

    @Test
    void whatCannotBeReadIsRefusedInGosWords() {
        refused("flag provided but not defined: -nosuch", "-nosuch");
        refused("flag provided but not defined: -nosuch", "a", "--nosuch=1");
        refused("flag needs an argument: -name", "-name");
        refused("invalid value \"x\" for flag -cpu: parse error", "-cpu", "x");
        refused("invalid value \"maybe\" for flag -json: parse error", "-json=maybe");
    }

    @Test
    void aTypingErrorGetsASuggestionButNotOfAHiddenOption() {
        assertThatThrownBy(() -> parse("-quite"))
                .satisfies(failure -> assertThat(((Failure) failure).remedy()).contains("did you mean -quiet?"));
        assertThatThrownBy(() -> parse("-odl"))
                .satisfies(failure -> assertThat(((Failure) failure).remedy()).doesNotContain("-old"));
    }

    @Test
    void theCommandLineIsTakenApart() throws Failure {
        Words words = Words.split(List.of("-keyfile", "at", "--json", "at", "./s", "-quiet", "ls", "-tags", "at", "x"));
        assertThat(words.global()).containsExactly("-keyfile", "at", "--json", "-quiet");
        assertThat(words.location()).isEqualTo("./s");
        assertThat(words.command()).isEqualTo("ls");
        assertThat(words.rest()).containsExactly("-tags", "at", "x");
        assertThatThrownBy(() -> Words.split(List.of("at"))).hasMessage("missing plakar repository");
        assertThatThrownBy(() -> Words.split(List.of("at", "x"))).hasMessage("missing command");
        assertThat(Words.split(List.of("--", "version")).command()).isEqualTo("version");
    }

    @Test
    void wordsComeBackAsTheBytesTheyWere() {
        byte[] line = {'j', 'a', 'v', 'a', 0, 'l', 's', 0, (byte) 0xff, 'x', 0};
        assertThat(RawArguments.split(line)).containsExactly("java", "ls", "\udcffx");
    }
}
