/**
 * The configured sources, destinations and stores: their YAML files, what {@code @name} means, which values are secrets,
 * and what can be imported from other programs. Read first {@link io.plakar.app.configuration.Configuration}, {@link
 * io.plakar.app.configuration.ConfigurationNames} and {@link io.plakar.app.configuration.Secrets}.
 *
 * <p>An entry is a sorted map of texts which holds {@code location}; keys and values are never interpreted here. Nothing
 * is read before an entry is asked for, so a damaged file stops only the commands that need it. Files are replaced whole
 * and atomically, under a lock that other processes respect, and only the user may read them. Spec: cli §2-§4,
 * connectors §3.
 */
@NullMarked
package io.plakar.app.configuration;

import org.jspecify.annotations.NullMarked;
