package io.plakar.app.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RootOverrideTest {
    @ParameterizedTest
    @CsvSource({
        "fs:/home/alice/src, '', fs:/home/alice/src",
        "fs:/home/alice/src, docs, fs:/home/alice/src/docs",
        "fs:///home/alice/src, /abs, fs:///abs",
        "/home/alice, /abs, /abs",
        "/home/alice, a/../b, /home/alice/b",
        "./out, sub, out/sub",
        "rclone://, docs, rclone:///docs",
        "rclone://, /docs, rclone:///docs",
        "rclone://box:, docs, rclone://box:docs",
        "rclone://box:a/b, c, rclone://box:a/b/c",
        "rclone://box:a/b, /c, rclone://box:/c",
        "s3://host:9000/bucket, deep/er, s3://host:9000/bucket/deep/er",
        "s3://host/bucket?x=1, /other, s3://host/other?x=1",
        "sftp://me@host, my dir, sftp://me@host/my dir",
        "fs:/a, ../../.., fs:/",
    })
    void thePathIsJoinedOrReplacedAndTheTextIsKept(String location, String below, String expected) {
        assertThat(RootOverride.apply(location, below)).isEqualTo(expected);
    }
}
