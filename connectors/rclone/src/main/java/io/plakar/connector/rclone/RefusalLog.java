package io.plakar.connector.rclone;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds in rclone's log, when that shows the headers of requests and answers, how long the service asks to wait: rclone's
 * own words tell that of some calls only. Used by one thread at a time.
 *
 * <pre>
 * 2026/01/02 03:04:05 DEBUG : HTTP RESPONSE (req 0xc000839a00)
 * 2026/01/02 03:04:05 DEBUG : HTTP/1.1 429
 * Retry-After: 1
 *
 * 2026/01/02 03:04:05 DEBUG : &lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;
 * </pre>
 */
final class RefusalLog {
    private static final Pattern FIRST = Pattern.compile("DEBUG *: HTTP (?:REQUEST|RESPONSE) \\(req .*");
    private static final Pattern LAST = Pattern.compile("DEBUG *: (?:<{20,}|>{20,})$");
    private static final Pattern REFUSED = Pattern.compile("DEBUG *: HTTP/[0-9.]+ 429\\b");
    private static final Pattern RETRY_AFTER = Pattern.compile("retry-after: *(\\d{1,6})");
    private static final Pattern CHATTER =
            Pattern.compile("^\\S+ \\S+ (?:(?:DEBUG|INFO) *:|NOTICE: You have specified to dump ).*");

    /** For a service that does not say how long. */
    private static final Duration UNKNOWN = Duration.ofSeconds(1);

    private boolean inside;
    private Duration wait = Duration.ZERO;

    /** Takes the next line; how long to wait from now on, zero for not at all. */
    Duration take(String line) {
        if (FIRST.matcher(line).find()) {
            inside = true;
            wait = Duration.ZERO;
        } else if (inside && REFUSED.matcher(line).find()) {
            wait = UNKNOWN;
        } else if (inside && wait.isPositive()) {
            Matcher header = RETRY_AFTER.matcher(line.strip().toLowerCase(Locale.ROOT));
            if (header.matches()) {
                wait = Duration.ofSeconds(Long.parseLong(header.group(1)));
            } else if (line.isBlank()) {
                Duration found = wait;
                wait = Duration.ZERO;
                return found;
            }
        }
        return Duration.ZERO;
    }

    /** Whether a line, after it was taken, is meant for people: it may be shown. */
    boolean speaks(String line) {
        boolean header = inside;
        if (LAST.matcher(line).find()) {
            inside = false;
        }
        return !header && !CHATTER.matcher(line).matches();
    }
}
