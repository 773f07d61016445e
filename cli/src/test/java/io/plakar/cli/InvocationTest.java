package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvocationTest {
    @ParameterizedTest(name = "{0} MiB of heap: {1} workers")
    @CsvSource({"64, 1", "128, 1", "256, 6", "512, 16", "1024, 38"})
    void asManyWorkersAsTheHeapHasRoomFor(long heap, int workers) {
        assertThat(Invocation.workersWithin(heap << 20)).isEqualTo(workers);
    }
}
