package io.plakar.app;

import java.util.Set;

/** Which packages are there: the one place where {@link Connectors} meets them. */
public interface PackageSet {
    /** Holds nothing. */
    PackageSet NONE = new PackageSet() {
        @Override
        public boolean contains(String name) {
            return false;
        }

        @Override
        public Set<String> services(String name) {
            return Set.of();
        }

        @Override
        public String remedy(String scheme, String otherwise) {
            return otherwise;
        }
    };

    boolean contains(String name) throws Failure;

    /** Further schemes a package offers on this machine, through a program it drives. */
    Set<String> services(String name);

    /** What to do about a scheme nobody offers. */
    String remedy(String scheme, String otherwise) throws Failure;
}
