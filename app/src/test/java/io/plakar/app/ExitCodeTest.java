package io.plakar.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.kloset.KlosetException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
    @Test
    void theNumbersAreThoseScriptsKnow() {
        assertThat(ExitCode.values()).extracting(ExitCode::number).containsExactly(0, 1, 2, 3, 65, 66, 69, 77, 78, 130);
    }

    @Test
    void everyKindOfEngineFailureHasOne() {
        assertThat(ExitCode.of(new KlosetException.Missing("x"))).isEqualTo(ExitCode.DATA);
        assertThat(ExitCode.of(new KlosetException.Corrupt("x"))).isEqualTo(ExitCode.DATA);
        assertThat(ExitCode.of(new KlosetException.NotAuthentic("x"))).isEqualTo(ExitCode.NO_PERMISSION);
        assertThat(ExitCode.of(new KlosetException.Locked("x"))).isEqualTo(ExitCode.FAILURE);
        assertThat(ExitCode.of(new KlosetException.UnsupportedVersion("x"))).isEqualTo(ExitCode.CONFIG);
        assertThat(ExitCode.of(new KlosetException.Invalid("x"))).isEqualTo(ExitCode.FAILURE);
        assertThat(ExitCode.of(new KlosetException.Cancelled("x"))).isEqualTo(ExitCode.FAILURE);
        assertThat(ExitCode.of(
                        new KlosetException.Unreachable("x", new ConnectorException(Reason.UNREACHABLE, "no route"))))
                .isEqualTo(ExitCode.UNAVAILABLE);
    }

    @Test
    void aFailureOfTheEngineInsideAnInputErrorCounts() {
        assertThat(ExitCode.of(new IOException("x", new KlosetException.Corrupt("chunk"))))
                .isEqualTo(ExitCode.DATA);
        assertThat(ExitCode.of(new IOException("x"))).isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void aFullDiskHasARemedy() {
        KlosetException full =
                new KlosetException.Unreachable("x", new ConnectorException(Reason.NO_SPACE, "no space left"));
        assertThat(ExitCode.of(full)).isEqualTo(ExitCode.FAILURE);
        assertThat(ExitCode.remedy(full)).contains("free some space");
    }
}
