/**
 * Work that goes on while clients look on: restores, backups and checks of one store, one at a time.
 *
 * <p>Read first: {@link io.plakar.server.job.JobQueue} (life cycle), {@link io.plakar.server.job.Job} (what is told of
 * one) and {@link io.plakar.server.job.EventLog} (how clients hear of it).
 *
 * <p>Invariants: everything kept for clients is bounded, and goes with the server; a job that is cancelled leaves only
 * whole files and whole snapshots; secrets are masked before anything is kept.
 */
@NullMarked
package io.plakar.server.job;

import org.jspecify.annotations.NullMarked;
