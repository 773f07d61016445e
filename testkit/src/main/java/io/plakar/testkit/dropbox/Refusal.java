package io.plakar.testkit.dropbox;

import java.util.ArrayList;
import java.util.List;

/** Why the tree did not do what it was asked: something was not found (a lookup error), or cannot be written (a write error). */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** The two unions a refusal can belong to. */
    enum Kind {
        LOOKUP,
        WRITE
    }

    private final Kind kind;
    private final transient List<String> tags;

    private Refusal(Kind kind, List<String> tags) {
        super(kind + " " + String.join("/", tags), null, false, false);
        this.kind = kind;
        this.tags = tags;
    }

    static Refusal lookup(String... tags) {
        return new Refusal(Kind.LOOKUP, List.of(tags));
    }

    static Refusal write(String... tags) {
        return new Refusal(Kind.WRITE, List.of(tags));
    }

    List<String> tags() {
        return tags;
    }

    /** The same as an endpoint error, below the tag that the route has for this kind. */
    ApiError as(String lookupTag, String writeTag) {
        List<String> chain = new ArrayList<>();
        chain.add(kind == Kind.LOOKUP ? lookupTag : writeTag);
        chain.addAll(tags);
        return ApiError.endpoint(chain);
    }

    ApiError as(String tag) {
        return as(tag, tag);
    }
}
