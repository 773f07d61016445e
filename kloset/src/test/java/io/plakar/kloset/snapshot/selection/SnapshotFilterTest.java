package io.plakar.kloset.snapshot.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotFilterTest {
    /** A Monday. */
    private static final Instant NOW = Instant.parse("2026-11-23T10:40:00Z");

    private static final Candidate T2 = snapshot(1, "2026-11-23T10:38:01.9Z", "n2", "/home/alice/src", "t2");
    private static final Candidate T1 = snapshot(2, "2026-11-23T10:38:01.1Z", "n1", "/home/alice/src", "t1");
    private static final Candidate MARCH = snapshot(3, "2025-03-15T10:00:00Z", "", "/home/alice/src/docs", "old");
    private static final Candidate FEBRUARY = snapshot(4, "2025-02-15T10:00:00Z", "", "/home/alice/src/docs", "old");
    private static final List<Candidate> STORE = List.of(FEBRUARY, T1, MARCH, T2);

    private static Candidate snapshot(int id, String time, String name, String root, String... tags) {
        return new Candidate(
                Mac.of(id, 0, 0, 0),
                Instant.parse(time),
                name,
                "c",
                "e",
                "p",
                "j",
                "d",
                List.of(tags),
                List.of("secret"),
                List.of("host"),
                List.of("fs"),
                List.of(BytePath.clean(root)));
    }

    private static SnapshotFilter.Builder filter() {
        return new SnapshotFilter.Builder();
    }

    private static List<Candidate> select(SnapshotFilter.Builder filter) {
        return filter.build().select(STORE, NOW);
    }

    private static List<String> plan(SnapshotFilter.Builder filter) {
        List<String> lines = new ArrayList<>();
        for (Decision decision : filter.build().decide(STORE, NOW)) {
            String tags = String.join(",", decision.snapshot().tags());
            lines.add((decision.keep() ? "keep " : "delete ") + tags + " " + decision.reason());
        }
        return lines;
    }

    @Test
    void theResultIsNewestFirst() {
        assertThat(SnapshotFilter.ALL.select(STORE, NOW)).containsExactly(T2, T1, MARCH, FEBRUARY);
        assertThat(SnapshotFilter.ALL.isEmpty()).isTrue();
        assertThat(filter().latest(true).build().isEmpty()).isFalse();
    }

    @Test
    void aPlanByMonthKeepsTheNewestOfEach() {
        assertThat(plan(filter().cap(Period.MONTH, 1)))
                .containsExactly(
                        "keep t2 match=month:2026-11 rank=1 cap=1",
                        "delete t1 match=month:2026-11 rank=2 cap=1",
                        "keep old match=month:2025-03 rank=1 cap=1",
                        "keep old match=month:2025-02 rank=1 cap=1");
    }

    @Test
    void aPlanByDaysKeepsTheLastDays() {
        assertThat(plan(filter().keep(Period.DAY, 2)))
                .containsExactly(
                        "keep t2 match=day:2026-11-23 rank=1 cap=0",
                        "keep t1 match=day:2026-11-23 rank=2 cap=0",
                        "delete old reason=outside retention windows",
                        "delete old reason=outside retention windows");
    }

    @Test
    void aPlanWithoutPeriodsKeepsWhatPassesTheFilters() {
        assertThat(plan(filter().name("n1"))).containsExactly("keep t1 reason=matched filters");
    }

    @Test
    void aPlanWithBothKeepsTheNewestOfTheLastBuckets() {
        assertThat(plan(filter().keep(Period.MONTH, 1).cap(Period.MONTH, 1)))
                .containsExactly(
                        "keep t2 match=month:2026-11 rank=1 cap=1",
                        "delete t1 match=month:2026-11 rank=2 cap=1",
                        "delete old reason=outside retention windows",
                        "delete old reason=outside retention windows");
    }

    @Test
    void aSnapshotIsKeptIfAnyRuleKeepsIt() {
        assertThat(plan(filter().cap(Period.YEAR, 1).keep(Period.MONTH, 1)))
                .containsExactly(
                        "keep t2 match=month:2026-11 rank=1 cap=0",
                        "keep t1 match=month:2026-11 rank=2 cap=0",
                        "keep old match=year:2025 rank=1 cap=1",
                        "delete old match=year:2025 rank=2 cap=1");
    }

    @Test
    void eachCriterionMustHold() {
        assertThat(select(filter().before(MARCH.timestamp()))).containsExactly(MARCH, FEBRUARY);
        assertThat(select(filter().since(MARCH.timestamp()))).containsExactly(T2, T1, MARCH);
        assertThat(select(filter().tags(List.of("old")).latest(true))).containsExactly(MARCH);
        assertThat(select(filter().tags(List.of(" !old , !t1")))).containsExactly(T2);
        assertThat(select(filter().tags(List.of("t1", "t2")))).isEmpty();
        assertThat(select(filter().roots(bytes("/home/alice/src/docs/")))).containsExactly(MARCH, FEBRUARY);
        assertThat(select(filter().roots(bytes("/home/alice/src, /home/alice/src/docs"))))
                .isEmpty();
        assertThat(select(filter().category("x"))).isEmpty();
        assertThat(select(filter().environment("x"))).isEmpty();
        assertThat(select(filter().perimeter("x"))).isEmpty();
        assertThat(select(filter().job("x"))).isEmpty();
        assertThat(select(filter().dataset("x"))).isEmpty();
        assertThat(select(filter().origins(List.of("x,host")))).hasSize(4);
        assertThat(select(filter().types(List.of("s3")))).isEmpty();
        assertThat(select(filter().dataClasses(List.of("public", "secret")))).hasSize(4);
        assertThat(select(filter().category("c")
                        .environment("e")
                        .perimeter("p")
                        .job("j")
                        .dataset("d")))
                .hasSize(4);
    }

    private static List<byte[]> bytes(String text) {
        return List.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void groupsAreRetainedEachAlone() {
        assertThat(select(filter().cap(Period.YEAR, 1))).containsExactly(T2, MARCH);
        assertThat(select(filter().cap(Period.YEAR, 1).groupBy(GroupBy.NAME))).containsExactly(T2, T1, MARCH);
        assertThat(select(filter().cap(Period.YEAR, 1).groupBy(GroupBy.TAG))).containsExactly(T2, T1, MARCH);
        assertThat(select(filter().cap(Period.YEAR, 1).groupBy(GroupBy.ROOT))).containsExactly(T2, MARCH);
    }

    @Test
    void whatAnyGroupKeepsIsKept() {
        Candidate both = snapshot(1, "2026-11-23T10:00:00Z", "", "/", "a");
        Candidate other = snapshot(2, "2026-11-23T09:00:00Z", "", "/", "a", "b");
        Candidate none = snapshot(3, "2026-11-23T08:00:00Z", "", "/");
        SnapshotFilter filter = filter().cap(Period.DAY, 1).groupBy(GroupBy.TAG).build();
        assertThat(filter.select(List.of(both, other, none), NOW)).containsExactly(both, other, none);
    }

    @Test
    void latestComesBeforeRetention() {
        assertThat(plan(filter().latest(true).tags(List.of("old")).keep(Period.DAY, 1)))
                .containsExactly("delete old reason=outside retention windows");
    }

    @Test
    void aFilterIsOverriddenFieldByField() {
        SnapshotFilter policy =
                filter().name("n1").keep(Period.MONTH, 2).cap(Period.MONTH, 3).build();
        SnapshotFilter filter = policy.toBuilder().cap(Period.MONTH, 1).build();
        assertThat(filter.name()).isEqualTo("n1");
        assertThat(filter.retention().rules()).isEqualTo(Map.of(Period.MONTH, new Retention.Rule(2, 1)));
        assertThat(policy.toBuilder().build()).isEqualTo(policy);
    }

    @ParameterizedTest
    @CsvSource({
        "MINUTE, 2026-01-02T15:04:59Z, 2026-01-02-15:04",
        "HOUR, 2026-01-02T15:04:59Z, 2026-01-02-15",
        "DAY, 2026-01-02T15:04:59Z, 2026-01-02",
        "WEEK, 2026-01-05T15:04:59Z, 2026-W02",
        "WEEK, 2025-12-29T00:00:00Z, 2026-W01",
        "MONTH, 2026-01-02T15:04:59Z, 2026-01",
        "YEAR, 2026-01-02T15:04:59Z, 2026",
        "MONDAY, 2026-01-05T15:04:59Z, 2026-W02-monday",
    })
    void bucketsHaveTheirNames(Period period, Instant time, String name) {
        assertThat(period.bucketName(time)).isEqualTo(name);
    }

    @Test
    void weekdaysCountOnlyTheirOwnSnapshots() {
        Candidate monday = snapshot(1, "2026-11-23T08:00:00Z", "", "/");
        Candidate sunday = snapshot(2, "2026-11-22T08:00:00Z", "", "/");
        Candidate lastMonday = snapshot(3, "2026-11-16T08:00:00Z", "", "/");
        Candidate olderSunday = snapshot(4, "2026-11-15T08:00:00Z", "", "/");
        List<Candidate> all = List.of(monday, sunday, lastMonday, olderSunday);
        assertThat(filter().keep(Period.MONDAY, 1).build().select(all, NOW)).containsExactly(monday);
        assertThat(filter().keep(Period.MONDAY, 2).build().select(all, NOW)).containsExactly(monday, lastMonday);
        // this week's Sunday is yet to come, so the last one is yesterday
        assertThat(filter().keep(Period.SUNDAY, 1).build().select(all, NOW)).containsExactly(sunday);
        assertThat(filter().cap(Period.SUNDAY, 1).build().select(all, NOW)).containsExactly(sunday, olderSunday);
        assertThat(filter().keep(Period.TUESDAY, 5).build().select(all, NOW)).isEmpty();
    }

    @Test
    void bucketsFollowTheCalendar() {
        Candidate january = snapshot(1, "2026-01-31T23:59:59Z", "", "/");
        Candidate november = snapshot(2, "2025-11-30T00:00:00Z", "", "/");
        Instant march = Instant.parse("2026-03-31T12:00:00Z");
        List<Candidate> all = List.of(january, november);
        assertThat(filter().keep(Period.MONTH, 3).build().select(all, march)).containsExactly(january);
        assertThat(filter().keep(Period.MONTH, 5).build().select(all, march)).containsExactly(january, november);
        assertThat(filter().keep(Period.YEAR, 1).build().select(all, march)).containsExactly(january);
        assertThat(filter().keep(Period.WEEK, 9).build().select(all, march)).isEmpty();
        assertThat(filter().keep(Period.WEEK, 10).build().select(all, march)).containsExactly(january);
        assertThat(filter().keep(Period.DAY, Integer.MAX_VALUE).build().select(all, march))
                .hasSize(2);
    }

    @Test
    void whatLiesInTheFutureIsOutsideTheLastBuckets() {
        Candidate future = snapshot(1, "2026-11-24T00:00:00Z", "", "/");
        assertThat(filter().keep(Period.DAY, 3).build().select(List.of(future), NOW))
                .isEmpty();
        assertThat(filter().cap(Period.DAY, 3).build().select(List.of(future), NOW))
                .containsExactly(future);
    }

    @Test
    void theGroupingFieldIsGivenByItsWord() throws KlosetException {
        assertThat(GroupBy.of("data-class")).isEqualTo(GroupBy.DATA_CLASS);
        assertThatThrownBy(() -> GroupBy.of("x"))
                .isInstanceOf(KlosetException.Invalid.class)
                .hasMessage("invalid -group-by value \"x\"");
    }

    @Test
    void theOrderOfTheCandidatesDoesNotMatter() {
        long seed = 7;
        Random random = new Random(seed);
        List<Candidate> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(snapshot(
                    i, NOW.minusSeconds(random.nextInt(40_000_000)).toString(), "n" + i % 3, "/", "t" + i % 5));
        }
        SnapshotFilter filter = filter().keep(Period.DAY, 7)
                .keep(Period.WEEK, 5)
                .cap(Period.WEEK, 1)
                .cap(Period.MONTH, 2)
                .groupBy(GroupBy.NAME)
                .build();
        List<Decision> expected = filter.decide(all, NOW);
        assertThat(filter.select(all, NOW)).isNotEmpty().hasSizeLessThan(200);
        Collections.shuffle(all, random);
        assertThat(filter.decide(all, NOW)).as("seed %d", seed).isEqualTo(expected);
    }
}
