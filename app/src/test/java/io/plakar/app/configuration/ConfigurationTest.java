package io.plakar.app.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.app.ConfiguredNames;
import io.plakar.app.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    @TempDir
    private Path top;

    private Path directory() {
        return top.resolve("config");
    }

    private Configuration configuration() {
        return new Configuration(directory());
    }

    private void file(String name, String content) throws IOException {
        Files.createDirectories(directory());
        Files.writeString(directory().resolve(name), content);
    }

    private String file(String name) throws IOException {
        return Files.readString(directory().resolve(name));
    }

    @Test
    void readingMakesNothing() throws Exception {
        assertThat(configuration().read(PlaceKind.SOURCE).entries()).isEmpty();
        assertThat(configuration().defaultStore()).isNull();
        assertThat(directory()).doesNotExist();
    }

    @Test
    void filesAreForTheUserAloneAndWrittenAsPlakarWritesThem() throws Exception {
        configuration().make();
        assertThat(file("sources.yml")).isEqualTo("version: v1.0.0\nsources: {}\n");
        assertThat(file("destinations.yml")).isEqualTo("version: v1.0.0\ndestinations: {}\n");
        assertThat(file("stores.yml")).isEqualTo("version: v1.0.0\nstores: {}\n");
        configuration()
                .edit(
                        PlaceKind.SOURCE,
                        entries -> entries.put("m", new TreeMap<>(Map.of("location", "rclone://", "port", "22"))));
        assertThat(file("sources.yml"))
                .isEqualTo("version: v1.0.0\nsources:\n    m:\n        location: rclone://\n        port: \"22\"\n");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory().resolve("sources.yml"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwx------");
        try (var files = Files.list(directory())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("sources.yml", "destinations.yml", "stores.yml", ".lock");
        }
    }

    @Test
    void theDefaultStoreSurvivesAnEdit() throws Exception {
        file("stores.yml", "version: v1.0.0\ndefault: mystore\nstores:\n  mystore: {location: ./store}\n");
        configuration().edit(PlaceKind.STORE, entries -> entries.put("b", new TreeMap<>(Map.of("location", "/b"))));
        assertThat(configuration().defaultStore()).isEqualTo("mystore");
        assertThat(file("stores.yml")).isEqualTo("""
                version: v1.0.0
                default: mystore
                stores:
                    b:
                        location: /b
                    mystore:
                        location: ./store
                """);
    }

    @Test
    void formerFilesAreRead() throws Exception {
        file("sources.yml", "a:\n  location: fs:/x\n");
        file("destinations.yml", "");
        file("klosets.yml", "b:\n  location: fs:/y\n  .isDefault: yes\n");
        assertThat(configuration().read(PlaceKind.SOURCE).entries()).containsOnlyKeys("a");
        assertThat(configuration().read(PlaceKind.DESTINATION).entries()).isEmpty();
        assertThat(configuration().defaultStore()).isEqualTo("b");
        assertThat(configuration().read(PlaceKind.STORE).entries().get("b")).isEqualTo(Map.of("location", "fs:/y"));

        file("klosets.yml", "b:\n  .isDefault: yes\nc:\n  .isDefault: yes\n");
        assertThatThrownBy(() -> configuration().defaultStore()).hasMessageContaining("multiple default store");
    }

    @Test
    void theSingleFileOfOldIsTakenApart() throws Exception {
        file(
                "plakar.yml",
                "default-repo: r\nrepositories:\n  r:\n    location: fs:/r\nremotes:\n  s:\n    location: fs:/s\n");
        configuration().make();
        assertThat(file("stores.yml"))
                .isEqualTo("version: v1.0.0\ndefault: r\nstores:\n    r:\n        location: fs:/r\n");
        assertThat(file("sources.yml")).isEqualTo("version: v1.0.0\nsources:\n    s:\n        location: fs:/s\n");
        assertThat(file("destinations.yml"))
                .isEqualTo("version: v1.0.0\ndestinations:\n    s:\n        location: fs:/s\n");
    }

    @Test
    void aDamagedFileStopsOnlyWhatNeedsIt() throws Exception {
        file("sources.yml", "foo: [\n");
        file("stores.yml", "version: v1.0.0\nstores: {s: {location: /s}}\n");
        assertThat(configuration().read(PlaceKind.STORE).entries()).containsOnlyKeys("s");
        assertThatThrownBy(() -> configuration().read(PlaceKind.SOURCE))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("could not load configuration: failed to parse config file: ")
                .hasMessageContaining("sources.yml: yaml: line ");
        assertThatThrownBy(() -> configuration().edit(PlaceKind.SOURCE, entries -> entries.clear()))
                .isInstanceOf(Failure.class);
        assertThat(file("sources.yml")).isEqualTo("foo: [\n");
    }

    @Test
    void aFailedEditLeavesTheFile() throws Exception {
        configuration().make();
        assertThatThrownBy(() -> configuration().edit(PlaceKind.SOURCE, entries -> {
                    entries.put("x", new TreeMap<>());
                    throw new Failure(io.plakar.app.ExitCode.FAILURE, "no");
                }))
                .hasMessage("no");
        assertThat(configuration().read(PlaceKind.SOURCE).entries()).isEmpty();
    }

    @Test
    void aProgramThatTakesNoLockIsNoticed() throws Exception {
        configuration().make();
        boolean[] first = {true};
        configuration().edit(PlaceKind.SOURCE, entries -> {
            if (first[0]) {
                first[0] = false;
                try {
                    file("sources.yml", "version: v1.0.0\nsources: {other: {location: /o}}\n");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
            entries.put("mine", new TreeMap<>(Map.of("location", "/m")));
        });
        assertThat(configuration().read(PlaceKind.SOURCE).entries()).containsOnlyKeys("mine", "other");
    }

    @Test
    void threadsDoNotLoseEachOthersNames() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 8; i++) {
            String name = "n" + i;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    configuration()
                            .edit(
                                    PlaceKind.STORE,
                                    entries -> entries.put(name, new TreeMap<>(Map.of("location", name))));
                } catch (Failure e) {
                    failures.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(configuration().read(PlaceKind.STORE).entries()).hasSize(8);
    }

    @Test
    void namesMeanTheirLocationWithTheRestOfTheEntry() throws Exception {
        file(
                "sources.yml",
                "version: v1.0.0\nsources:\n  a: {location: 'fs:/home/alice/src', k: v}\n  none: {k: v}\n"
                        + "  cmd: {location: /x, token: '!cmd:echo secret'}\n");
        ConfiguredNames names = new ConfigurationNames(this::configuration, top, warning -> {});
        assertThat(names.source("a")).contains(new ConfiguredNames.Place("fs:/home/alice/src", Map.of("k", "v")));
        assertThat(names.source("a:docs").orElseThrow().location()).isEqualTo("fs:/home/alice/src/docs");
        assertThat(names.source("b")).isEmpty();
        assertThat(names.store("a")).isEmpty();
        assertThat(names.source("cmd").orElseThrow().options()).isEqualTo(Map.of("token", "secret"));
        assertThatThrownBy(() -> names.source("none")).hasMessage("source @none has no location");
    }

    @Test
    void commandsForSecretsPrintOneLine() throws Exception {
        SecretCommand command = new SecretCommand(top);
        assertThat(command.run("printf 'a b\\n'", "passphrase_cmd")).asString().isEqualTo("a b");
        assertThat(command.run("printf 'a b'", "passphrase_cmd")).asString().isEqualTo("a b");
        assertThatThrownBy(() -> command.run("echo a; echo b", "passphrase_cmd"))
                .hasMessage("passphrase_cmd returned too many lines");
        assertThatThrownBy(() -> command.run("true", "passphrase_cmd")).hasMessage("passphrase_cmd returned no line");
        assertThatThrownBy(() -> command.run("exit 3", "passphrase_cmd"))
                .hasMessage("passphrase_cmd failed: exit status 3");
    }

    @Test
    void renewedCredentialsGoToEveryEntryThatHasTheOldOnes() throws Exception {
        file(
                "sources.yml",
                "version: v1.0.0\nsources:\n  a: {location: 'rclone://', token: T1}\n  b: {location: x, token: U}\n");
        file("stores.yml", "version: v1.0.0\nstores:\n  c: {location: 'rclone://', token: T1}\n");
        ConfiguredNames names = new ConfigurationNames(this::configuration, top, warning -> {});
        var keeper = names.keeper(names.source("a").orElseThrow().options());
        keeper.refreshed(Map.of("token", "T2"));
        keeper.refreshed(Map.of("token", "T3"));
        assertThat(configuration().read(PlaceKind.SOURCE).entries().get("a")).containsEntry("token", "T3");
        assertThat(configuration().read(PlaceKind.SOURCE).entries().get("b")).containsEntry("token", "U");
        assertThat(configuration().read(PlaceKind.STORE).entries().get("c")).containsEntry("token", "T3");
        assertThat(directory().resolve("destinations.yml")).doesNotExist();
    }
}
