package io.plakar.app;

import io.plakar.connector.ConnectorException;
import io.plakar.kloset.KlosetException;

/** The program's exit statuses, and the only place where a failure gets one (cli §6). */
public enum ExitCode {
    SUCCESS(0, "success; for backup also when single files could not be read (see -strict)"),
    FAILURE(1, "the command failed, was used wrongly, or was interrupted"),
    USAGE(2, "an option is unknown or has a bad value"),
    INCOMPLETE(3, "backup -strict: the snapshot was made, but something in the source could not be read"),
    DATA(65, "damaged data: check found problems, or a restore met them"),
    NO_INPUT(66, "the store cannot be opened"),
    UNAVAILABLE(69, "the place behind a connector could not be reached, or the program lacks what it needs to run"),
    NO_PERMISSION(77, "the passphrase is wrong or could not be had"),
    CONFIG(78, "the store was written by an incompatible version"),
    INTERRUPTED(130, "stopped at once by a second signal");

    private static final String DAMAGE_REMEDY = "run `plakar check` to see which files of which snapshots are affected";

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    /** One line for people. */
    public String meaning() {
        return meaning;
    }

    /** The status of a run that ended with {@code failure}. */
    public static ExitCode of(Throwable failure) {
        return switch (failure) {
            case Failure known -> known.exitCode();
            case KlosetException engine -> ofEngine(engine);
            case ConnectorException connector -> ofConnector(connector);
            default -> failure.getCause() instanceof KlosetException engine ? ofEngine(engine) : FAILURE;
        };
    }

    private static ExitCode ofEngine(KlosetException failure) {
        return switch (failure) {
            case KlosetException.Missing e -> DATA;
            case KlosetException.Corrupt e -> DATA;
            case KlosetException.NotAuthentic e -> NO_PERMISSION;
            case KlosetException.UnsupportedVersion e -> CONFIG;
            case KlosetException.Unreachable unreachable -> ofConnector(unreachable.connectorFailure());
            case KlosetException.Locked e -> FAILURE;
            case KlosetException.Invalid e -> FAILURE;
            case KlosetException.Cancelled e -> FAILURE;
        };
    }

    private static ExitCode ofConnector(ConnectorException failure) {
        return switch (failure.reason()) {
            case UNREACHABLE -> UNAVAILABLE;
            case MALFORMED -> DATA;
            case MISSING, EXISTS, DENIED, LOCKED_OUT, READ_ONLY, NO_SPACE, INVALID, UNSUPPORTED, FAILED -> FAILURE;
        };
    }

    /** What the user can do about {@code failure}; empty when the message says all there is. */
    public static String remedy(Throwable failure) {
        return switch (failure) {
            case Failure known -> known.remedy();
            case KlosetException.NotAuthentic e ->
                "check the passphrase; it comes from -keyfile, PLAKAR_PASSPHRASE, -passphrase-stdin or the prompt";
            case KlosetException.Locked e -> "wait for the other run to end, or remove its lock when it is dead";
            case KlosetException.UnsupportedVersion e -> "use a newer version of plakar";
            case KlosetException.Missing e -> DAMAGE_REMEDY;
            case KlosetException.Corrupt e -> DAMAGE_REMEDY;
            case KlosetException.Unreachable unreachable -> remedy(unreachable.connectorFailure());
            case ConnectorException connector ->
                switch (connector.reason()) {
                    case NO_SPACE -> "free some space there and run the command again; what is stored already stays";
                    case DENIED -> "check the permissions of that place, or run as a user who has them";
                    case UNREACHABLE -> "check the connection and run the command again";
                    case READ_ONLY -> "choose a place which can be written";
                    case MISSING, EXISTS, LOCKED_OUT, MALFORMED, INVALID, UNSUPPORTED, FAILED -> "";
                };
            default -> "";
        };
    }
}
