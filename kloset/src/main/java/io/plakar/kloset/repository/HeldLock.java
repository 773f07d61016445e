package io.plakar.kloset.repository;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.kloset.KlosetException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lock of ours in a store: taken on creation, refreshed by a daemon thread, removed by {@link #close()} before that
 * returns. A shared lock keeps maintenance away; an exclusive one keeps everybody away (format-storage §11).
 */
public final class HeldLock implements AutoCloseable {
    private final Repository repository;
    private final Mac id;
    private final boolean exclusive;
    private final Thread refresher;

    private HeldLock(Repository repository, Mac id, boolean exclusive) {
        this.repository = repository;
        this.id = id;
        this.exclusive = exclusive;
        this.refresher =
                Thread.ofPlatform().daemon().name("lock-" + id.toShortHex()).unstarted(this::refreshUntilInterrupted);
    }

    /**
     * Takes a lock, removing stale ones on the way.
     *
     * @param warnings told of locks that cannot be read
     * @return null when locking is switched off
     * @throws KlosetException.Locked when somebody else's lock forbids it; nothing is left behind
     */
    public static @Nullable HeldLock take(Repository repository, Mac id, boolean exclusive, Consumer<String> warnings)
            throws KlosetException {
        if (!repository.context().locking()) {
            return null;
        }
        HeldLock lock = new HeldLock(repository, id, exclusive);
        lock.write();
        boolean granted = false;
        try {
            lock.refuseIfForbidden(warnings);
            granted = true;
        } finally {
            if (!granted) {
                lock.remove();
            }
        }
        lock.refresher.start();
        return lock;
    }

    private void refuseIfForbidden(Consumer<String> warnings) throws KlosetException {
        Instant now = repository.context().clock().instant();
        List<Mac> ids = new ArrayList<>();
        try {
            repository.store().list(Resource.LOCK, ids::add);
        } catch (ConnectorException e) {
            throw repository.unreachable("cannot list the locks", e);
        }
        for (Mac other : ids) {
            if (other.equals(id)) {
                continue;
            }
            StoreLock found;
            try {
                found = repository.readLock(other);
            } catch (KlosetException.Missing e) {
                continue; // released in between
            } catch (KlosetException.Corrupt e) {
                warnings.accept("lock " + other + " cannot be read and is ignored; remove locks/" + other
                        + " from the store if nothing else is using it");
                continue;
            }
            if (found.stale(now)) {
                repository.deleteLock(other);
            } else if (exclusive || found.exclusive()) {
                throw new KlosetException.Locked(message(found));
            }
        }
    }

    private String message(StoreLock found) {
        Instant since = found.timestamp().truncatedTo(ChronoUnit.SECONDS);
        Instant until = since.plus(StoreLock.LIFETIME);
        String who = "by " + found.hostname() + " since " + since + " (lock "
                + found.id().toShortHex() + "); it ends by itself at " + until + " unless refreshed";
        return exclusive
                ? "can't take exclusive lock, repository is already locked " + who
                : "can't take repository lock, it's already locked by maintenance " + who;
    }

    private void write() throws KlosetException {
        repository.writeLock(new StoreLock(
                id, repository.context().clock().instant(), repository.context().hostname(), exclusive));
    }

    private void refreshUntilInterrupted() {
        Duration wait = StoreLock.REFRESH;
        while (true) {
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                return;
            }
            try {
                write();
                wait = StoreLock.REFRESH;
            } catch (KlosetException e) {
                wait = Duration.ofSeconds(30); // still well within the lifetime; try again soon
            }
        }
    }

    private void remove() throws KlosetException {
        repository.deleteLock(id);
    }

    @Override
    public void close() throws KlosetException {
        refresher.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            refresher.join();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            remove();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
