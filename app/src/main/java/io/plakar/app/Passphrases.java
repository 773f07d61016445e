package io.plakar.app;

import io.plakar.app.configuration.SecretCommand;
import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the passphrase of a store comes from (cli §3): key file, configuration entry, {@code PLAKAR_PASSPHRASE}, standard
 * input when asked for, and last a prompt. The first source that has one wins; a wrong one from anywhere but the prompt
 * is not tried again. Every array handed out is wiped after use.
 */
public final class Passphrases {
    /** The key of a store's entry that holds its passphrase. */
    static final String OPTION = "passphrase";
    /** The key of a store's entry that holds a command which prints its passphrase. */
    static final String COMMAND_OPTION = "passphrase_cmd";

    private static final int TRIES = 3;
    private static final int MAX_SECRET_BYTES = 1 << 20;

    /** Tries a passphrase. */
    public interface Lock<T> {
        /** Opens with {@code passphrase}, which is wiped when this returns. */
        T open(byte[] passphrase) throws KlosetException, Failure;
    }

    /** Says what is wrong with a new passphrase. */
    public interface StrengthRule {
        /** The objection, or null when it is strong enough. */
        @Nullable
        String objection(byte[] passphrase);
    }

    private final Variables variables;
    private final Map<String, String> entry;
    private final Path workingDirectory;
    private final byte @Nullable [] keyFile;
    private final @Nullable InputStream standardInput;
    private final SecretPrompt prompt;
    private final Consumer<String> notices;

    /**
     * @param entry the options of the store's configuration entry; empty when it has none
     * @param workingDirectory where {@code passphrase_cmd} runs
     * @param keyFile content of {@code -keyfile} as {@link #readKeyFile} gives it, or null
     * @param standardInput read for one line when {@code -passphrase-stdin} was given, else null
     * @param notices takes lines for the user, which belong on standard error
     */
    public Passphrases(
            Variables variables,
            Map<String, String> entry,
            Path workingDirectory,
            byte @Nullable [] keyFile,
            @Nullable InputStream standardInput,
            SecretPrompt prompt,
            Consumer<String> notices) {
        this.variables = variables;
        this.entry = entry;
        this.workingDirectory = workingDirectory;
        this.keyFile = keyFile;
        this.standardInput = standardInput;
        this.prompt = prompt;
        this.notices = notices;
    }

