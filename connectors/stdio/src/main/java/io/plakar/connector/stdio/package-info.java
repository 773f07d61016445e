/**
 * Standard input as a source with one file, standard output and standard error as destinations which take the contents
 * of regular files one after the other (connectors §2.2).
 *
 * <p>Read first: {@link io.plakar.connector.stdio.StdinImporter} and {@link io.plakar.connector.stdio.StdoutExporter}.
 *
 * <p>Invariants: the streams belong to the program and are never closed here; the contents of two files are never mixed.
 */
@NullMarked
package io.plakar.connector.stdio;

import org.jspecify.annotations.NullMarked;
