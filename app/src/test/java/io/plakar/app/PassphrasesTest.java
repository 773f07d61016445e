package io.plakar.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.kloset.KlosetException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassphrasesTest {
    private final List<String> asked = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();

    private Passphrases typing(String... lines) {
        return passphrases(Map.of(), null, null, lines);
    }

    private Passphrases passphrases(
            Map<String, String> variables, byte @Nullable [] keyFile, @Nullable InputStream input, String... lines) {
        Deque<String> left = new ArrayDeque<>(List.of(lines));
        return new Passphrases(
                Variables.of(variables),
                Map.of(),
                Path.of(""),
                keyFile,
                input,
                label -> {
                    asked.add(label);
                    String line = left.poll();
                    return line == null ? null : bytes(line);
                },
                notices::add);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Passphrases.Lock<String> lock(String right) {
        return passphrase -> {
            String given = new String(passphrase, StandardCharsets.UTF_8);
            if (!given.equals(right)) {
                throw new KlosetException.NotAuthentic("wrong");
            }
            return given;
        };
    }

    private static @Nullable String atLeastEight(byte[] passphrase) {
        return passphrase.length < 8 ? "insecure password" : null;
    }

    @Test
    void theKeyFileWinsOverTheEnvironmentAndIsNotTriedTwice() throws Exception {
        Passphrases both = passphrases(Map.of("PLAKAR_PASSPHRASE", "variable"), bytes("file"), null, "typed");
        assertThat(both.unlock(lock("file"))).isEqualTo("file");
        assertThatThrownBy(() -> both.unlock(lock("variable")))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.NO_PERMISSION))
                .hasMessage("failed to unlock repository");
        assertThat(asked).isEmpty();
    }

    @Test
    void anEmptyVariableCountsAsNone() throws Exception {
        assertThat(passphrases(Map.of("PLAKAR_PASSPHRASE", ""), null, null, "typed")
                        .unlock(lock("typed")))
                .isEqualTo("typed");
    }

    @Test
    void standardInputGivesItsFirstLineOnly() throws Exception {
        InputStream input = new ByteArrayInputStream(bytes("secret\r\nthe data"));
        assertThat(passphrases(Map.of(), null, input).unlock(lock("secret"))).isEqualTo("secret");
        assertThat(new String(input.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("the data");
    }

    @Test
    void aPersonHasThreeTries() throws Exception {
        assertThat(typing("a", "b", "right").unlock(lock("right"))).isEqualTo("right");
        assertThat(asked).hasSize(3);
        assertThatThrownBy(() -> typing("a", "b", "c", "right").unlock(lock("right")))
                .hasMessage("failed to unlock repository");
    }

    @Test
    void withoutATerminalThereIsOneClearFailure() {
        assertThatThrownBy(() -> typing().unlock(lock("x"))).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.exitCode()).isEqualTo(ExitCode.NO_PERMISSION);
            assertThat(failure.remedy()).contains("PLAKAR_PASSPHRASE");
        });
        assertThat(asked).hasSize(1);
    }

    @Test
    void thePassphraseIsWipedAfterUse() throws Exception {
        List<byte[]> seen = new ArrayList<>();
        typing("secret").unlock(passphrase -> seen.add(passphrase));
        assertThat(seen.getFirst()).containsOnly(0);
    }

    @Test
    void aNewPassphraseIsTypedTwice() throws Exception {
        assertThat(typing("long enough", "long enough").forNewStore(PassphrasesTest::atLeastEight))
                .isEqualTo(bytes("long enough"));
        assertThat(asked).containsExactly("repository passphrase: ", "repository passphrase (confirm): ");
    }

    @Test
    void aWeakOneIsTakenWhenInsistedOn() throws Exception {
        assertThat(typing("weak", "weak", "weak").forNewStore(PassphrasesTest::atLeastEight))
                .isEqualTo(bytes("weak"));
        assertThat(notices).containsExactly("insecure password");
    }

    @Test
    void threeRoundsAreAllThereAre() {
        assertThatThrownBy(() -> typing("one", "two", "three", "four").forNewStore(PassphrasesTest::atLeastEight))
                .hasMessage("too many failed attempts");
        assertThat(asked).hasSize(3);
        assertThatThrownBy(() -> typing("long enough", "not the same", "long enough", "x", "long enough", "y")
                        .forNewStore(PassphrasesTest::atLeastEight))
                .hasMessage("too many failed attempts");
        assertThat(notices).contains("passphrases mismatch");
    }

    @Test
    void nothingIsNoPassphrase() {
        assertThatThrownBy(() -> typing("", "").forNewStore(passphrase -> null))
                .hasMessage("can't encrypt the repository with an empty passphrase");
    }

    @Test
    void aKeyFileLosesOneLineEndAndTellsWhenOthersMayReadIt(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("key"), bytes("pass word\r\n"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(Passphrases.readKeyFile(file, "key", notices::add)).isEqualTo(bytes("pass word"));
        assertThat(notices).singleElement().asString().contains("chmod 600 key");
        assertThatThrownBy(() -> Passphrases.readKeyFile(directory.resolve("none"), "./none", notices::add))
                .hasMessage("could not read key file: open ./none: no such file or directory");
    }
}
