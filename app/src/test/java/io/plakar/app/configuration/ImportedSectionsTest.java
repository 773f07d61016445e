package io.plakar.app.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ImportedSectionsTest {
    private static final String TOKEN =
            "{\"access_token\":\"A=T;x#y\",\"token_type\":\"bearer\",\"expiry\":\"2030-01-01T00:00:00Z\"}";

    @Test
    void linesOfRcloneAreKeptToTheLetter() throws Exception {
        ImportedSections read = ImportedSections.parse("; comment\n[my box]\ntype = dropbox\npass = ab#cd;ef=g \\\n"
                + "quoted = \"q # z\"\nempty =\ntoken = " + TOKEN + "\nlocation = eu\n\n[other]\r\ntype = alias\r\n");
        assertThat(read.hasRemotes()).isTrue();
        assertThat(read.withRemotes(false).sections())
                .isEqualTo(Map.of(
                        "my box",
                        Map.of(
                                "location",
                                "rclone://",
                                "rclone_type",
                                "dropbox",
                                "rclone_pass",
                                "ab#cd;ef=g \\",
                                "rclone_quoted",
                                "\"q # z\"",
                                "rclone_token",
                                TOKEN,
                                "rclone_location",
                                "eu"),
                        "other",
                        Map.of("location", "rclone://", "rclone_type", "alias")));
    }

    @Test
    void plainSectionsAreNoRemotes() throws Exception {
        ImportedSections read = ImportedSections.parse("[one]\nlocation = fs:/x\nempty =\nname = 'a b'\n");
        assertThat(read.hasRemotes()).isFalse();
        assertThat(read.hasLocation()).isTrue();
        assertThat(read.withRemotes(false).sections())
                .isEqualTo(Map.of("one", Map.of("location", "fs:/x", "name", "a b")));
        assertThat(read.withRemotes(true).sections().get("one"))
                .containsEntry("location", "rclone://")
                .containsEntry("rclone_location", "fs:/x");
    }

    @Test
    void jsonAndYamlAreRecognised() throws Exception {
        assertThat(ImportedSections.parse("{\"four\":{\"location\":\"fs:/a\",\"port\":1e2,\"on\":true,"
                                + "\"token\": {\"a\": [1, \"\\u00e9\"]},\"no\":null},\"x\":1}")
                        .sections())
                .isEqualTo(Map.of(
                        "four",
                        Map.of(
                                "location",
                                "fs:/a",
                                "port",
                                "1e2",
                                "on",
                                "true",
                                "token",
                                "{\"a\": [1, \"\\u00e9\"]}")));
        assertThat(ImportedSections.parse(
                                "three:\n  location: fs:/s\n  port: 22\n  flag: true\n  list: [a]\nscalar: 1\n")
                        .sections())
                .isEqualTo(Map.of("three", Map.of("location", "fs:/s", "port", "22", "flag", "true")));
        assertThat(ImportedSections.parse("").sections()).isEmpty();
        assertThat(ImportedSections.parse("; empty config\n").sections()).isEmpty();
    }

    @Test
    void whatIsNothingOfTheseIsRefusedInOneLine() {
        assertThatThrownBy(() -> ImportedSections.parse("not a config"))
                .hasMessage("failed to load config: failed to parse config data: key-value delimiter not found:"
                        + " not a config");
        assertThatThrownBy(() -> ImportedSections.parse("[a]\nnothing\n")).hasMessageEndingWith(" nothing");
        assertThatThrownBy(() -> ImportedSections.parse("{\"a\":")).hasMessageContaining("JSON, line 1");
        assertThatThrownBy(() -> ImportedSections.parse("{\"a\":{}} x")).hasMessageContaining("JSON");
        assertThatThrownBy(
                        () -> ImportedSections.parse("# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nxx"))
                .hasMessageContaining("encrypted");
    }

    @Test
    void whatIsShownAsIniCanBeImported() throws Exception {
        Map<String, String> options = Map.of(
                "location",
                "sftp://h",
                "key",
                "-----BEGIN\nabc\n-----END\n",
                "quoted",
                "'x'",
                "led",
                " x",
                "b",
                "a`\"' ");
        assertThat(ImportedSections.parse(ImportedSections.iniSection("n", options))
                        .sections())
                .isEqualTo(Map.of("n", options));
    }
}
