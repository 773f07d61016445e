package io.plakar.kloset.repository;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;
import io.plakar.kloset.wrapper.WrappedType;
import java.time.Duration;
import java.time.Instant;

/**
 * One lock in a store (format-storage §11).
 *
 * @param id snapshot id of a shared lock, random for an exclusive one
 * @param timestamp last refresh, by its owner's clock
 */
public record StoreLock(Mac id, Instant timestamp, String hostname, boolean exclusive) {
    /** A lock not refreshed for this long no longer counts. */
    public static final Duration LIFETIME = Duration.ofMinutes(10);
    /** How often an owner refreshes. */
    public static final Duration REFRESH = Duration.ofMinutes(5);

    /** A timestamp in the future is never stale. */
    public boolean stale(Instant now) {
        return Duration.between(timestamp, now).compareTo(LIFETIME) >= 0;
    }

    byte[] encode() {
        MsgpackWriter out = new MsgpackWriter(128);
        out.mapHeader(4);
        out.str("version");
        out.u32(WrappedType.LOCK.version());
        out.str("timestamp");
        out.time(timestamp);
        out.str("hostname");
        out.str(hostname);
        out.str("exclusive");
        out.bool(exclusive);
        return out.toByteArray();
    }

    static StoreLock decode(Mac id, byte[] payload) throws KlosetException {
        MsgpackReader in = new MsgpackReader(payload);
        Instant timestamp = Instant.EPOCH;
        String hostname = "";
        boolean exclusive = false;
        for (int left = in.mapHeader(); left > 0; left--) {
            switch (in.text()) {
                case "timestamp" -> timestamp = in.time();
                case "hostname" -> hostname = in.text();
                case "exclusive" -> exclusive = in.bool();
                default -> in.skip();
            }
        }
        return new StoreLock(id, timestamp, hostname, exclusive);
    }
}
