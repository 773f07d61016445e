package io.plakar.kloset.state;

import io.plakar.connector.Mac;

/**
 * Where the encoded bytes of a blob lie.
 *
 * @param offset from the start of the packfile's payload
 * @param length encoded bytes; an unsigned 32-bit number, so a negative one stands for more than 2 GiB, which no sound
 *     packfile holds
 */
public record BlobLocation(Mac packfile, long offset, int length) {}
