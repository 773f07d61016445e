/**
 * Bytes in, bytes out: MACs, compression, encryption and key derivation of a store. Read
 * {@link io.plakar.kloset.codec.Codec} first, then {@link io.plakar.kloset.codec.MacAlgorithm} and
 * {@link io.plakar.kloset.codec.KeyDerivation}.
 *
 * <p>{@code encode} is compress, then encrypt; each call makes one whole frame in one whole stream under a fresh
 * subkey.
 *
 * <table>
 * <caption>LZ4 frame as written (readers accept every standard frame); integers little-endian</caption>
 * <tr><th>size</th><th>content</th></tr>
 * <tr><td>4</td><td>{@code 04 22 4d 18}</td></tr>
 * <tr><td>3</td><td>{@code 64 70 b9}: independent blocks of at most 4 MiB, content checksum</td></tr>
 * <tr><td>4 + n</td><td>per block: u32 size, bit 31 set = stored raw; then the block</td></tr>
 * <tr><td>4</td><td>u32 0</td></tr>
 * <tr><td>4</td><td>u32 XXH32 of the content, seed 0</td></tr>
 * </table>
 *
 * <table>
 * <caption>Encrypted stream; a piece is 65536 bytes of plaintext, the last one shorter</caption>
 * <tr><th>size</th><th>content</th></tr>
 * <tr><td>40</td><td>subkey wrapped under the store key, RFC 3394 (60 bytes if wrapped by AES-GCM)</td></tr>
 * <tr><td>12 + n + 16</td><td>per piece: random nonce, AES-256-GCM-SIV ciphertext, tag; no associated data</td></tr>
 * </table>
 *
 * <p>The canary is such a stream over 32 random bytes: 100 bytes. Invariants: nothing here knows what the bytes mean;
 * every decoder bounds its output by its caller's limit and answers hostile bytes with a
 * {@link io.plakar.kloset.KlosetException}; the stream does not notice pieces being dropped at its end or changing
 * places, which the MAC of the whole does. Specification: format-storage §4.1, §6.4, §7, §8.1.
 */
@NullMarked
package io.plakar.kloset.codec;

import org.jspecify.annotations.NullMarked;
