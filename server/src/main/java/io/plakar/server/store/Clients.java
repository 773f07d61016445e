package io.plakar.server.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clients a server knows, each by a bearer token of its own. Without any, everybody is a client. Immutable; tokens
 * are kept as digests and compared in constant time.
 */
public final class Clients {
    private static final int SHORTEST_TOKEN = 16;
    private static final int LONGEST_TOKEN = 1024;
    private static final String SCHEME = "bearer ";

    /**
     * One client.
     *
     * @param name for the log
     */
    record Client(String name, Rights rights) {}

    private record Known(Client client, byte[] digest) {}

    private final @Nullable Client everybody;
    private final List<Known> known;

    private Clients(@Nullable Client everybody, List<Known> known) {
        this.everybody = everybody;
        this.known = known;
    }

    /** No tokens: whoever comes has {@code rights}. */
    public static Clients everybody(Rights rights) {
        return new Clients(new Client("-", rights), List.of());
    }

    /**
     * Reads entries {@code NAME:TOKEN} or {@code NAME:TOKEN:read|append|delete}, one a line or separated by commas; blank
     * lines and those beginning with {@code #} are passed over.
     *
     * @param standard rights of an entry that names none
     * @throws IllegalArgumentException naming the entry that cannot be used, never its token
     */
    public static Clients parse(String text, Rights standard) {
        List<Known> clients = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String line : text.split("\\R")) {
            if (line.strip().startsWith("#")) {
                continue;
            }
            for (String entry : line.split(",")) {
                if (!entry.isBlank()) {
                    Known client = entry(entry.strip(), standard, clients.size() + 1);
                    if (!names.add(client.client().name())) {
                        throw new IllegalArgumentException(
                                "client " + client.client().name() + " is there twice");
                    }
                    clients.add(client);
                }
            }
        }
        if (clients.isEmpty()) {
            throw new IllegalArgumentException("there is no client; write lines NAME:TOKEN");
        }
        return new Clients(null, List.copyOf(clients));
    }

    private static Known entry(String entry, Rights standard, int number) {
        String[] parts = entry.split(":", -1);
        if (parts.length < 2 || parts.length > 3 || !parts[0].matches("[A-Za-z0-9._@-]{1,64}")) {
            throw new IllegalArgumentException(
                    "entry " + number + " is not NAME:TOKEN or NAME:TOKEN:read|append|delete");
        }
        String token = parts[1];
        if (token.length() < SHORTEST_TOKEN || token.length() > LONGEST_TOKEN) {
            throw new IllegalArgumentException("the token of client " + parts[0] + " has not " + SHORTEST_TOKEN + " to "
                    + LONGEST_TOKEN + " characters; `openssl rand -hex 24` makes one");
        }
        if (token.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new IllegalArgumentException(
                    "the token of client " + parts[0] + " has characters that no token can have");
        }
        Rights rights = parts.length == 2 ? standard : rights(parts[0], parts[2]);
        return new Known(new Client(parts[0], rights), digest(token));
    }

    private static Rights rights(String name, String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "read" -> Rights.READ;
            case "append" -> Rights.APPEND;
            case "delete" -> Rights.DELETE;
            default ->
                throw new IllegalArgumentException("the rights of client " + name + " are not read, append or delete");
        };
    }

    /** Whether a token is asked for. */
    public boolean haveTokens() {
        return everybody == null;
    }

    /** Who sends {@code authorization}, the header's value or null; null when it is nobody known. */
    @Nullable
    Client find(@Nullable String authorization) {
        if (everybody != null) {
            return everybody;
        }
        if (authorization == null
                || authorization.length() > SCHEME.length() + LONGEST_TOKEN
                || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return null;
        }
        byte[] digest = digest(authorization.substring(SCHEME.length()).strip());
        Client found = null;
        for (Known client : known) {
            if (MessageDigest.isEqual(client.digest(), digest)) {
                found = client.client();
            }
        }
        return found;
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
