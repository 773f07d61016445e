package io.plakar.app;

import org.jspecify.annotations.Nullable;

/** Asks a person for a secret. */
public interface SecretPrompt {
    /** For runs where nobody can be asked. */
    SecretPrompt NOBODY = label -> null;

    /**
     * Shows {@code label} and reads one line without showing it.
     *
     * @return the bytes typed, without the line end, which the caller wipes; null when there is no terminal
     * @throws Failure when the line ended before it began (end of input) or the terminal failed
     */
    byte @Nullable [] ask(String label) throws Failure;
}
