package io.plakar.cli.command;

import io.plakar.app.Directories;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import io.plakar.app.packages.BundledPackage;
import io.plakar.app.packages.InstalledPackages;
import io.plakar.app.packages.Manifest;
import io.plakar.app.packages.PackageName;
import io.plakar.app.packages.Platform;
import io.plakar.app.packages.RcloneServices;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Version;
import io.plakar.cli.render.RunDisplay;
import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code pkg}: packages of connectors. */
public final class PkgCommand {
    private static final Map<String, Set<String>> ACTIONS = new TreeMap<>(Map.of(
            "add", Set.of("u"),
            "build", Set.of(),
            "create", Set.of("out"),
            "fetch", Set.of("out"),
            "list", Set.of("long", "available"),
            "rm", Set.of(),
            "show", Set.of("long", "available")));
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final String OLDEST_RCLONE = "1.60";

    private final Invocation invocation;
    private final InstalledPackages packages;

    private PkgCommand(Invocation invocation) {
        this.invocation = invocation;
        this.packages = invocation.packages();
    }

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of(
                        "plakar pkg add [-u] NAME|FILE|URL...",
                        "plakar pkg build RECIPE",
                        "plakar pkg create [-out FILE] MANIFEST VERSION",
                        "plakar pkg fetch [-out FILE] NAME|URL",
                        "plakar pkg list [-long] [-available]",
                        "plakar pkg rm NAME...",
                        "plakar pkg show [-long] [-available]"),
                """
                A package is a .ptar file that holds connectors and a manifest.yaml. Those of this program need no
                network: add makes the package and installs it, fetch writes it into the current directory. Packages of
                other programs can be kept, listed, made and removed; running the programs in them is not possible yet.
                """,
                List.of(
                        Flag.bool("available", "list: what this program carries"),
                        Flag.bool("long", "list: full package names"),
                        Flag.string("out", "create, fetch: write to FILE"),
                        Flag.bool("u", "add: replace another version; all installed ones without names")),
                List.of("plakar pkg add rclone", "plakar pkg list", "plakar pkg rm rclone"),
                invocation -> new PkgCommand(invocation).run());
    }

    private ExitCode run() throws Failure, KlosetException, IOException, InterruptedException {
        List<String> words = invocation.arguments();
        if (words.isEmpty()) {
            throw new Failure(
                    ExitCode.FAILURE, "no action specified", "there are " + String.join(", ", ACTIONS.keySet()));
        }
        String action = words.getFirst();
        Set<String> own = ACTIONS.get(action);
        if (own == null) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "invalid argument: " + action,
                    "there are " + String.join(", ", ACTIONS.keySet()));
        }
        for (String flag : List.of("available", "long", "out", "u")) {
            if (!own.contains(flag) && invocation.options().isGiven(flag)) {
                throw new Failure(ExitCode.USAGE, "flag provided but not defined: -" + flag, "see `plakar help pkg`");
            }
        }
        List<String> rest = words.subList(1, words.size());
        return switch (action) {
            case "add" -> add(rest);
            case "build" -> build(rest);
            case "create" -> create(rest);
            case "fetch" -> fetch(rest);
            case "rm" -> remove(rest);
            default -> list(rest);
        };
    }

    private ExitCode list(List<String> words) throws Failure {
        if (!words.isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "too many arguments");
        }
        boolean full = invocation.options().flag("long");
        List<PackageName> names = new ArrayList<>();
        if (invocation.options().flag("available")) {
            for (BundledPackage bundled : BundledPackage.all()) {
                names.add(nameOf(bundled));
            }
        } else {
            names.addAll(packages.list());
        }
        for (PackageName name : names) {
            if (invocation.json()) {
                invocation
                        .jsonLines()
                        .line(
                                "package",
                                fields -> fields.text("name", name.name())
                                        .text("package_version", name.version())
                                        .text("file", name.fileName()));
            } else {
                invocation.out().line(full ? name.fileName() : name.toString());
            }
        }
        return ExitCode.SUCCESS;
    }

    private ExitCode remove(List<String> names) throws Failure {
        if (names.isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "not enough arguments", "`plakar pkg list` shows what is installed");
        }
        String missing = null;
        for (String name : names) {
            if (!packages.remove(bareName(name)) && missing == null) {
                missing = name;
            }
        }
        if (missing != null) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "package \"" + missing + "\" is not installed",
                    "`plakar pkg list` shows what is installed");
        }
        return ExitCode.SUCCESS;
    }

    private ExitCode add(List<String> words) throws Failure, KlosetException, IOException, InterruptedException {
        boolean update = invocation.options().flag("u");
        List<String> wanted = words;
        if (words.isEmpty()) {
            if (!update) {
                throw new Failure(
                        ExitCode.FAILURE, "not enough arguments", "`plakar pkg list -available` shows what there is");
            }
            wanted = packages.list().stream()
                    .map(PackageName::name)
                    .filter(name -> BundledPackage.named(name).isPresent())
                    .toList();
        }
        for (String word : wanted) {
            add(word, update);
        }
        return ExitCode.SUCCESS;
    }

    private void add(String word, boolean update) throws Failure, KlosetException, IOException, InterruptedException {
        Path file = invocation.surroundings().workingDirectory().resolve(word);
        try (RunDisplay display = invocation.listing("restore")) {
            InstalledPackages.Installer installer = installer(display);
            if (Files.isRegularFile(file)) {
                installer.add(file, String.valueOf(file.getFileName()), update);
                return;
            }
            Path directory = Files.createTempDirectory(
                    Directories.make(invocation.directories().cache().resolve("tmp")), "package-");
            try {
                if (isAddress(word)) {
                    Path fetched = directory.resolve(fileName(word));
                    download(word, fetched);
                    installer.add(fetched, String.valueOf(fetched.getFileName()), update);
                    return;
                }
                if (word.indexOf('/') >= 0 || word.endsWith(".ptar")) {
                    throw new Failure(ExitCode.FAILURE, "file not found: " + word);
                }
                BundledPackage bundled = bundled(word).orElse(null);
                if (bundled == null) {
                    installer.add(lookFor(word), word, update);
                    return;
                }
                PackageName name = nameOf(bundled);
                Path made = directory.resolve(name.fileName());
                installer.make(bundled, name.version(), made, context());
                if (installer.add(made, bundled.name(), update).isPresent()) {
                    tellOffers(bundled);
                }
            } finally {
                deleteFiles(directory);
            }
        }
    }

    /** Says what an added connector makes possible, and what is missing for it. */
    private void tellOffers(BundledPackage bundled) {
        if (!bundled.name().equals("rclone")) {
            return;
        }
        RcloneServices services = invocation.rcloneServices();
        Optional<Path> program = services.program();
        if (program.isEmpty()) {
            invocation
                    .notices()
                    .warn("there is no rclone on the PATH; install rclone " + OLDEST_RCLONE
                            + " or newer to use what was added");
            return;
        }
        String version = services.version();
        if (!version.isEmpty() && olderThan(version, OLDEST_RCLONE)) {
            invocation
                    .notices()
                    .warn(program.get() + " is rclone " + version + "; install " + OLDEST_RCLONE + " or newer");
            return;
        }
        invocation
                .notices()
                .info("rclone " + version + " offers " + services.names().size()
                        + " services; `plakar version` lists them");
    }

    /** Compares the first two numbers. */
    static boolean olderThan(String version, String limit) {
        int[] left = numbers(version);
        int[] right = numbers(limit);
        return left[0] != right[0] ? left[0] < right[0] : left[1] < right[1];
    }

    private static int[] numbers(String version) {
        String[] parts = version.replaceFirst("^v", "").split("[.-]", 3);
        int[] numbers = new int[2];
        for (int i = 0; i < Math.min(2, parts.length); i++) {
            numbers[i] = parts[i].matches("[0-9]{1,6}") ? Integer.parseInt(parts[i]) : 0;
        }
        return numbers;
    }

    private ExitCode create(List<String> words) throws Failure, KlosetException, IOException {
        if (words.size() != 2) {
            throw new Failure(ExitCode.FAILURE, "wrong usage", "write: plakar pkg create [-out FILE] MANIFEST VERSION");
        }
        String version = words.get(1);
        if (!PackageName.isVersion(version)) {
            throw new Failure(ExitCode.FAILURE, "bad version string: " + version, "write it as v1.2.3");
        }
        Path manifestFile = invocation.surroundings().workingDirectory().resolve(words.getFirst());
        if (!"manifest.yaml".equals(String.valueOf(manifestFile.getFileName()))) {
            throw new Failure(ExitCode.FAILURE, "manifest's file name must be manifest.yaml");
        }
        Path directory =
                java.util.Objects.requireNonNull(manifestFile.toAbsolutePath().getParent());
        Manifest manifest = InstalledPackages.manifest(directory, words.getFirst());
        PackageName name = new PackageName(manifest.name(), version, targetPlatform());
        String out = invocation.options().value("out");
        Path target = invocation.surroundings().workingDirectory().resolve(out == null ? name.fileName() : out);
        try (RunDisplay display = invocation.listing("backup")) {
            installer(display).pack(directory, manifest, target, context());
        }
        invocation.out().line("Plugin created successfully: " + (out == null ? target.toString() : out));
        return ExitCode.SUCCESS;
    }

    private ExitCode fetch(List<String> words) throws Failure, KlosetException, IOException, InterruptedException {
        if (words.size() != 1) {
            throw new Failure(ExitCode.FAILURE, "wrong usage", "write: plakar pkg fetch [-out FILE] NAME|URL");
        }
        String word = words.getFirst();
        String out = invocation.options().value("out");
        Path here = invocation.surroundings().workingDirectory();
        Path target;
        if (isAddress(word)) {
            target = here.resolve(out == null ? fileName(word) : out);
            Path partial = Files.createTempFile(target.toAbsolutePath().getParent(), ".fetch-", ".tmp");
            try {
                download(word, partial);
                Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        } else {
            BundledPackage bundled = bundled(word).orElseThrow(() -> notCarried(word));
            PackageName name = nameOf(bundled);
            target = here.resolve(out == null ? name.fileName() : out);
            try (RunDisplay display = invocation.listing("backup")) {
                installer(display).make(bundled, name.version(), target, context());
            }
        }
        invocation.out().line(target.toString());
        return ExitCode.SUCCESS;
    }

    private static ExitCode build(List<String> words) throws Failure {
        if (words.size() != 1) {
            throw new Failure(ExitCode.FAILURE, "wrong usage", "write: plakar pkg build RECIPE");
        }
        throw new Failure(
                ExitCode.FAILURE,
                "cannot build " + words.getFirst()
                        + ": recipes are not supported, since they fetch and run foreign code",
                "clone its repository at the recipe's version, run make there, then: plakar pkg create manifest.yaml"
                        + " VERSION");
    }

    private InstalledPackages.Installer installer(RunDisplay display) throws Failure {
        return packages.installer(
                invocation.connectors(),
                invocation.connectorContext(false),
                invocation.engineContext(),
                (Mac snapshot, BytePath path) -> display.ok(snapshot, path));
    }

    private List<io.plakar.kloset.snapshot.SnapshotHeader.Pair> context() throws Failure {
        return RunContext.of(invocation.surroundings(), invocation.words(), invocation.concurrency());
    }

    private PackageName nameOf(BundledPackage bundled) {
        return new PackageName(bundled.name(), "v" + Version.NUMBER, packages.platform());
    }

    private Platform targetPlatform() {
        String system = invocation.surroundings().variables().get("GOOS");
        String architecture = invocation.surroundings().variables().get("GOARCH");
        return new Platform(
                system == null ? packages.platform().system() : system,
                architecture == null ? packages.platform().architecture() : architecture);
    }

    /** {@code name} or {@code name@version} of what this program carries. */
    private static Optional<BundledPackage> bundled(String word) throws Failure {
        int at = word.indexOf('@');
        Optional<BundledPackage> bundled = BundledPackage.named(bareName(word));
        if (bundled.isPresent() && at >= 0 && !word.substring(at + 1).equals("v" + Version.NUMBER)) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "failed to install " + word + ": this program carries v" + Version.NUMBER,
                    "plakar pkg add " + bundled.get().name());
        }
        return bundled;
    }

    private static String bareName(String word) {
        int at = word.indexOf('@');
        return at < 0 ? word : word.substring(0, at);
    }

    /** A package file of that name in the current directory. */
    private Path lookFor(String word) throws Failure, IOException {
        String suffix =
                "_" + packages.platform().system() + "_" + packages.platform().architecture() + ".ptar";
        Path newest = null;
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(invocation.surroundings().workingDirectory(), "*" + suffix)) {
            for (Path file : files) {
                Optional<PackageName> name = PackageName.parse(String.valueOf(file.getFileName()));
                boolean fits = name.isPresent()
                        && (name.get().name().equals(word)
                                || name.get().toString().equals(word));
                if (fits && (newest == null || file.compareTo(newest) > 0)) {
                    newest = file;
                }
            }
        }
        if (newest == null) {
            throw notCarried(word);
        }
        return newest;
    }

    private static Failure notCarried(String word) {
        return new Failure(
                ExitCode.FAILURE,
                "failed to install " + word + ": this program does not carry it",
                "it carries "
                        + String.join(
                                ", ",
                                BundledPackage.all().stream()
                                        .map(BundledPackage::name)
                                        .toList())
                        + "; give the file or the address of any other package");
    }

    private static boolean isAddress(String word) {
        return word.startsWith("https://") || word.startsWith("http://");
    }

    private static String fileName(String address) throws Failure {
        String path;
        try {
            path = URI.create(address).getPath();
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.FAILURE, "failed to fetch " + address + ": this is no address", "", e);
        }
        String name = path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
        if (PackageName.parse(name).isEmpty()) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "failed to install " + name + ": invalid package name \"" + name + "\": is malformed",
                    "an address must end in <name>_<version>_<os>_<arch>.ptar");
        }
        return name;
    }

    private static void download(String address, Path target) throws Failure, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(30))
                .build()) {
            HttpResponse<Path> response = client.send(
                    HttpRequest.newBuilder(URI.create(address)).timeout(TIMEOUT).build(),
                    HttpResponse.BodyHandlers.ofFile(target));
            if (response.statusCode() != 200) {
                throw new Failure(
                        ExitCode.FAILURE, "failed to fetch " + address + ": HTTP status " + response.statusCode());
            }
        } catch (IOException e) {
            throw new Failure(ExitCode.UNAVAILABLE, "failed to fetch " + address + ": " + SystemMessages.of(e), "", e);
        }
    }

    private static void deleteFiles(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
