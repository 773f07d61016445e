package io.plakar.app.packages;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a package file says.
 *
 * @param version {@code v} and a semantic version
 */
public record PackageName(String name, String version, Platform platform) {
    static final String SUFFIX = ".ptar";

    private static final String VERSION =
            "v(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?";
    private static final Pattern FILE =
            Pattern.compile("([A-Za-z0-9-]+)_(" + VERSION + ")_([A-Za-z0-9]+)_([A-Za-z0-9]+)\\.ptar");
    private static final Pattern VERSION_ALONE = Pattern.compile(VERSION);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]+");

    /** Empty when {@code file} is not {@code <name>_<version>_<os>_<arch>.ptar}. */
    public static Optional<PackageName> parse(String file) {
        Matcher matcher = FILE.matcher(file);
        return matcher.matches()
                ? Optional.of(new PackageName(
                        matcher.group(1), matcher.group(2), new Platform(matcher.group(3), matcher.group(4))))
                : Optional.empty();
    }

    public static boolean isVersion(String text) {
        return VERSION_ALONE.matcher(text).matches();
    }

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    public String fileName() {
        return directoryName() + SUFFIX;
    }

    /** Of the directory it is unpacked into. */
    String directoryName() {
        return name + "_" + version + "_" + platform.system() + "_" + platform.architecture();
    }

    /** {@code name@version}. */
    @Override
    public String toString() {
        return name + "@" + version;
    }
}
