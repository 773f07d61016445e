package io.plakar.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.kloset.KlosetException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How jobs wait, run, fail, are cancelled and forgotten, and how events are kept. */
@Timeout(60)
class JobQueueTest {
    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private final List<String> log = new ArrayList<>();
    private final JobQueue queue = new JobQueue(
            InstantSource.fixed(Instant.EPOCH),
            job -> changes.add(job.title() + " " + job.status().state()),
            job -> {},
            log::add);

    @AfterEach
    void close() {
        queue.close();
    }

    private Job submit(String title, Work work) throws Exception {
        return queue.submit(JobKind.CHECK, title, "plakar check", work);
    }

    private static Result nothing() {
        return new Result.Builder().with("errors", 0).build(true);
    }

    private void await(String change) throws InterruptedException {
        String seen;
        do {
            seen = changes.take();
        } while (!seen.equals(change));
    }

    @Test
    void oneRunsAndTheOthersWait() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Job first = submit("first", job -> {
            go.await();
            return nothing();
        });
        Job second = submit("second", job -> nothing());
        await("first RUNNING");
        assertThat(second.status().state()).isEqualTo(JobState.QUEUED);
        go.countDown();
        await("second SUCCEEDED");
        assertThat(first.status().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(queue.jobs()).containsExactly(second, first);
    }

    @Test
    void whatWaitsAndWhatRunsCanBeCancelled() throws Exception {
        Job first = submit("first", job -> {
            new CountDownLatch(1).await();
            return nothing();
        });
        Job second = submit("second", job -> nothing());
        await("first RUNNING");
        queue.cancel(second);
        assertThat(second.status().state()).isEqualTo(JobState.CANCELLED);
        queue.cancel(first);
        await("first CANCELLED");
        queue.cancel(first);
        assertThat(first.status().state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void aFailureIsToldWithWhatToDo() throws Exception {
        Job job = submit("broken", running -> {
            throw new KlosetException.Corrupt("chunk 12ab is damaged, password=hunter2");
        });
        await("broken FAILED");
        Job.Fault fault = java.util.Objects.requireNonNull(job.status().fault());
        assertThat(fault.code()).isEqualTo("data");
        assertThat(fault.remedy()).contains("plakar check");
        assertThat(fault.message()).contains("chunk 12ab").doesNotContain("hunter2");
        assertThat(job.lines(0, 10)).hasSize(1);
    }

    @Test
    void aMistakeInAJobEndsThatJobOnly() throws Exception {
        submit("mistake", running -> {
            throw new IllegalStateException("a mistake");
        });
        await("mistake FAILED");
        submit("next", running -> nothing());
        await("next SUCCEEDED");
        assertThat(log).singleElement().asString().contains("a mistake");
    }

    @Test
    void theQueueAndWhatIsRememberedAreBounded() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        submit("first", job -> {
            go.await();
            return nothing();
        });
        await("first RUNNING");
        for (int i = 0; i < JobQueue.MOST_WAITING; i++) {
            submit("job " + i, job -> nothing());
        }
        assertThatThrownBy(() -> submit("one more", job -> nothing())).isInstanceOf(JobQueue.Full.class);
        go.countDown();
        await("job " + (JobQueue.MOST_WAITING - 1) + " SUCCEEDED");
        assertThat(queue.jobs()).hasSize(JobQueue.KEPT);
        assertThat(queue.jobs().getFirst().title()).isEqualTo("job " + (JobQueue.MOST_WAITING - 1));
    }

    @Test
    void aLogKeepsItsEnd() throws Exception {
        int lines = Job.KEPT_LINES + 10;
        Job job = submit("chatty", running -> {
            for (int i = 0; i < lines; i++) {
                running.log(LogLine.Level.WARNING, "/path", "line " + i);
            }
            return new Result.Builder().build(false);
        });
        await("chatty WARNINGS");
        assertThat(job.status().logLines()).isEqualTo(lines);
        assertThat(job.lines(0, lines)).hasSize(Job.KEPT_LINES);
        assertThat(job.lines(lines - 2, 1).getFirst().message()).isEqualTo("line " + (lines - 2));
        assertThat(job.progress().warnings()).isEqualTo(lines);
    }

    @Test
    void closingCancelsEverything() throws Exception {
        Job first = submit("first", job -> {
            new CountDownLatch(1).await();
            return nothing();
        });
        Job second = submit("second", job -> nothing());
        await("first RUNNING");
        queue.close();
        assertThat(first.status().state()).isEqualTo(JobState.CANCELLED);
        assertThat(second.status().state()).isEqualTo(JobState.CANCELLED);
        assertThatThrownBy(() -> submit("late", job -> nothing())).isInstanceOf(JobQueue.Full.class);
    }

    @Test
    void eventsAreKeptForThoseWhoComeBack() throws Exception {
        EventLog events = new EventLog();
        for (int i = 1; i <= EventLog.KEPT + 5; i++) {
            events.add("job", ("event " + i).getBytes(StandardCharsets.UTF_8));
        }
        assertThat(events.hasAllBehind(5)).isTrue();
        assertThat(events.hasAllBehind(4)).isFalse();
        assertThat(events.hasAllBehind(events.last() + 1)).isFalse();
        List<EventLog.Event> some = events.behind(events.last() - 2, 1, TimeUnit.SECONDS);
        assertThat(some).hasSize(2);
        assertThat(new String(some.getLast().data(), StandardCharsets.UTF_8)).isEqualTo("event " + events.last());
        events.close();
        assertThat(events.behind(events.last(), 1, TimeUnit.HOURS)).isEmpty();
    }
}
