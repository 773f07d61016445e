package io.plakar.server.api;

import io.plakar.server.ListenAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the server is told. Immutable.
 *
 * @param address where to listen
 * @param token what a client must know; empty for nothing
 * @param anyOrigin whether pages of other sites may ask
 * @param refreshing whether to look for new snapshots before they are listed
 * @param demo whether the routes that change something outside the store are absent
 * @param certificate PEM file with the chain, for https; null with {@code key} for http
 * @param key PEM file with the private key, PKCS #8
 * @param version how the program names its version
 * @param operatingSystem {@code linux}, {@code darwin}, {@code windows}
 * @param architecture {@code amd64}, {@code arm64}
 * @param accountService base of the account service, null for none: then nothing is ever sent anywhere
 * @param accountToken token from the environment, null for the one in the file
 * @param accountTokenFile where a token is kept
 * @param clock for days, signatures and links
 * @param zone for names of archives
 * @param log takes a line about what went wrong inside
 */
public record UiSettings(
        ListenAddress address,
        String token,
        boolean anyOrigin,
        boolean refreshing,
        boolean demo,
        @Nullable Path certificate,
        @Nullable Path key,
        String version,
        String operatingSystem,
        String architecture,
        @Nullable String accountService,
        @Nullable String accountToken,
        Path accountTokenFile,
        InstantSource clock,
        ZoneId zone,
        Consumer<String> log) {}
