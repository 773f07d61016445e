package io.plakar.app.configuration;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Decides what is a secret, and hides it: the one place for listings, messages, and the command line a snapshot records.
 * A value is hidden because of its key, or because of what it looks like. Stateless.
 */
public final class Secrets {
    /** What is shown instead. */
    public static final String MASK = "********";

    /** Keys of secrets, alone or behind an underscore, in any case. */
    private static final Set<String> WORDS = Set.of(
            "access_key",
            "secret_access_key",
            "access_key_id",
            "passphrase",
            "password",
            "password2",
            "pass",
            "private_key",
            "token",
            "client_id",
            "client_secret",
            "auth_token",
            "secret",
            "key",
            "apikey",
            "api_key",
            "key_pem",
            "connection_string",
            "credentials",
            "credentials_json",
            "sas_token",
            "sas_url",
            "sse_customer_key",
            "sse_customer_key_base64",
            "kubeconfig",
            "authorization",
            "access_grant",
            "2fa",
            "headers",
            "cookie");
    /** Keys that end like a secret and are none. */
    private static final Set<String> PUBLIC = Set.of("public_key", "host_key", "ssh_host_key");

    private static final Pattern URL_PASSWORD = Pattern.compile("(://[^/@\\s:]*:)[^/@\\s]+@");
    private static final Pattern TOKEN = Pattern.compile("access_token|refresh_token|-----BEGIN [A-Z ]*PRIVATE KEY"
            + "|\"private_key\"|\\b[Bb]earer [A-Za-z0-9._~+/-]{8,}|\\beyJ[\\w-]{10,}\\.[\\w-]+\\.[\\w-]+");
    private static final String NAMES = "(?:access_token|refresh_token|secret_access_key|private_key|client_secret"
            + "|passphrase|password|pass|token|apikey|api_key)";
    /** The value of a JSON or {@code key=value} pair whose key is a secret's, in the middle of a text. */
    private static final Pattern PAIR = Pattern.compile("(?i)(\"(?:\\w+_)?" + NAMES + "\"\\s*:\\s*|\\b(?:\\w+_)?"
            + NAMES + "=)" + "(\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s,;&}\"']+)");

    private Secrets() {}

    /** Whether the value of {@code key} is a secret whatever it is. */
    public static boolean isSecretKey(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        for (String open : PUBLIC) {
            if (lower.equals(open) || lower.endsWith("_" + open)) {
                return false;
            }
        }
        if (WORDS.contains(lower)) {
            return true;
        }
        for (int i = lower.indexOf('_'); i >= 0; i = lower.indexOf('_', i + 1)) {
            if (WORDS.contains(lower.substring(i + 1))) {
                return true;
            }
        }
        return false;
    }

    /** {@code value} as it may be shown. */
    public static String shown(String key, String value) {
        if (value.startsWith(SecretCommand.MARK)) {
            return value;
        }
        return isSecretKey(key) || TOKEN.matcher(value).find() ? MASK : withoutUrlPassword(value);
    }

    /** An entry as it may be shown. */
    public static SortedMap<String, String> shown(Map<String, String> options) {
        SortedMap<String, String> shown = new TreeMap<>();
        options.forEach((key, value) -> shown.put(key, shown(key, value)));
        return shown;
    }

    /**
     * A word of a command line as it may be recorded: of {@code key=value}, {@code -o=key=value} and {@code -key=value}
     * the value is hidden when it is a secret.
     */
    public static String word(String word) {
        int equals = word.indexOf('=');
        // "-o=password=x" has its key between the two.
        int second = word.startsWith("-") && equals >= 0 ? word.indexOf('=', equals + 1) : -1;
        if (second > 0 && isSecretKey(word.substring(equals + 1, second))) {
            return word.substring(0, second + 1) + MASK;
        }
        if (equals > 0 && isSecretKey(word.substring(0, equals).replaceFirst("^--?", ""))) {
            return word.substring(0, equals + 1) + MASK;
        }
        if (TOKEN.matcher(word).find()) {
            return equals > 0 ? word.substring(0, equals + 1) + MASK : MASK;
        }
        return withoutUrlPassword(word);
    }

    /** A message as it may be shown; what comes from a server or another program can repeat what it was given. */
    public static String message(String text) {
        return withoutUrlPassword(PAIR.matcher(text).replaceAll("$1" + MASK));
    }

    private static String withoutUrlPassword(String text) {
        return text.indexOf('@') < 0 ? text : URL_PASSWORD.matcher(text).replaceAll("$1" + MASK + "@");
    }
}
