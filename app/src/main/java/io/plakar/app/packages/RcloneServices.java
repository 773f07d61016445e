package io.plakar.app.packages;

import io.plakar.app.Directories;
import io.plakar.app.Failure;
import io.plakar.app.Variables;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Which services the rclone on this machine has. Asked once for each rclone (told apart by path, size and time) and kept
 * in the cache directory. Stateless but for that.
 */
public final class RcloneServices {
    private static final String CACHE_FILE = "rclone-services";
    private static final int SECONDS = 10;
    private static final int MAX_BYTES = 16 << 20;
    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]+");

    private final Variables variables;
    private final Path cache;

    public RcloneServices(Variables variables, Path cache) {
        this.variables = variables;
        this.cache = cache;
    }

    /** The program: {@code PLAKAR_RCLONE}, or the first on the path. */
    public Optional<Path> program() {
        String given = variables.get("PLAKAR_RCLONE");
        if (given != null) {
            Path path = Path.of(given);
            return Files.isExecutable(path) ? Optional.of(path) : Optional.empty();
        }
        String path = variables.get("PATH");
        for (String directory : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
            for (String name : List.of("rclone", "rclone.exe")) {
                if (!directory.isEmpty()) {
                    Path program = Path.of(directory, name);
                    if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                        return Optional.of(program);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** The first line of {@code rclone version} without the program's name: {@code v1.60.1}; empty when it fails. */
    public String version() {
        Optional<Path> program = program();
        String printed = program.isEmpty() ? null : run(List.of(program.get().toString(), "version"));
        String first = printed == null ? "" : printed.lines().findFirst().orElse("");
        return first.startsWith("rclone ") ? first.substring("rclone ".length()).strip() : "";
    }

    /** Their names, those that can be schemes; empty when there is no rclone or it does not answer. */
    public SortedSet<String> names() {
        Optional<Path> program = program();
        if (program.isEmpty()) {
            return new TreeSet<>();
        }
        String key;
        try {
            Path real = program.get().toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            key = real + " " + attributes.size() + " " + attributes.lastModifiedTime();
        } catch (IOException e) {
            return new TreeSet<>();
        }
        SortedSet<String> known = cached(key);
        if (known == null) {
            known = ask(program.get());
            if (!known.isEmpty()) {
                keep(key, known);
            }
        }
        return known;
    }

    private SortedSet<String> ask(Path program) {
        String printed = run(List.of(program.toString(), "--config", "", "config", "providers"));
        SortedSet<String> names = new TreeSet<>();
        if (printed == null) {
            return names;
        }
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), printed)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return names;
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    boolean isName = parser.currentName().equals("Name");
                    if (parser.nextToken() == JsonToken.VALUE_STRING && isName) {
                        names.add(parser.getString());
                    } else {
                        parser.skipChildren();
                    }
                }
            }
        } catch (JacksonException e) {
            return new TreeSet<>();
        }
        names.removeIf(name -> !SCHEME.matcher(name).matches());
        return names;
    }

    private @Nullable String run(List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(nullDevice()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return null;
        }
        // One which hangs is ended; reading its output then comes to the end.
        Thread guard = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        });
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? text : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            guard.interrupt();
        }
    }

    private static File nullDevice() {
        return new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
    }

    private @Nullable SortedSet<String> cached(String key) {
        try {
            List<String> lines = Files.readAllLines(cache.resolve(CACHE_FILE));
            return !lines.isEmpty() && lines.getFirst().equals(key)
                    ? new TreeSet<>(lines.subList(1, lines.size()))
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    private void keep(String key, SortedSet<String> names) {
        try {
            Path temporary = Files.createTempFile(Directories.make(cache), CACHE_FILE, ".tmp");
            Files.writeString(temporary, key + "\n" + String.join("\n", names) + "\n");
            Files.move(temporary, cache.resolve(CACHE_FILE), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | Failure e) {
            // It is asked again the next time.
        }
    }
}
