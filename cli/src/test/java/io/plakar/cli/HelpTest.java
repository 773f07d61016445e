package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.app.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelpTest {
    @TempDir
    Path directory;

    private Run run;

    @BeforeEach
    void start() {
        run = new Run(directory);
    }

    @Test
    void helpNeedsNoStoreAndGoesToStandardOutput() {
        for (String[] words : new String[][] {{}, {"help"}, {"-h"}, {"--help"}, {"-help"}}) {
            assertThat(run.plakar(words)).isZero();
            assertThat(run.out).startsWith("Usage: plakar [OPTIONS] [at REPOSITORY] COMMAND");
            assertThat(run.error).isEmpty();
        }
        for (String[] words : new String[][] {
            {"help", "ls"}, {"ls", "-h"}, {"at", "./nostore", "ls", "--help"}, {"at", "@nosuch", "ls", "x", "-help"}
        }) {
            assertThat(run.plakar(words)).isZero();
            assertThat(run.out).startsWith("Usage: plakar [at REPOSITORY] ls [OPTIONS] [SNAPSHOT[:PATH]]\n");
            assertThat(run.out).contains("  -recursive\n    \trecursive listing\n");
            assertThat(run.error).isEmpty();
        }
    }

    @Test
    void everyCommandIsDescribedWithExamplesThatParse() throws Exception {
        for (CommandTable.Entry entry : CommandTable.entries()) {
            CommandDescription description = entry.description();
            assertThat(run.plakar("help", entry.name())).isZero();
            assertThat(run.out).contains("Usage: ", "EXAMPLES:");
            if (!entry.hidden()) {
                assertThat(description.examples()).as(entry.name()).hasSize(3);
                run.plakar();
                assertThat(run.out).contains("  " + entry.name() + " ");
            }
            Set<String> names = new HashSet<>();
            for (Flag flag : description.flags()) {
                assertThat(names.add(flag.name()))
                        .as("%s -%s is described once", entry.name(), flag.name())
                        .isTrue();
                assertThat(GlobalOptions.FLAGS)
                        .as("%s -%s hides no global option", entry.name(), flag.name())
                        .noneMatch(global -> global.name().equals(flag.name()));
            }
        }
    }

    @Test
    void theExitCodesAreDocumented() {
        run.plakar("help", "exit-codes");
        for (ExitCode code : ExitCode.values()) {
            assertThat(run.out).contains(code.number() + "  " + code.meaning());
        }
    }

    @Test
    void mistakesGetOneLineAndAHint() {
        assertThat(run.plakar("verson")).isEqualTo(1);
        assertThat(run.error)
                .isEqualTo(
                        "plakar: command not found: verson\nhint: did you mean version? `plakar help` shows all commands\n");
        assertThat(run.plakar("ls", "-recursiv")).isEqualTo(2);
        assertThat(run.error)
                .isEqualTo("plakar: flag provided but not defined: -recursiv\n"
                        + "hint: did you mean -recursive? see `plakar help ls`\n");
        assertThat(run.plakar("version", "x")).isEqualTo(1);
        assertThat(run.error).isEqualTo("plakar: too many arguments\n");
        assertThat(run.plakar("-cpu", "0", "version")).isEqualTo(1);
        assertThat(run.error).isEqualTo("plakar: invalid -cpu value 0\n");
        assertThat(run.out).isEmpty();
    }

    @Test
    void theVersionIsTheOneOfTheBuildAndNamesTheConnectors() throws Exception {
        assertThat(run.plakar("version")).isZero();
        assertThat(run.out).startsWith("plakar/v" + Version.NUMBER + "\n\nimporters: fs, ");
        assertThat(run.out).contains("\nexporters: fs, ", "\nklosets: fs, http, https, ptar");
        assertThat(Files.readString(Path.of("pom.xml"))).contains("<version>" + Version.NUMBER + "</version>");
        assertThat(run.plakar("-json", "version")).isZero();
        assertThat(run.out).startsWith("{\"version\":1,\"type\":\"version\",\"client\":\"plakar/v");
    }

    @Test
    void oldScriptsGoOn() {
        assertThat(run.plakar("cached", "-foreground")).isZero();
        assertThat(run.plakar("-no-agent", "version", "-quiet")).isZero();
        assertThat(run.plakar("-disable-security-check")).isZero();
        assertThat(run.out).isEqualTo("security check disabled\n");
    }
}
