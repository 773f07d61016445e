package io.plakar.cli.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Orderly end on SIGINT and SIGTERM: the first one runs an action (which interrupts the run), the second one ends the
 * process at once. The JDK has no supported interface for signals; its unsupported one is used reflectively, and where
 * it is absent the JVM's own behaviour stays.
 */
public final class Signals {
    private static final int STATUS_SECOND_SIGNAL = 130;

    private Signals() {}

    /** From now on the first signal runs {@code onFirst}, on a thread of its own. */
    public static void onStop(Runnable onFirst) {
        AtomicInteger count = new AtomicInteger();
        handle("INT", () -> stop(count, onFirst));
        handle("TERM", () -> stop(count, onFirst));
    }

    /** Runs {@code action} whenever the signal {@code name} (without {@code SIG}) arrives. */
    public static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> action.run();
                            case "equals" -> {
                                return arguments != null && self == arguments[0];
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            case "toString" -> {
                                return "signal handler";
                            }
                            default -> {}
                        }
                        return null;
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ClassNotFoundException | NoSuchMethodException | InvocationTargetException e) {
            // No such signal here, or no such interface: the default stays.
        } catch (IllegalAccessException | InstantiationException e) {
            // The same.
        }
    }

    private static void stop(AtomicInteger count, Runnable onFirst) {
        if (count.incrementAndGet() == 1) {
            onFirst.run();
        } else {
            Runtime.getRuntime().halt(STATUS_SECOND_SIGNAL);
        }
    }
}
