package io.plakar.app.packages;

import io.plakar.app.Failure;
import io.plakar.app.PackageSet;
import java.util.Optional;
import java.util.Set;

/** The packages of this user as connectors see them. Immutable. */
public final class UserPackages implements PackageSet {
    private static final String RCLONE = "rclone";

    private final InstalledPackages installed;
    private final RcloneServices rclone;

    public UserPackages(InstalledPackages installed, RcloneServices rclone) {
        this.installed = installed;
        this.rclone = rclone;
    }

    @Override
    public boolean contains(String name) throws Failure {
        return installed.find(name).isPresent();
    }

    @Override
    public Set<String> services(String name) {
        return name.equals(RCLONE) ? rclone.names() : Set.of();
    }

    @Override
    public String remedy(String scheme, String otherwise) throws Failure {
        Optional<PackageName> foreign = installed.offering(scheme);
        if (foreign.isPresent()) {
            return "the package " + foreign.get() + " offers it, but programs of packages cannot be run yet";
        }
        Optional<BundledPackage> bundled = BundledPackage.offering(scheme);
        return bundled.isPresent() && !contains(bundled.get().name())
                ? "plakar pkg add " + bundled.get().name()
                : otherwise;
    }
}
