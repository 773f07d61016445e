package io.plakar.testkit.dropbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentHashTest {
    @ParameterizedTest
    @CsvSource({
        "0, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "4194304, c7e946d101855255d919ef0c70718633adf77d3dfb3adeeecf5d0cb4e951be58",
        "4194305, 14a4d47f23a30177885d9820122f17d2d3a55fe63f7f5c27b95f689e0b2accd6",
    })
    void zerosHaveThePublishedHash(int size, String hash) throws Exception {
        assertThat(ContentHash.of(new byte[size])).isEqualTo(hash);
        assertThat(ContentHash.of(new ByteArrayInputStream(new byte[size]))).isEqualTo(hash);
    }

    @ParameterizedTest
    @CsvSource("ecb65bb98f9d905b70458986c39fcbad7715e5f2fcc3b1f07767d7c83e2438cc")
    void aLineHasThePublishedHash(String hash) {
        assertThat(ContentHash.of("hello\n".getBytes(StandardCharsets.UTF_8))).isEqualTo(hash);
    }
}
