/**
 * What every server of ours needs: {@link io.plakar.server.ListenAddress}, where one listens and what to do when the
 * port is taken; {@link io.plakar.server.PemIdentity}, its certificate.
 */
@NullMarked
package io.plakar.server;

import org.jspecify.annotations.NullMarked;
