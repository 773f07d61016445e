package io.plakar.app.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "access_key",
                "secret_access_key",
                "passphrase",
                "Password",
                "pass",
                "private_key",
                "my_token",
                "rclone_client_id",
                "client_secret",
                "auth_token",
                "rclone_token",
                "apikey",
                "account_key",
                "connection_string",
                "rclone_password2",
                "ssh_private_key"
            })
    void keysOfSecretsHideTheirValue(String key) {
        assertThat(Secrets.shown(key, "value")).isEqualTo("********");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"location", "rclone_type", "passphrase_cmd", "tokens", "monkey", "compass", "opt1", "host_key"})
    void otherKeysDoNot(String key) {
        assertThat(Secrets.shown(key, "value")).isEqualTo("value");
    }

    @Test
    void valuesThatLookLikeSecretsAreHiddenWhateverTheirKey() {
        assertThat(Secrets.shown("x", "{\"access_token\":\"AT\"}")).isEqualTo("********");
        assertThat(Secrets.shown("x", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc"))
                .isEqualTo("********");
        assertThat(Secrets.shown("location", "sftp://me:hunter2@host/dir")).isEqualTo("sftp://me:********@host/dir");
        assertThat(Secrets.shown("token", "!cmd:pass show box")).isEqualTo("!cmd:pass show box");
    }

    @Test
    void messagesAreCleanedAndOtherwiseStayAsTheyAre() {
        assertThat(Secrets.message("got {\"access_token\":\"A\\\"T\",\"x\":1} from ftp://u:pw@h/ with token=abc&x=1"))
                .isEqualTo("got {\"access_token\":********,\"x\":1} from ftp://u:********@h/ with token=********&x=1");
        String harmless = "could not get a token: no such host; check the passphrase: it is wrong";
        assertThat(Secrets.message(harmless)).isEqualTo(harmless);
    }
}
