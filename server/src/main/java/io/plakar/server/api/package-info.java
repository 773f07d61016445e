/**
 * The HTTP API of the viewer, and the server behind {@code plakar ui}.
 *
 * <p>Read first: {@link io.plakar.server.api.UiServer} (life cycle, who may ask), {@link io.plakar.server.api.ApiRoutes}
 * (which path means what) and {@link io.plakar.server.api.SnapshotCatalog} (the open store, as the routes see it).
 *
 * <p>Invariants: paths of files are bytes from the URL to the engine; nothing is answered before host, origin and token
 * were looked at; a body that cannot be finished breaks the connection, so that no client takes a part for the whole;
 * bytes of stored files are sent with headers that keep a browser from running them.
 *
 * <p>The first version's bodies, errors and quirks follow http-api §1; the second is ours. {@code openapi.json}, beside
 * this file, describes both, and the tests hold the server to it.
 */
@NullMarked
package io.plakar.server.api;

import org.jspecify.annotations.NullMarked;
