package io.plakar.testkit.dropbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong, and when: by count, never by chance, so that a run can be repeated. Also the record of calls that came although the
 * client had been told to wait. Safe for use by several threads.
 */
public final class Faults {
    private static final Set<String> WRITES = Set.of(
            "files/upload",
            "files/upload_session/finish",
            "files/upload_session/finish_batch",
            "files/upload_session/finish_batch_v2",
            "files/create_folder_v2",
            "files/create_folder_batch",
            "files/delete_v2",
            "files/delete_batch",
            "files/move_v2",
            "files/move_batch_v2",
            "files/copy_v2",
            "files/copy_batch_v2",
            "files/restore");

    private final List<Plan> plans = new ArrayList<>();
    private final Map<String, Wait> waits = new HashMap<>();
    private final List<EarlyCall> early = new ArrayList<>();
    private long injected;
    private Duration latency = Duration.ZERO;

    /**
     * A call inside the time a client of the same account had been told to wait.
     *
     * @param sinceAnswer how long after the answer that said so it arrived: a call that was under way already arrives within moments
     * @param remaining how long it should have waited still
     * @param repeat whether it is the refused call itself, made again: its client had the answer then, however soon it came
     */
    public record EarlyCall(String route, Duration sinceAnswer, Duration remaining, boolean repeat) {}

    /** A time to wait. @param refused the calls that were refused meanwhile, with their arguments */
    private record Wait(long answeredNanos, long untilNanos, Set<String> refused) {}

    private static final class Plan {
        private final Fault fault;
        private final int every;
        private final Predicate<String> routes;
        private final boolean once;
        private int seen;

        Plan(Fault fault, int every, Predicate<String> routes, boolean once) {
            this.fault = fault;
            this.every = every;
            this.routes = routes;
            this.once = once;
        }
    }

    Faults() {}

    /** From now on every {@code calls}-th call that this fault can concern has it. Several plans add up. */
    public void every(int calls, Fault fault) {
        every(calls, fault, route -> true);
    }

    /** The same, for some routes (such as {@code files/list_folder}). */
    public synchronized void every(int calls, Fault fault, Predicate<String> routes) {
        if (calls < 1) {
            throw new IllegalArgumentException("every " + calls + " calls");
        }
        plans.add(new Plan(fault, calls, concerned(fault).and(routes), false));
    }

    /** The next call of these routes that this fault can concern has it, and no other. */
    public synchronized void next(Fault fault, Predicate<String> routes) {
        plans.add(new Plan(fault, 1, concerned(fault).and(routes), true));
    }

    private static Predicate<String> concerned(Fault fault) {
        return switch (fault) {
            case Fault.TooManyWriteOperations write -> WRITES::contains;
            case Fault.WriteContention write -> WRITES::contains;
            case Fault.TruncatedBody truncated -> "files/download"::equals;
            case Fault.TooManyRequests all -> Faults::isApi;
            case Fault.ServerError all -> Faults::isApi;
            case Fault.DroppedConnection all -> Faults::isApi;
            case Fault.LostAnswer all -> Faults::isApi;
        };
    }

    private static boolean isApi(String route) {
        return !route.startsWith("oauth2/");
    }

    /** From now on every call is answered this much later. */
    public synchronized void latency(Duration delay) {
        latency = delay;
    }

    /** Nothing goes wrong any more. Records are kept. */
    public synchronized void clear() {
        plans.clear();
        latency = Duration.ZERO;
    }

    /** Calls that had a fault so far. */
    public synchronized long injected() {
        return injected;
    }

    /**
     * The calls that came inside a time to wait, in their order.
     *
     * @param grace calls that arrived within this after the answer are left out, unless they repeat a refused one: they were
     *     under way
     */
    public synchronized List<EarlyCall> earlyCalls(Duration grace) {
        return early.stream()
                .filter(call -> call.repeat() || call.sinceAnswer().compareTo(grace) > 0)
                .toList();
    }

    synchronized Duration latency() {
        return latency;
    }

    /** What goes wrong with this call; null when nothing does. */
    synchronized @Nullable Fault forCall(String route) {
        Fault chosen = null;
        for (Iterator<Plan> all = plans.iterator(); all.hasNext(); ) {
            Plan plan = all.next();
            if (!plan.routes.test(route) || ++plan.seen % plan.every != 0 || chosen != null) {
                continue;
            }
            chosen = plan.fault;
            if (plan.once) {
                all.remove();
            }
        }
        if (chosen != null) {
            injected++;
        }
        return chosen;
    }

    /** The client of this account has been told to wait from now on. */
    synchronized void told(String account, Duration wait, String route, String argument) {
        long now = System.nanoTime();
        Wait before = waits.get(account);
        Set<String> refused = before == null ? new HashSet<>() : before.refused();
        if (argument.contains("\"path\"") || argument.contains("\"session_id\"")) {
            // Without a name in it, another call may be the same to the letter.
            refused.add(route + argument);
        }
        waits.put(account, new Wait(now, now + wait.toNanos(), refused));
    }

    /** A call of this account has arrived. */
    synchronized void arrived(String account, String route, String argument) {
        Wait wait = waits.get(account);
        if (wait == null || !isApi(route)) {
            return;
        }
        long now = System.nanoTime();
        if (now - wait.untilNanos >= 0) {
            waits.remove(account);
            return;
        }
        early.add(new EarlyCall(
                route,
                Duration.ofNanos(now - wait.answeredNanos),
                Duration.ofNanos(wait.untilNanos - now),
                wait.refused.contains(route + argument)));
    }
}
