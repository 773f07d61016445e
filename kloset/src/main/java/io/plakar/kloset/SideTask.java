package io.plakar.kloset;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work that another thread does beside the caller's own. To be closed: it is over then, cut short by an interrupt unless
 * its result was taken before.
 */
public final class SideTask<T> implements AutoCloseable {
    /** What to do. */
    public interface Work<T> {
        T run() throws KlosetException, InterruptedException;
    }

    private final FutureTask<T> task;
    private final Thread thread;

    private SideTask(String name, Work<T> work) {
        task = new FutureTask<>(work::run);
        thread = Thread.ofPlatform().daemon().name(name).start(task);
    }

    /** Starts {@code work} in a thread of that name. */
    public static <T> SideTask<T> start(String name, Work<T> work) {
        return new SideTask<>(name, work);
    }

    /** Waits for the end of the work, and throws what it threw. */
    public T result() throws KlosetException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof KlosetException failure) {
                throw failure;
            }
            if (cause instanceof InterruptedException failure) {
                throw failure;
            }
            if (cause instanceof Error failure) {
                throw failure;
            }
            throw cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
        }
    }

    @Override
    public void close() {
        if (!task.isDone()) {
            thread.interrupt();
        }
        join();
    }

    /** Waits for the end of the work, whatever came of it. An interrupt of the caller does not end the waiting and stays. */
    public void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
