package io.plakar.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunContextTest {
    @Test
    void secretsNeverReachTheRecordedCommandLine() {
        assertThat(RunContext.commandLine(List.of(
                        "at",
                        "./save",
                        "backup",
                        "-o",
                        "password=hunter2",
                        "-o=s3_secret_access_key=hunter2",
                        "token=hunter2",
                        "-o",
                        "x={\"access_token\":\"hunter2\"}",
                        "sftp://me:hunter2@host/dir",
                        "-name",
                        "weekly=1")))
                .isEqualTo(
                        "plakar at ./save backup -o password=******** -o=s3_secret_access_key=******** token=********"
                                + " -o x=******** sftp://me:********@host/dir -name weekly=1");
    }

    @Test
    void optionsForConnectorsAreSplitAtTheFirstEquals() {
        assertThat(KeyValues.of(List.of("a=b=c", "flag", "empty=")))
                .isEqualTo(Map.of("a", "b=c", "flag", "true", "empty", ""));
    }
}
