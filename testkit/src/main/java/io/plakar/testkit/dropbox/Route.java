package io.plakar.testkit.dropbox;

import java.io.IOException;

/** What the server does for one path of the API. */
@FunctionalInterface
interface Route {
    /** @throws IOException when the request's body breaks off or a content cannot be stored */
    Reply answer(Request request) throws ApiError, IOException;
}
