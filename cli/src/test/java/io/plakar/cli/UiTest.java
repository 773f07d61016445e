package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code ui} fails to begin; how it serves is tested with the server. */
class UiTest {
    @TempDir
    Path directory;

    @Test
    void anAddressWithoutAPortIsRefused() {
        Run run = new Run(directory);
        assertThat(run.plakar("at", "./store", "ui", "-no-spawn", "-addr", "localhost"))
                .isEqualTo(2);
        assertThat(run.error).contains("invalid -addr").contains("hint: ");
    }

    @Test
    void aCertificateNeedsItsKey() {
        Run run = new Run(directory);
        assertThat(run.plakar("at", "./store", "ui", "-no-spawn", "-cert", "c.pem"))
                .isEqualTo(2);
        assertThat(run.error).contains("-cert and -key belong together");
    }

    @Test
    void aTakenPortIsOneLineAndAnotherPort() throws Exception {
        Run run = new Run(directory);
        assertThat(run.plakar("at", "./store", "create", "-plaintext")).isZero();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThat(run.plakar("at", "./store", "ui", "-no-spawn", "-addr", "localhost:" + port))
                    .isEqualTo(1);
            assertThat(run.error.lines().toList()).hasSize(2);
            assertThat(run.error)
                    .startsWith("plakar: cannot listen on localhost:" + port + ": the address is already in use\n")
                    .contains(" is free: -addr localhost:");
        }
    }
}
