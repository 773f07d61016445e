package io.plakar.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The description of the API in OpenAPI 3.1: a resource, the same for every store. Immutable. */
final class ApiDocument {
    static final String RESOURCE = "openapi.json";

    private final byte[] text;

    ApiDocument() {
        try (InputStream in = ApiDocument.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the description of the API is not part of this program");
            }
            text = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void send(Exchange exchange) throws IOException {
        exchange.type(Exchange.JSON);
        exchange.setHeader("Cache-Control", "no-cache");
        exchange.send(text);
    }
}
