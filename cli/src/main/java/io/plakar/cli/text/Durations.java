package io.plakar.cli.text;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations in the form {@code 1m30s}, {@code 199.344004ms}, {@code 7.991µs}. */
public final class Durations {
    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private Durations() {}

    /** All of {@code duration}, to the nanosecond. */
    public static String format(Duration duration) {
        return format(duration.toNanos());
    }

    /** All of {@code nanos}. */
    public static String format(long nanos) {
        if (nanos == 0) {
            return "0s";
        }
        StringBuilder out = new StringBuilder();
        if (nanos < 0) {
            out.append('-');
        }
        // the smallest long has no positive twin; unsigned division copes with it
        long left = Math.abs(nanos);
        if (Long.compareUnsigned(left, SECOND) < 0) {
            if (left < MICROSECOND) {
                return out.append(left).append("ns").toString();
            }
            return left < MILLISECOND
                    ? fraction(out, left, MICROSECOND).append("µs").toString()
                    : fraction(out, left, MILLISECOND).append("ms").toString();
        }
        long hours = Long.divideUnsigned(left, HOUR);
        left = Long.remainderUnsigned(left, HOUR);
        long minutes = left / MINUTE;
        if (hours > 0) {
            out.append(hours).append('h');
        }
        if (hours > 0 || minutes > 0) {
            out.append(minutes).append('m');
        }
        return fraction(out, left % MINUTE, SECOND).append('s').toString();
    }

    /** {@code value / unit} with as many decimals as it has. */
    private static StringBuilder fraction(StringBuilder out, long value, long unit) {
        out.append(value / unit);
        long rest = value % unit;
        if (rest != 0) {
            out.append('.');
            for (long digit = unit / 10; rest != 0; digit /= 10) {
                out.append((char) ('0' + rest / digit));
                rest %= digit;
            }
        }
        return out;
    }

    /** Rounded to whole seconds, halves away from zero: the form of listings. */
    public static String formatSeconds(Duration duration) {
        long nanos = duration.toNanos();
        long rest = nanos % SECOND;
        long whole = nanos - rest;
        if (Math.abs(rest) * 2 >= SECOND) {
            whole += Long.signum(nanos) * SECOND;
        }
        return format(whole);
    }

    /**
     * The duration written as {@code text}: an optional sign, then numbers with the units {@code h m s ms us µs ns}; or
     * {@code 0}.
     *
     * @throws IllegalArgumentException if it is not one; the message names it
     */
    public static Duration parse(String text) {
        String rest = text;
        boolean negative = rest.startsWith("-");
        if (negative || rest.startsWith("+")) {
            rest = rest.substring(1);
        }
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        if (rest.isEmpty()) {
            throw invalid(text);
        }
        BigDecimal nanos = BigDecimal.ZERO;
        int at = 0;
        while (at < rest.length()) {
            int number = at;
            boolean digits = false;
            boolean point = false;
            while (at < rest.length() && (isDigit(rest.charAt(at)) || rest.charAt(at) == '.' && !point)) {
                digits |= isDigit(rest.charAt(at));
                point |= rest.charAt(at) == '.';
                at++;
            }
            // no duration that fits has more digits than this
            if (!digits || at - number > 40) {
                throw invalid(text);
            }
            int unit = at;
            while (at < rest.length() && !isDigit(rest.charAt(at)) && rest.charAt(at) != '.') {
                at++;
            }
            if (unit == at) {
                throw new IllegalArgumentException("time: missing unit in duration " + GoQuote.quote(text));
            }
            long size = unit(rest.substring(unit, at), text);
            nanos = nanos.add(new BigDecimal(rest.substring(number, unit)).multiply(BigDecimal.valueOf(size)));
        }
        if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw invalid(text);
        }
        Duration duration = Duration.ofNanos(nanos.longValue());
        return negative ? duration.negated() : duration;
    }

    private static long unit(String unit, String text) {
        return switch (unit) {
            case "ns" -> 1;
            // the micro sign and the Greek letter look alike
            case "us", "\u00b5s", "\u03bcs" -> MICROSECOND;
            case "ms" -> MILLISECOND;
            case "s" -> SECOND;
            case "m" -> MINUTE;
            case "h" -> HOUR;
            default ->
                throw new IllegalArgumentException(
                        "time: unknown unit " + GoQuote.quote(unit) + " in duration " + GoQuote.quote(text));
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("time: invalid duration " + GoQuote.quote(text));
    }
}
