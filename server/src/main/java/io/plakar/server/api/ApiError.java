package io.plakar.server.api;

import java.util.Map;
import java.util.TreeMap;

/** An answer that is an error: status, code, message, and what is wrong with single parameters. Immutable. */
final class ApiError extends Exception {
    private static final long serialVersionUID = 1;

    static final String NOT_FOUND = "not-found";
    static final String INVALID_ARGUMENT = "invalid_argument";

    /** What is wrong with one parameter. */
    record Fault(String code, String message) {}

    private final int status;
    private final String code;
    private final transient Map<String, Fault> parameters;

    ApiError(int status, String code, String message) {
        this(status, code, message, Map.of());
    }

    private ApiError(int status, String code, String message, Map<String, Fault> parameters) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.parameters = new TreeMap<>(parameters);
    }

    static ApiError parameter(String name, String code, String message) {
        return new ApiError(400, "invalid_params", "Invalid parameter", Map.of(name, new Fault(code, message)));
    }

    static ApiError noSuchEndpoint() {
        return new ApiError(404, NOT_FOUND, "API endpoint not found");
    }

    static ApiError noSuchFile() {
        return new ApiError(404, NOT_FOUND, "file does not exist");
    }

    static ApiError noSuchSnapshot() {
        return new ApiError(404, NOT_FOUND, "snapshot not found");
    }

    static ApiError notAuthorized(String message) {
        return new ApiError(401, "bad_auth", message);
    }

    static ApiError internal() {
        return new ApiError(500, "internal-error", "Internal server error. Check server logs for more information.");
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    Map<String, Fault> parameters() {
        return parameters;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
