package io.plakar.cli;

import io.plakar.app.RawText;
import io.plakar.cli.render.JsonLines;
import io.plakar.cli.text.DisplayNames;
import io.plakar.cli.text.Durations;
import io.plakar.cli.text.Sizes;
import io.plakar.cli.text.Times;
import io.plakar.kloset.snapshot.SnapshotHeader;

/** How one snapshot looks in a list (cli §10.3). */
public final class SnapshotLine {
    private SnapshotLine() {}

    /**
     * {@code 2026-11-23T10:21:57Z   f3a56652   3.0 MiB        0s /home/alice/src tags=daily}.
     *
     * @param fullId all 64 digits instead of 8
     */
    public static String of(SnapshotHeader header, boolean fullId, boolean tags) {
        String time = Times.listing(header.timestamp());
        String size = Sizes.format(header.totalSize());
        String duration = Durations.formatSeconds(header.duration());
        String root = RawText.decode(DisplayNames.sanitize(header.source().directoryBytes()));
        String tail = tags && !header.tags().isEmpty() ? " tags=" + String.join(",", header.tags()) : "";
        return fullId
                ? String.format("%s %3s%10s%10s %s%s", time, header.id().toHex(), size, duration, root, tail)
                : String.format("%s %10s%10s%10s %s%s", time, header.id().toShortHex(), size, duration, root, tail);
    }

    /** The fields of a {@code snapshot} object. */
    public static void write(JsonLines.Fields fields, SnapshotHeader header) {
        fields.text("snapshot_id", header.id().toHex())
                .time("timestamp", header.timestamp())
                .number("duration_ms", header.duration().toMillis())
                .number("size", header.totalSize())
                .text("name", header.name())
                .textIfAny("category", header.category())
                .textIfAny("environment", header.environment())
                .textIfAny("perimeter", header.perimeter())
                .textIfAny("job", header.job())
                .textIfAny("dataset", header.dataset())
                .texts("tags", header.tags())
                .text("source_type", header.source().type())
                .text("origin", header.source().origin())
                .name("root", header.source().directoryBytes());
    }
}
