package io.plakar.app.packages;

import io.plakar.app.configuration.YamlWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A package whose connector is part of this program and switched on by installing it. Immutable.
 *
 * @param protocols what it offers, as source, destination and store
 */
public record BundledPackage(String name, String displayName, String description, List<String> protocols) {
    /** Explains itself to other programs that open the package. */
    private static final String MARKER = "builtin";

    private static final List<BundledPackage> ALL = List.of(new BundledPackage(
            "rclone", "rclone", "Every service rclone knows, through the user's own rclone", List.of("rclone")));

    /** Services of rclone a user may ask for before rclone is asked which it has. */
    private static final Set<String> SERVICES = Set.of(
            "azureblob",
            "azurefiles",
            "b2",
            "box",
            "drive",
            "dropbox",
            "fichier",
            "ftp",
            "googledrive",
            "googlephotos",
            "hdfs",
            "hidrive",
            "icloud",
            "iclouddrive",
            "internetarchive",
            "jottacloud",
            "koofr",
            "mailru",
            "mega",
            "netstorage",
            "onedrive",
            "opendrive",
            "oracleobjectstorage",
            "pcloud",
            "pikpak",
            "protondrive",
            "putio",
            "qingstor",
            "s3",
            "seafile",
            "sftp",
            "sharefile",
            "smb",
            "storj",
            "sugarsync",
            "swift",
            "webdav",
            "yandex",
            "zoho");

    /** All of them. */
    public static List<BundledPackage> all() {
        return ALL;
    }

    public static Optional<BundledPackage> named(String name) {
        return ALL.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** The one that would make {@code scheme} usable. */
    public static Optional<BundledPackage> offering(String scheme) {
        Optional<BundledPackage> exact =
                ALL.stream().filter(each -> each.protocols().contains(scheme)).findFirst();
        return exact.isEmpty() && SERVICES.contains(scheme) ? named("rclone") : exact;
    }

    List<PackagedFile> files(String version) {
        return List.of(
                PackagedFile.of(Manifest.FILE_NAME, manifest(version), false),
                PackagedFile.of(MARKER, """
                        #!/bin/sh
                        echo "%s: this connector is part of plakar for the JVM, which does not start this program" >&2
                        exit 1
                        """.formatted(name), true));
    }

    private String manifest(String version) {
        Map<String, Object> top = new LinkedHashMap<>();
        top.put("name", name);
        top.put("display_name", displayName);
        top.put("description", description);
        top.put("version", version);
        top.put("api_version", "v1.1.0");
        StringBuilder text = new StringBuilder(YamlWriter.document(top)).append("connectors:\n");
        for (String type : List.of("importer", "exporter", "storage")) {
            text.append("  - type: ").append(type).append("\n    executable: ").append(MARKER);
            text.append("\n    protocols: [")
                    .append(String.join(", ", protocols))
                    .append("]\n");
        }
        return text.toString();
    }
}
