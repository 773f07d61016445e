package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Location;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which remote is meant, as the user's location and options say it. Immutable.
 *
 * @param name the remote's name for rclone: one of the user's {@code rclone.conf}, or {@link #IMPORTED}
 * @param section the remote's section for an imported remote, {@code type} among it; empty for a remote of rclone.conf
 * @param service rclone's type of it, {@code dropbox}; empty for a remote of rclone.conf of which rclone was not asked yet
 * @param prefixed whether the options had the prefix {@code rclone_}, which older releases did not write
 * @param absolute whether the path was written with a leading {@code /}: some services tell their root from the user's
 *     home there
 * @param path where to work, without {@code /} at its ends; empty for the remote's root
 * @param tuning environment variables which set rclone's own pacing
 * @param binary the rclone to run
 */
record RcloneRemote(
        String name,
        Map<String, String> section,
        String service,
        boolean prefixed,
        boolean absolute,
        String path,
        Map<String, String> tuning,
        String binary) {
    /** The name under which rclone knows a remote whose options we hold. */
    static final String IMPORTED = "plk";

    /** The prefix of options which belong to rclone. */
    static final String PREFIX = "rclone_";

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.+@][\\p{L}\\p{N}_.+@ -]*");

    /** Options of ours and the rclone flag each becomes; all hold a number. */
    private static final Map<String, String> TUNING = Map.of(
            "tpslimit", "RCLONE_TPSLIMIT",
            "tpslimit_burst", "RCLONE_TPSLIMIT_BURST",
            "transfers", "RCLONE_TRANSFERS",
            "checkers", "RCLONE_CHECKERS");

    private static final Pattern EXPIRY = Pattern.compile("\"expiry\"\\s*:\\s*\"([^\"]*)\"");

    private static final Set<String> OURS = Set.of("location", "binary", "passphrase", "passphrase_cmd");

    RcloneRemote {
        section = Map.copyOf(section);
        tuning = Map.copyOf(tuning);
    }

    /**
     * Reads what the user configured (connectors §3.4). An entry with {@code rclone_type} is an imported remote; one with
     * a bare {@code type}, as Plakar 1.0 wrote it, too. Otherwise the location names a remote of the user's rclone.conf:
     * {@code rclone://name:path}.
     */
    static RcloneRemote parse(Location location, Map<String, String> options, Map<String, String> environment)
            throws ConnectorException {
        Map<String, String> tuning = tuning(options);
        String configured = options.getOrDefault("binary", environment.getOrDefault("PLAKAR_RCLONE", ""));
        String binary = configured.isEmpty() ? "rclone" : configured;
        boolean prefixed = options.containsKey(PREFIX + "type");
        if (prefixed || options.containsKey("type") || !location.scheme().equals("rclone")) {
            Map<String, String> section = section(options, prefixed);
            section.putIfAbsent("type", provider(location.scheme()));
            String type = section.getOrDefault("type", "");
            if (type.isBlank()) {
                throw new ConnectorException(Reason.INVALID, "missing type in configuration for rclone");
            }
            boolean absolute = location.rest().startsWith("/");
            return new RcloneRemote(IMPORTED, section, type, prefixed, absolute, trim(location.rest()), tuning, binary);
        }
        String rest = location.rest().startsWith("/") ? "" : location.rest();
        int colon = rest.indexOf(':');
        String name = colon < 0 ? "" : rest.substring(0, colon);
        if (!NAME.matcher(name).matches()) {
            throw new ConnectorException(
                    Reason.INVALID,
                    "missing type in configuration for rclone: " + location + " names no remote; write"
                            + " rclone://NAME:PATH for one of rclone.conf");
        }
        String path = rest.substring(colon + 1);
        return new RcloneRemote(name, Map.of(), "", false, path.startsWith("/"), trim(path), tuning, binary);
    }

    private static Map<String, String> tuning(Map<String, String> options) throws ConnectorException {
        Map<String, String> tuning = new LinkedHashMap<>();
        for (Map.Entry<String, String> flag : TUNING.entrySet()) {
            String value = options.get(flag.getKey());
            if (value == null || value.isBlank()) {
                continue;
            }
            boolean number = value.strip().matches("\\d{1,6}(\\.\\d{1,6})?");
            if (!number || (value.contains(".") && !flag.getKey().equals("tpslimit"))) {
                throw new ConnectorException(Reason.INVALID, "option " + flag.getKey() + ": not a number: " + value);
            }
            tuning.put(flag.getValue(), value.strip());
        }
        return tuning;
    }

    private static Map<String, String> section(Map<String, String> options, boolean prefixed) {
        Map<String, String> section = new LinkedHashMap<>();
        options.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                section.put(key.substring(PREFIX.length()), value);
            } else if (!prefixed && !OURS.contains(key) && !TUNING.containsKey(key)) {
                section.put(key, value);
            }
        });
        return section;
    }

    /** The rclone type behind a scheme of its own. */
    private static String provider(String scheme) {
        return switch (scheme) {
            case "rclone" -> "";
            case "googledrive" -> "drive";
            case "googlephotos" -> "google photos";
            default -> scheme;
        };
    }

    /** Removes {@code /} at both ends and doubled ones between. */
    private static String trim(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/")) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }

    boolean imported() {
        return !section.isEmpty();
    }

    /** Whether the service asks to wait when it is called too often, which rclone's log tells and the gate is closed for. */
    boolean paced() {
        return service.equals("dropbox");
    }

    /** The same remote, of which rclone has told the service. */
    RcloneRemote withService(String told) {
        return new RcloneRemote(name, section, told, prefixed, absolute, path, tuning, binary);
    }

    /** The environment variable with which rclone reads an option of the imported remote. */
    static String variable(String option) {
        return "RCLONE_CONFIG_" + IMPORTED.toUpperCase(Locale.ROOT) + "_"
                + option.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The environment variable which brings an option of this imported remote to rclone. */
    String variableOf(String option) {
        if (!option.equals("token")) {
            return variable(option);
        }
        String type = section.getOrDefault("type", "");
        String service = switch (type) {
            case "google photos" -> "gphotos";
            case "google cloud storage" -> "gcs";
            default -> type;
        };
        return "RCLONE_" + service.toUpperCase(Locale.ROOT).replace('-', '_') + "_TOKEN";
    }

    /** {@code name:path} as people write it; holds no option. */
    String display() {
        return (imported() ? section.getOrDefault("type", "") : name) + ":" + path;
    }

    /**
     * The same remote with its token said to have ended, so that rclone gets a new one first; empty where it cannot.
     *
     * @param token as rclone holds it now
     */
    Optional<RcloneRemote> withTokenEnded(String token) {
        if (!imported() || !token.contains("\"refresh_token\"")) {
            return Optional.empty();
        }
        String ended = EXPIRY.matcher(token).replaceFirst("\"expiry\":\"2000-01-01T00:00:00Z\"");
        if (ended.equals(token)) {
            return Optional.empty();
        }
        return Optional.of(withToken(ended));
    }

    /** The same remote with another token. */
    RcloneRemote withToken(String token) {
        Map<String, String> changed = new LinkedHashMap<>(section);
        changed.put("token", token);
        return new RcloneRemote(name, changed, service, prefixed, absolute, path, tuning, binary);
    }

    /** The token of an imported remote; empty when it has none. */
    String token() {
        return section.getOrDefault("token", "");
    }

    /** Whether the token's time is over, as told with it. */
    boolean tokenEnded(Instant now) {
        Matcher expiry = EXPIRY.matcher(token());
        try {
            return expiry.find()
                    && OffsetDateTime.parse(expiry.group(1)).toInstant().isBefore(now);
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** What a failure of rclone means, in words without secrets; see {@link RcErrors#translate}. */
    ConnectorException failure(String what, int status, String text) {
        String clean = redact(text);
        return service.equals("dropbox")
                ? RcErrors.translateDropbox(what, status, clean)
                : RcErrors.translate(what, status, clean);
    }

    /** {@code message} without the values of options that may be secret. */
    String redact(String message) {
        String clean = message;
        for (Map.Entry<String, String> option : section.entrySet()) {
            String value = option.getValue();
            if (value.length() >= 6 && !PLAIN.contains(option.getKey())) {
                clean = clean.replace(value, "(hidden)");
            }
        }
        return TOKEN.matcher(clean).replaceAll("$1(hidden)");
    }

    /** Options which are shown: they help to understand an error and hold no secret. */
    private static final Set<String> PLAIN = Set.of(
            "type", "remote", "host", "url", "endpoint", "region", "provider", "vendor", "root_folder_id", "user");

    private static final Pattern TOKEN =
            Pattern.compile("((?:access_token|refresh_token|id_token)\\\\?\"?\\s*[:=]\\s*\\\\?\"?)[^\\\\\"&\\s,}]+");
}
