/**
 * A store, raw and still encrypted, over HTTP: what {@code plakar server} does. Clients are ours and real Plakars.
 *
 * <p>Read first: {@link io.plakar.server.store.StoreServer}, {@link io.plakar.server.store.StoreHandler} (what each
 * request gets), {@link io.plakar.server.store.Upload} (how an object comes in).
 *
 * <pre>
 * GET /  and any other path             200 the wrapped configuration
 * GET /resources/KIND                   200 JSON array of names, newline; KIND: packfiles states locks
 * GET /resources/KIND/MAC               200 the object
 *   with Range: bytes=A-B               of a Go client: 200 and bytes A … B-1; of others: 206, 416 as HTTP has it
 * PUT /resources/KIND/MAC               200; append-only: 403 when another object of that name is there
 * DELETE /resources/KIND/MAC            200; 403 unless allowed or a lock
 * GET /healthz                          200 ok
 * PUT /                                 200 makes the store, where the server was started for that; else 405
 * </pre>
 *
 * <p>Invariants: a request names an object by 32 bytes of hexadecimal digits or not at all, so no path of the outside
 * reaches the file system; an object becomes visible by one commit after its last byte came; what is refused says why in
 * one line of text, and for clients of ours in {@code Plakar-Reason}; an answer that breaks off half-way breaks the
 * connection, so that it cannot be taken for whole. Specification: http-api §2.
 */
@NullMarked
package io.plakar.server.store;

import org.jspecify.annotations.NullMarked;
