package io.plakar.server.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The user's login at an account service: a token from the environment, or in a file. Safe for use by many threads. */
final class Account {
    private final @Nullable String fromEnvironment;
    private final Path file;

    Account(UiSettings settings) {
        this.fromEnvironment = settings.accountToken();
        this.file = settings.accountTokenFile();
    }

    Optional<String> token() {
        if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
            return Optional.of(fromEnvironment);
        }
        try {
            String text = Files.readString(file).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Keeps a token, readable by its owner alone. */
    void logIn(String token) throws IOException {
        if (token.isEmpty()) {
            return;
        }
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Files.createDirectories(directory);
        Path temporary = Files.createTempFile(directory, ".auth-token", "");
        Files.writeString(temporary, token);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Forgets the token; also when there is none. */
    void logOut() throws IOException {
        if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
            throw new IOException(
                    "cannot delete auth token: authentication is managed via PLAKAR_TOKEN environment" + " variable");
        }
        Files.deleteIfExists(file);
    }
}
