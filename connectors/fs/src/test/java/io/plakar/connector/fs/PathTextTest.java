package io.plakar.connector.fs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathTextTest {
    @Test
    void any_bytes_have_a_text_from_which_they_come_back() {
        for (long seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertThat(PathText.encode(PathText.decode(bytes)))
                    .as("seed %d", seed)
                    .isEqualTo(bytes);
        }
    }

    @Test
    void text_that_is_text_is_utf8() {
        String text = "/srv/ünï/🦉";
        assertThat(PathText.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(PathText.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    }

    @Test
    void a_byte_outside_utf8_is_a_lone_surrogate() {
        assertThat(PathText.decode(new byte[] {'a', (byte) 0xff})).isEqualTo("a\udcff");
        assertThat(PathText.encode("a\udcff")).containsExactly('a', 0xff);
    }
}
