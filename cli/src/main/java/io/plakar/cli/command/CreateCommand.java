package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.Passphrases;
import io.plakar.app.Stores;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Options;
import io.plakar.cli.text.PassphraseStrength;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.CreateOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code create}: makes a store. */
public final class CreateCommand {
    private CreateCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at /path/to/repository] create [OPTIONS]", "plakar [at @REPOSITORY] create [OPTIONS]"),
                """
                Makes a new store: compressed, and encrypted with a passphrase which is asked for twice, unless it comes
                from -keyfile, PLAKAR_PASSPHRASE or -passphrase-stdin. Without the passphrase nobody can read the store,
                and nothing can bring it back.
                """,
                List.of(
                        Flag.string("hashing", "hashing algorithm to use for digests: BLAKE3 or SHA256", "BLAKE3"),
                        Flag.bool("no-compression", "disable transparent compression"),
                        Flag.bool("plaintext", "disable transparent encryption"),
                        Flag.bool("weak-passphrase", "allow weak passphrase to protect the repository")),
                List.of(
                        "plakar at ./save create",
                        "plakar -keyfile ~/.plakar-key at /mnt/disk/save create",
                        "plakar at ./scratch create -plaintext -no-compression"),
                CreateCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        if (!invocation.arguments().isEmpty()) {
            throw new Failure(
                    ExitCode.FAILURE, "too many parameters", "write the location before: plakar at LOCATION create");
        }
        Options options = invocation.options();
        String place = invocation.storePlace();
        invocation
                .stores()
                .create(
                        place,
                        createOptions(options, false),
                        options.flag("plaintext")
                                ? null
                                : newPassphrase(invocation.passphrases(), options.flag("weak-passphrase")));
        return ExitCode.SUCCESS;
    }

    /** Options common to all that make a store. */
    static CreateOptions createOptions(Options options, boolean singlePackfile) throws Failure {
        String hashing = options.value("hashing", "BLAKE3").toUpperCase(Locale.ROOT);
        if (!hashing.equals("BLAKE3") && !hashing.equals("SHA256")) {
            throw new Failure(ExitCode.FAILURE, "unknown hashing algorithm", "there are BLAKE3 and SHA256");
        }
        return new CreateOptions(hashing, !options.flag("no-compression"), singlePackfile);
    }

    static Stores.NewPassphrase newPassphrase(Passphrases passphrases, boolean weak) {
        return () -> passphrases.forNewStore(passphrase -> weak ? null : objection(passphrase));
    }

    private static @Nullable String objection(byte[] passphrase) {
        CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(passphrase));
        char[] chars = new char[text.remaining()];
        text.get(chars);
        try {
            return PassphraseStrength.objection(chars, PassphraseStrength.REQUIRED_BITS)
                    .orElse(null);
        } finally {
            Arrays.fill(chars, '\0');
            Arrays.fill(text.array(), '\0');
        }
    }
}
