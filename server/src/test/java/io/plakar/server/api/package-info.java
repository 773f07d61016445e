/**
 * Tests of the viewer's API. Read first: {@code RecordedApiTest}, which asks what a real server was once asked and compares
 * the answers with the recorded ones, and {@code RecordedTree}, the store both were asked about.
 */
@NullMarked
package io.plakar.server.api;

import org.jspecify.annotations.NullMarked;
