package io.plakar.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.plakar.kloset.codec.StoreKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked
class KeyRingTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Keeps secrets in this process, and counts how often it is asked. */
    private static final class Box implements KeyRing.Vault {
        final Map<String, byte[]> secrets = new HashMap<>();
        int asked;

        @Override
        public byte[] find(String name) {
            asked++;
            byte[] secret = secrets.get(name);
            return secret == null ? null : secret.clone();
        }

        @Override
        public void keep(String name, byte[] secret, Duration duration) {
            secrets.put(name, secret.clone());
        }

        @Override
        public boolean forget(String name) {
            return secrets.remove(name) != null;
        }
    }

    @TempDir
    Path directory;

    private final UUID repository = UUID.randomUUID();
    private final byte[] secret = new byte[StoreKey.BYTES];

    @BeforeEach
    void fill() {
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) (i * 7 + 1);
        }
    }

    private StoreKey key() {
        return StoreKey.of(secret);
    }

    @Test
    void gives_back_the_key_until_it_is_forgotten() throws Exception {
        KeyRing ring = new KeyRing(new Box(), directory.resolve("unlocked"));
        ring.keep(repository, key(), MINUTE);
        try (StoreKey found = ring.find(repository)) {
            assertThat(found.getEncoded()).isEqualTo(secret);
        }
        assertThat(ring.find(UUID.randomUUID())).isNull();
        assertThat(ring.forget(repository)).isTrue();
        assertThat(ring.find(repository)).isNull();
        assertThat(ring.forget(repository)).isFalse();
    }

    @Test
    void does_not_trouble_the_system_about_stores_that_were_never_unlocked() throws Exception {
        Box box = new Box();
        KeyRing ring = new KeyRing(box, directory.resolve("unlocked"));
        assertThat(ring.find(repository)).isNull();
        assertThat(box.asked).isZero();
        ring.keep(repository, key(), MINUTE);
        box.secrets.clear();
        assertThat(ring.find(repository)).isNull();
        assertThat(ring.find(repository)).isNull();
        assertThat(box.asked).isEqualTo(1);
    }

    @Test
    void writes_nothing_but_the_name_of_the_store_to_disk() throws Exception {
        new KeyRing(new Box(), directory.resolve("unlocked")).keep(repository, key(), MINUTE);
        try (Stream<Path> all = Files.walk(directory)) {
            assertThat(all.filter(Files::isRegularFile)).singleElement().satisfies(file -> {
                assertThat(file).hasFileName(repository.toString()).isEmptyFile();
            });
        }
    }

    @Test
    void says_so_on_systems_that_are_not_served() {
        KeyRing ring = KeyRing.of("Windows 11", directory);
        assertThat(ring.find(repository)).isNull();
        assertThatThrownBy(ring::check)
                .isInstanceOf(Failure.class)
                .hasMessageContaining("not supported on this system yet");
    }

    @Test
    void the_kernel_keeps_a_key_for_all_processes_of_the_user() throws Exception {
        KernelKeyring kernel = kernel();
        String name = "plakar:test-" + repository;
        kernel.keep(name, secret, MINUTE);
        try {
            assertThat(kernel.find(name)).isEqualTo(secret);
            assertThat(new KernelKeyring().find(name)).isEqualTo(secret);
            byte[] other = secret.clone();
            other[0]++;
            kernel.keep(name, other, MINUTE);
            assertThat(kernel.find(name)).isEqualTo(other);
            Path keys = Path.of("/proc/keys");
            if (Files.isReadable(keys)) {
                assertThat(Files.readString(keys)).containsPattern(" (5[0-9]s|1m) .*" + name);
            }
        } finally {
            assertThat(kernel.forget(name)).isTrue();
        }
        assertThat(kernel.find(name)).isNull();
        assertThat(kernel.forget(name)).isFalse();
    }

    /** Skips, and says why, where the kernel keeps no keys. */
    private KernelKeyring kernel() {
        assumeThat(System.getProperty("os.name"))
                .as("SKIPPED: keyrings are tested on Linux only")
                .isEqualTo("Linux");
        KernelKeyring kernel = new KernelKeyring();
        String probe = "plakar:probe-" + repository;
        try {
            kernel.keep(probe, secret, MINUTE);
            kernel.forget(probe);
        } catch (Failure e) {
            System.err.println("SKIPPED: " + e.getMessage());
            assumeThat(e.getMessage()).as("the kernel keeps keys here").isNull();
        }
        return kernel;
    }
}
