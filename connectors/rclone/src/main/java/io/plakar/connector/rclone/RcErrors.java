package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns what rclone says about a failure, which is text only, into a reason. Stateless. */
final class RcErrors {
    private static final Pattern WAIT =
            Pattern.compile("(?:retry.after|try again in|trying again in)[^0-9]{0,12}(\\d{1,5})(\\.\\d+)?(m?s|m)?");

    /** How Dropbox says what it refuses. */
    private static final Pattern SUMMARY = Pattern.compile("[a-z_]/(\\.|$)");

    private static final String LOCKED_OUT =
            "; the service refuses the token: run rclone config reconnect NAME: and import the remote again";

    private static final String[] UNREACHABLE = {
        "no such host",
        "connection refused",
        "connection reset",
        "broken pipe",
        "timeout",
        "timed out",
        "unexpected eof",
        ": eof",
        "dial tcp",
        "network is unreachable",
        "proxyconnect",
        "tls handshake",
        "internal_error",
        "server error",
        "http code 5",
        "error 5",
        "bad gateway",
        "service unavailable",
        "temporarily"
    };

    private static final int LONGEST_LINE = 500;

    private RcErrors() {}

    /**
     * The failure of one call.
     *
     * @param what the deed and the thing, {@code read dropbox:docs/a}
     * @param status HTTP status of rclone's answer
     * @param text rclone's message, already without secrets
     */
    static ConnectorException translate(String what, int status, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String message = what + ": " + line(text);
        if (has(lower, "too_many", "too many requests", "429", "ratelimit", "rate limit", "slow_down", "slowdown")) {
            return new ConnectorException(Reason.UNREACHABLE, message, null, wait(text));
        }
        if (has(lower, "lookup_failed", "incorrect_offset")) {
            // An answer was lost: the upload in parts is over, or further than rclone knows.
            return new ConnectorException(Reason.UNREACHABLE, message, null, Duration.ZERO);
        }
        if (has(
                        lower,
                        "expired_access_token",
                        "invalid_access_token",
                        "invalid_grant",
                        "token expired",
                        "fetch token",
                        "empty token",
                        "invalidauthenticationtoken",
                        "user_suspended")
                && !has(lower, UNREACHABLE)) {
            return new ConnectorException(Reason.LOCKED_OUT, message + LOCKED_OUT);
        }
        if (lower.contains("missing_scope")) {
            return new ConnectorException(Reason.DENIED, message + LOCKED_OUT);
        }
        if (has(
                lower,
                "insufficient_space",
                "insufficient_quota",
                "no space left",
                "quota exceeded",
                "quotaexceeded",
                "storagequota",
                "quotalimit",
                "insufficient storage",
                "disk full")) {
            return new ConnectorException(Reason.NO_SPACE, message);
        }
        if (has(lower, "didn't find section", "didn't find backend", "unknown backend", "find type", "unknown type")) {
            return new ConnectorException(Reason.INVALID, message + "; see: rclone listremotes");
        }
        if (status == 404
                || has(lower, "object not found", "directory not found", "not_found", "no such file or directory")) {
            return new ConnectorException(Reason.MISSING, message);
        }
        if (has(lower, "read-only file system", "read only", "can't modify", "readonly")) {
            return new ConnectorException(Reason.READ_ONLY, message);
        }
        if (has(
                lower,
                "permission denied",
                "accessdenied",
                "access denied",
                "forbidden",
                "no_permission",
                "no_write_permission",
                "unauthorized",
                "unable to authenticate",
                "couldn't login",
                "invalidaccesskeyid",
                "signaturedoesnotmatch",
                "operation not permitted")) {
            return new ConnectorException(Reason.DENIED, message);
        }
        if (has(
                lower,
                "disallowed",
                "malformed_path",
                "file name too long",
                "invalid argument",
                "invalid character",
                "restricted_content")) {
            return new ConnectorException(Reason.INVALID, message);
        }
        if (has(lower, "conflict/folder", "is a directory", "file exists", "already exists", "conflict/file")) {
            return new ConnectorException(Reason.EXISTS, message);
        }
        if (status == 502 || status == 503 || status == 504 || has(lower, UNREACHABLE)) {
            return new ConnectorException(Reason.UNREACHABLE, message, null, Duration.ZERO);
        }
        return new ConnectorException(Reason.FAILED, message);
    }

    /**
     * The failure of a call to Dropbox. rclone passes on the text of its answer without the status. What Dropbox refuses is
     * known by its form, {@code path/not_found/..}; other words that mean nothing to us are those of a server in trouble,
     * whose calls rclone repeats in part only.
     */
    static ConnectorException translateDropbox(String what, int status, String text) {
        ConnectorException failure = translate(what, status, text);
        if (failure.reason() != Reason.FAILED || SUMMARY.matcher(text).find()) {
            return failure;
        }
        return new ConnectorException(Reason.UNREACHABLE, String.valueOf(failure.getMessage()), failure, Duration.ZERO);
    }

    /** Whether the service refused the token, which may have ended before its time: a new one may do. */
    static boolean refusedToken(ConnectorException failure) {
        return failure.reason() == Reason.LOCKED_OUT
                && String.valueOf(failure.getMessage()).contains("_access_token");
    }

    private static boolean has(String text, String... signs) {
        for (String sign : signs) {
            if (text.contains(sign)) {
                return true;
            }
        }
        return false;
    }

    /** How long a text of rclone says that the service asked to wait; zero when it does not say that. */
    static Duration wait(String text) {
        Matcher found = WAIT.matcher(text.toLowerCase(Locale.ROOT));
        if (!found.find()) {
            return Duration.ZERO;
        }
        // Rounded up: too late is right too.
        long number = Long.parseLong(found.group(1)) + (found.group(2) == null ? 0 : 1);
        String unit = found.group(3);
        if ("ms".equals(unit)) {
            return Duration.ofMillis(number);
        }
        return "m".equals(unit) ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
    }

    /** {@code text} as one line of bearable length. */
    static String line(String text) {
        String line = text.strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ").replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
    }
}
