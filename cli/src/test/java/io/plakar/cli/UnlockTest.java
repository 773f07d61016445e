package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnlockTest {
    private static final String PASSPHRASE = "PLAKAR_PASSPHRASE";

    @TempDir
    Path directory;

    @Test
    void an_unlocked_store_opens_without_its_passphrase_until_it_is_locked() {
        Run run = new Run(directory);
        run.variables.put(PASSPHRASE, "correct horse battery staple 42!");
        assertThat(run.plakar("at", "store", "create")).as(run.error).isZero();
        int status = run.plakar("at", "store", "unlock", "-for", "10m");
        if (run.error.contains("the kernel does not keep the key") || run.error.contains("not supported on this")) {
            System.err.println("SKIPPED: " + run.error);
            assumeThat(run.error).as("this system keeps keys").isEmpty();
        }
        assertThat(status).as(run.error).isZero();
        assertThat(run.out).isEqualTo("info: unlock: the store opens without its passphrase for 10m0s\n");

        run.variables.remove(PASSPHRASE);
        try {
            assertThat(run.plakar("at", "store", "ls")).as(run.error).isZero();
        } finally {
            assertThat(run.plakar("at", "store", "lock")).as(run.error).isZero();
        }
        assertThat(run.out).isEqualTo("info: lock: the key is forgotten\n");
        assertThat(run.plakar("at", "store", "ls")).isEqualTo(77);
        assertThat(run.plakar("at", "store", "lock")).isZero();
        assertThat(run.out).isEqualTo("info: lock: no key was kept\n");
    }

    @Test
    void a_time_that_is_none_is_refused_before_anything_is_asked() {
        Run run = new Run(directory);
        assertThat(run.plakar("at", "store", "create", "-plaintext"))
                .as(run.error)
                .isZero();
        for (String time : new String[] {"8", "0", "-1h", "10ms", "721h", "soon"}) {
            assertThat(run.plakar("at", "store", "unlock", "-for", time))
                    .as(time)
                    .isEqualTo(2);
            assertThat(run.error).as(time).contains("-for: ");
        }
        assertThat(run.plakar("at", "store", "unlock")).isZero();
        assertThat(run.out).contains("not encrypted");
    }
}
