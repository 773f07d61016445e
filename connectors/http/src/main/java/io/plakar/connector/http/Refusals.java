package io.plakar.connector.http;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns an answer that is no success into a reason: our server names it, others are known by status and text. Stateless. */
final class Refusals {
    /** In which our server names a {@link Reason}. */
    static final String REASON_HEADER = "Plakar-Reason";

    private static final int LONGEST_LINE = 300;

    private Refusals() {}

    static ConnectorException translate(String what, int status, HttpHeaders headers, String body) {
        String text = line(body);
        String message = what + ": "
                + (text.isEmpty() ? "the server answered with status " + status : text + " (" + status + ")");
        if (status >= 300 && status < 400) {
            String target = headers.firstValue("Location").orElse("another place");
            return new ConnectorException(
                    Reason.INVALID, what + ": the server sends us on to " + line(target) + "; use that location");
        }
        Duration wait = retryAfter(status, headers);
        if (wait != null) {
            return new ConnectorException(Reason.UNREACHABLE, message, null, wait);
        }
        if (status == 401) {
            return new ConnectorException(
                    Reason.DENIED, message + "; give the store a token that the server knows: auth_token=TOKEN");
        }
        return new ConnectorException(reason(status, headers, text.toLowerCase(Locale.ROOT)), message);
    }

    private static Reason reason(int status, HttpHeaders headers, String text) {
        String named = headers.firstValue(REASON_HEADER).orElse("");
        for (Reason reason : Reason.values()) {
            if (reason.name().equals(named)) {
                return reason;
            }
        }
        return switch (status) {
            case 403, 407 -> Reason.DENIED;
            case 404, 410 -> Reason.MISSING;
            case 405, 501 -> Reason.UNSUPPORTED;
            case 412 -> Reason.EXISTS;
            case 413 -> Reason.INVALID;
            case 507 -> Reason.NO_SPACE;
            // Plakar's server answers any failure of its store with 500 and the store's words.
            case 500 -> {
                if (text.contains("packfile not found") || text.contains("no such file or directory")) {
                    yield Reason.MISSING;
                }
                yield text.contains("no space left") ? Reason.NO_SPACE : Reason.FAILED;
            }
            default -> Reason.FAILED;
        };
    }

    /** When to try again; null when that does not help. */
    private static @Nullable Duration retryAfter(int status, HttpHeaders headers) {
        if (status != 408 && status != 429 && status != 502 && status != 503 && status != 504) {
            return null;
        }
        String advice = headers.firstValue("Retry-After").orElse("");
        return advice.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(advice)) : Duration.ZERO;
    }

    /** {@code text} as one line of bearable length. */
    static String line(String text) {
        String line = text.strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ").replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
    }
}
