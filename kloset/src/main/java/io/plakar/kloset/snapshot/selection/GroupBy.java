package io.plakar.kloset.snapshot.selection;

import io.plakar.kloset.KlosetException;
import java.util.List;
import java.util.Locale;

/** The header field whose values split snapshots into groups, each with retention of its own. */
public enum GroupBy {
    NAME,
    CATEGORY,
    ENVIRONMENT,
    PERIMETER,
    JOB,
    DATASET,
    DATA_CLASS,
    TAG,
    ORIGIN,
    TYPE,
    ROOT;

    /** The word for it in options and policies: {@code data-class}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The field called {@code word}.
     *
     * @throws KlosetException.Invalid if there is none
     */
    public static GroupBy of(String word) throws KlosetException.Invalid {
        for (GroupBy value : values()) {
            if (value.word().equals(word)) {
                return value;
            }
        }
        throw new KlosetException.Invalid("invalid -group-by value \"" + word + "\"");
    }

    /** The groups a snapshot belongs to; one with no value belongs to the group of those. */
    List<? extends Object> groups(Candidate snapshot) {
        List<? extends Object> groups = switch (this) {
            case NAME -> List.of(snapshot.name());
            case CATEGORY -> List.of(snapshot.category());
            case ENVIRONMENT -> List.of(snapshot.environment());
            case PERIMETER -> List.of(snapshot.perimeter());
            case JOB -> List.of(snapshot.job());
            case DATASET -> List.of(snapshot.dataset());
            case DATA_CLASS -> snapshot.dataClasses();
            case TAG -> snapshot.tags();
            case ORIGIN -> snapshot.origins();
            case TYPE -> snapshot.types();
            case ROOT -> snapshot.roots();
        };
        return groups.isEmpty() ? List.of("") : groups;
    }
}