    /** The passphrase in {@code file}: all of it but one line end. Tells {@code warnings} when others may read it. */
    public static byte[] readKeyFile(Path file, String asGiven, Consumer<String> warnings) throws Failure {
        byte[] content;
        try {
            if (Files.size(file) > MAX_SECRET_BYTES) {
                throw new Failure(ExitCode.FAILURE, "could not read key file: " + asGiven + " is larger than 1 MiB");
            }
            content = Files.readAllBytes(file);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")
                    && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                warnings.accept("key file " + asGiven + " can be read by every user; run: chmod 600 " + asGiven);
            }
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FAILURE, "could not read key file: open " + asGiven + ": " + SystemMessages.of(e), "", e);
        }
        return stripLineEnd(content);
    }

    /**
     * Opens a locked store.
     *
     * @throws Failure with {@link ExitCode#NO_PERMISSION} when no passphrase could be had or none was right
     */
    public <T> T unlock(Lock<T> lock) throws KlosetException, Failure {
        byte[] given = given();
        if (given != null) {
            return open(lock, given);
        }
        for (int attempt = 1; ; attempt++) {
            byte[] typed = prompt.ask("repository passphrase: ");
            if (typed == null) {
                throw new Failure(
                        ExitCode.NO_PERMISSION,
                        "this store needs a passphrase, and there is no terminal to ask for it",
                        "set PLAKAR_PASSPHRASE, or use -keyfile FILE or -passphrase-stdin");
            }
            try {
                return open(lock, typed);
            } catch (Failure e) {
                if (attempt == TRIES || e.exitCode() != ExitCode.NO_PERMISSION) {
                    throw e;
                }
            }
        }
    }

    /**
     * The passphrase for a new store: taken as it is when it was given, else asked for twice.
     *
     * @param rule what a typed passphrase must fulfil, unless the same weak one is typed again
     * @return the bytes, which the caller wipes
     */
    public byte[] forNewStore(StrengthRule rule) throws Failure {
        byte[] given = given();
        if (given != null) {
            return given;
        }
        byte[] weak = new byte[0];
        try {
            for (int attempt = 1; attempt <= TRIES; attempt++) {
                byte[] first = ask("repository passphrase: ");
                String objection = rule.objection(first);
                if (objection != null && !(weak.length > 0 && Arrays.equals(first, weak))) {
                    notices.accept(objection);
                    Arrays.fill(weak, (byte) 0);
                    weak = first;
                    continue;
                }
                byte[] second = ask("repository passphrase (confirm): ");
                boolean same = Arrays.equals(first, second);
                Arrays.fill(second, (byte) 0);
                if (!same) {
                    Arrays.fill(first, (byte) 0);
                    notices.accept("passphrases mismatch");
                    continue;
                }
                if (first.length == 0) {
                    throw new Failure(
                            ExitCode.FAILURE,
                            "can't encrypt the repository with an empty passphrase",
                            "type one, or make an unencrypted store with -plaintext");
                }
                return first;
            }
        } finally {
            Arrays.fill(weak, (byte) 0);
        }
        throw new Failure(ExitCode.FAILURE, "too many failed attempts");
    }

    private byte[] ask(String label) throws Failure {
        byte[] typed = prompt.ask(label);
        if (typed == null) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "a new store needs a passphrase, and there is no terminal to ask for it",
                    "set PLAKAR_PASSPHRASE, use -keyfile FILE or -passphrase-stdin, or -plaintext for no encryption");
        }
        return typed;
    }

    private byte @Nullable [] given() throws Failure {
        if (keyFile != null) {
            return keyFile.clone();
        }
        String configured = entry.get(OPTION);
        if (configured != null && !configured.isEmpty()) {
            return RawText.encode(configured);
        }
        String command = entry.get(COMMAND_OPTION);
        if (command != null && !command.isEmpty()) {
            return new SecretCommand(workingDirectory).run(command, COMMAND_OPTION);
        }
        byte[] variable = variables.bytes("PLAKAR_PASSPHRASE");
        if (variable != null) {
            return variable;
        }
        if (standardInput == null) {
            return null;
        }
        byte[] line = new byte[MAX_SECRET_BYTES];
        int length = 0;
        try {
            // Byte by byte: what follows the first line belongs to the command (backup stdin:name).
            for (int b = standardInput.read(); b >= 0 && b != '\n' && length < line.length; b = standardInput.read()) {
                line[length++] = (byte) b;
            }
            return stripLineEnd(Arrays.copyOf(line, length));
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.NO_PERMISSION,
                    "could not read the passphrase from standard input: " + SystemMessages.of(e),
                    "",
                    e);
        } finally {
            Arrays.fill(line, 0, length, (byte) 0);
        }
    }

    private static <T> T open(Lock<T> lock, byte[] passphrase) throws KlosetException, Failure {
        try {
            return lock.open(passphrase);
        } catch (KlosetException.NotAuthentic e) {
            throw new Failure(ExitCode.NO_PERMISSION, "failed to unlock repository", ExitCode.remedy(e), e);
        } finally {
            Arrays.fill(passphrase, (byte) 0);
        }
    }

    private static byte[] stripLineEnd(byte[] content) {
        int length = content.length;
        if (length > 0 && content[length - 1] == '\n') {
            length--;
        }
        if (length > 0 && content[length - 1] == '\r') {
            length--;
        }
        byte[] stripped = Arrays.copyOf(content, length);
        Arrays.fill(content, (byte) 0);
        return stripped;
    }
}
