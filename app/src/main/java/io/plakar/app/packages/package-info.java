/**
 * Packages: connectors the user adds. A package is a {@code .ptar} file, a store with one snapshot that holds {@code
 * /manifest.yaml} and what it names, called {@code <name>_<version>_<os>_<arch>.ptar}. Read first {@link
 * io.plakar.app.packages.InstalledPackages}, {@link io.plakar.app.packages.BundledPackage} and {@link
 * io.plakar.app.packages.Manifest}.
 *
 * <p>Installed means: the file lies in {@code plugins/v1.1.0} of the data directory. It is unpacked below the cache
 * directory, again whenever that was emptied. Connectors of this program are bundled: their package is made on the spot,
 * without a network, and installing it switches them on. Spec: connectors §8.1, cli §10.24.
 */
@NullMarked
package io.plakar.app.packages;

import org.jspecify.annotations.NullMarked;
