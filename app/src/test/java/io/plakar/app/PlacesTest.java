package io.plakar.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.Location;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
    /** Has names, and makes nothing. */
    private static final ConnectorProvider LOCAL = new ConnectorProvider() {
        @Override
        public Set<String> importerSchemes() {
            return Set.of("fs", "tar");
        }

        @Override
        public Set<String> exporterSchemes() {
            return Set.of("fs");
        }

        @Override
        public Set<String> storeSchemes() {
            return Set.of("fs", "ptar");
        }

        @Override
        public Set<ConnectorFlag> flags(String scheme) {
            return Set.of(ConnectorFlag.LOCALFS);
        }
    };

    private final Connectors connectors = Connectors.of(List.of(LOCAL));

    @TempDir
    Path directory;

    private ConnectorContext context() {
        return new ConnectorContext(
                "host",
                directory,
                directory,
                1,
                true,
                "test",
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream());
    }

    @Test
    void localPlacesBecomeAbsoluteAndClean() {
        assertThat(connectors.storeLocation("./a/../store", directory))
                .isEqualTo(new Location("fs", directory + "/store"));
        assertThat(connectors.storeLocation("fs:/x", directory)).isEqualTo(new Location("fs", "/x"));
        assertThat(connectors.storeLocation("", directory)).isEqualTo(new Location("fs", directory.toString()));
    }

    @Test
    void aFileEndingInPtarIsAPtarStoreAndADirectoryIsNot() throws Exception {
        assertThat(connectors.storeLocation("a.ptar", directory).scheme()).isEqualTo("ptar");
        assertThat(connectors.storeLocation("ptar:a.ptar", directory))
                .isEqualTo(new Location("ptar", directory + "/a.ptar"));
        Files.createDirectory(directory.resolve("d.ptar"));
        assertThat(connectors.storeLocation("d.ptar", directory).scheme()).isEqualTo("fs");
    }

    @Test
    void bytesThatAreNoUtf8StayInAPlace() {
        String name = RawText.decode(new byte[] {'a', (byte) 0xff});
        assertThat(RawText.encode(connectors.storeLocation(name, directory).rest()))
                .endsWith(new byte[] {'/', 'a', (byte) 0xff});
    }

    @Test
    void whatIsUnknownIsSaidInTheWordsScriptsKnow() {
        assertThatThrownBy(() -> connectors.store("gs://x", Map.of(), ConfiguredNames.NONE, context()))
                .hasMessage("backend 'gs' does not exist");
        assertThatThrownBy(() -> connectors.store("@x", Map.of(), ConfiguredNames.NONE, context()))
                .hasMessage("could not resolve repository: @x");
        assertThatThrownBy(() -> connectors.importer("ftp://x/y", Map.of(), ConfiguredNames.NONE, context()))
                .hasMessage("failed to create an importer for ftp://x/y: unsupported importer protocol")
                .satisfies(failure -> assertThat(((Failure) failure).remedy()).contains("fs, tar"));
        assertThatThrownBy(() -> connectors.importer("@x", Map.of(), ConfiguredNames.NONE, context()))
                .hasMessage("could not resolve importer: @x");
    }

    @Test
    void theDefaultStoreIsFoundInOrder() throws Exception {
        Path home = Files.createDirectories(directory.resolve("home"));
        Path other = Files.createDirectories(directory.resolve("other"));
        Variables variables = Variables.of(Map.of("HOME", home.toString()));
        assertThat(StoreLocation.choose("given", variables, ConfiguredNames.NONE, other))
                .isEqualTo("given");
        assertThat(StoreLocation.choose(null, variables, ConfiguredNames.NONE, other))
                .isEqualTo("fs:" + home + "/.plakar");
        Files.createDirectory(other.resolve(".plakar"));
        assertThat(StoreLocation.choose(null, variables, ConfiguredNames.NONE, other))
                .isEqualTo("fs:" + other + "/.plakar");
        assertThat(StoreLocation.choose(
                        null, Variables.of(Map.of("PLAKAR_REPOSITORY", "@here")), ConfiguredNames.NONE, other))
                .isEqualTo("@here");
    }

    @Test
    void directoriesFollowOptionThenEnvironmentThenSystem() {
        Directories plain = Directories.of(Variables.of(Map.of()), directory, "Linux", directory, null, null, null);
        assertThat(plain.config()).isEqualTo(directory.resolve(".config/plakar"));
        assertThat(plain.cache()).isEqualTo(directory.resolve(".cache/plakar"));
        assertThat(plain.data()).isEqualTo(directory.resolve(".local/share/plakar"));
        Directories moved = Directories.of(
                Variables.of(Map.of("XDG_CACHE_HOME", "/xdg", "XDG_DATA_HOME", "relative")),
                directory,
                "Linux",
                directory,
                "c",
                null,
                null);
        assertThat(moved.config()).isEqualTo(directory.resolve("c"));
        assertThat(moved.cache()).isEqualTo(Path.of("/xdg/plakar"));
        assertThat(moved.data()).isEqualTo(directory.resolve(".local/share/plakar"));
        Directories windows = Directories.of(
                Variables.of(Map.of("LOCALAPPDATA", "/local")), directory, "Windows 11", directory, null, null, null);
        assertThat(windows.cache()).isEqualTo(Path.of("/local/plakar"));
        assertThat(windows.config()).isEqualTo(windows.data());
    }
}
