/**
 * Stores kept by a store server (schemes {@code http} and {@code https}): Plakar's own, or ours.
 *
 * <p>Read first: {@link io.plakar.connector.http.HttpStore}, then {@link io.plakar.connector.http.Calls}, which is the
 * wire without its meaning, and {@link io.plakar.connector.http.RetryingCalls}, the only place that tries again.
 *
 * <p>The wire, below the path of the location (http-api §2.2, §2.3):
 *
 * <pre>
 * GET /                        the wrapped configuration
 * GET /resources/KIND          JSON array of 64-digit names; KIND is packfiles, states or locks
 * GET /resources/KIND/NAME     the object; with a Range, a part of it
 * PUT /resources/KIND/NAME     the object, whole
 * DELETE /resources/KIND/NAME
 * PUT /                        our server only: makes the store
 * </pre>
 *
 * <p>Invariants: a server of ours says so in every answer ({@code Plakar-Store: 1}) and gets ranges as HTTP means them;
 * any other gets Plakar's, whose end is exclusive and whose answer has status 200. Whatever the status, the number of
 * bytes is checked. An object is sent only once it is complete, so a broken upload leaves nothing.
 */
@NullMarked
package io.plakar.connector.http;

import org.jspecify.annotations.NullMarked;
