/** Tests of jobs and events. */
@NullMarked
package io.plakar.server.job;

import org.jspecify.annotations.NullMarked;
