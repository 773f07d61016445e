package io.plakar.server.job;

import io.plakar.app.Failure;
import io.plakar.kloset.KlosetException;
import java.io.IOException;

/** What a job does. Run once, by a thread of its own, which is interrupted to cancel it. */
@FunctionalInterface
public interface Work {
    /** @return what came of it; a failure of the whole is thrown */
    Result run(Job job) throws Failure, KlosetException, IOException, InterruptedException;
}
