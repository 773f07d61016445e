package io.plakar.testkit.dropbox;

import java.io.InputStream;
import java.util.function.LongConsumer;

/**
 * A call that passed authentication.
 *
 * @param body the content that comes with it; read by the route, empty for most
 * @param received is told how many bytes of content were read
 */
record Request(Caller caller, Arguments arguments, InputStream body, LongConsumer received) {}
