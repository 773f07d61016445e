package io.plakar.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Where the program keeps its own files (cli §4). The directories are made on first need, for the user alone.
 *
 * @param config configurations of sources, destinations and stores
 * @param cache rebuildable
 * @param data installed packages
 */
public record Directories(Path config, Path cache, Path data) {

    /**
     * The directories of this user; an option that is not null wins over the environment, relative ones lie below
     * {@code workingDirectory}.
     */
    public static Directories of(
            Variables variables,
            Path home,
            String operatingSystem,
            Path workingDirectory,
            @Nullable String configOption,
            @Nullable String cacheOption,
            @Nullable String dataOption) {
        Path config;
        Path cache;
        Path data;
        String local = variables.get("LOCALAPPDATA");
        if (operatingSystem.startsWith("Windows")) {
            Path base = local != null ? Path.of(local) : home.resolve("AppData").resolve("Local");
            config = base.resolve("plakar");
            cache = config;
            data = config;
        } else {
            config = xdg(variables, "XDG_CONFIG_HOME", home.resolve(".config"));
            cache = xdg(variables, "XDG_CACHE_HOME", home.resolve(".cache"));
            data = xdg(variables, "XDG_DATA_HOME", home.resolve(".local").resolve("share"));
        }
        return new Directories(
                choose(configOption, variables.get("PLAKAR_CONFIGDIR"), config, workingDirectory),
                choose(cacheOption, variables.get("PLAKAR_CACHEDIR"), cache, workingDirectory),
                choose(dataOption, variables.get("PLAKAR_DATADIR"), data, workingDirectory));
    }

    /** Makes {@code directory} and what is above it, readable by the user alone where the system knows that. */
    public static Path make(Path directory) throws Failure {
        try {
            if (Files.isDirectory(directory)) {
                return directory;
            }
            Path parent = directory.getParent();
            if (parent != null) {
                make(parent);
            }
            if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(directory);
            }
            return directory;
        } catch (java.nio.file.FileAlreadyExistsException e) {
            if (Files.isDirectory(directory)) {
                return directory;
            }
            throw new Failure(
                    ExitCode.FAILURE, "could not make the directory " + directory + ": a file is there", "", e);
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "could not make the directory " + directory + ": " + SystemMessages.of(e),
                    "choose another one with -cachedir, -configdir or -datadir",
                    e);
        }
    }

    private static Path xdg(Variables variables, String name, Path otherwise) {
        String value = variables.get(name);
        Path base = value != null && Path.of(value).isAbsolute() ? Path.of(value) : otherwise;
        return base.resolve("plakar");
    }

    private static Path choose(
            @Nullable String option, @Nullable String variable, Path otherwise, Path workingDirectory) {
        String chosen = option != null && !option.isEmpty() ? option : variable;
        return chosen == null
                ? otherwise
                : workingDirectory.resolve(chosen).toAbsolutePath().normalize();
    }
}
