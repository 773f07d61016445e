package io.plakar.app.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.app.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    @Test
    void connectorsOfUnknownTypesAndUnknownKeysAreIgnored() throws Exception {
        Manifest manifest = Manifest.parse("""
                name: demo
                display_name: Demo
                version: v1.0.0
                tags: [a, b]
                connectors:
                  - {type: inventory, executable: x, protocols: [inv]}
                  - type: storage
                    executable: bin/store
                    protocols: [demo, demo2]
                    location_flags: [localfs, file]
                    args: [-x]
                    validator: schema.json
                    extra_files: [lib/a.so]
                """, "manifest.yaml");
        assertThat(manifest.protocols()).containsExactly("demo", "demo2");
        assertThat(manifest.files()).containsExactly("bin/store", "schema.json", "lib/a.so");
        assertThat(manifest.connectors().getFirst().args()).isEqualTo(List.of("-x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "name: a b",
                "name: demo",
                "name: demo\nconnectors: [x]",
                "name: demo\nconnectors: [{type: storage, executable: a}]",
                "name: demo\nconnectors: [{type: storage, protocols: [a]}]",
                "name: demo\nconnectors: [{type: storage, protocols: [a], executable: ../a}]",
                "name: demo\nconnectors: [{type: storage, protocols: [a], executable: /bin/sh}]",
                "name: demo\nconnectors: [{type: storage, protocols: [a], executable: a, location_flags: [word]}]",
                "name: [\n"
            })
    void badManifestsAreRefused(String text) {
        assertThatThrownBy(() -> Manifest.parse(text, "manifest.yaml"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("manifest.yaml");
    }

    @Test
    void namesOfPackageFilesAreExact() {
        assertThat(PackageName.parse("rclone_v1.0.0-beta.5_linux_amd64.ptar"))
                .contains(new PackageName("rclone", "v1.0.0-beta.5", new Platform("linux", "amd64")));
        for (String bad :
                List.of("foo.ptar", "a_1.0.0_linux_amd64.ptar", "a_v1.0_linux_amd64.ptar", "a_v1.0.0_l.ptar")) {
            assertThat(PackageName.parse(bad)).as(bad).isEmpty();
        }
        assertThat(new PackageName("a", "v1.2.3", Platform.ofJava("Mac OS X", "aarch64")).fileName())
                .isEqualTo("a_v1.2.3_darwin_arm64.ptar");
    }
}
