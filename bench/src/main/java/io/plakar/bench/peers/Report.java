package io.plakar.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Prints the figures: a table for each corpus, or JSON lines. "Net" is without what {@link Step#OPEN} took of the same
 * program. Progress and failures go to standard error.
 */
final class Report {
    /** Below this many seconds a difference of two measured times says nothing. */
    private static final double RESOLUTION = 0.01;

    private final boolean json;

    Report(boolean json) {
        this.json = json;
    }

    void machine(List<String> tools) throws IOException {
        String line = LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS) + ", "
                + Runtime.getRuntime().availableProcessors() + " cores of " + processor() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", Java "
                + Runtime.version() + ", load " + load();
        (json ? System.err : System.out).println(line);
        tools.forEach((json ? System.err : System.out)::println);
    }

    private static String processor() throws IOException {
        Path information = Path.of("/proc/cpuinfo");
        if (Files.exists(information)) {
            for (String line : Files.readAllLines(information)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return System.getProperty("os.arch");
    }

    private static String load() throws IOException {
        Path file = Path.of("/proc/loadavg");
        return Files.exists(file) ? Files.readString(file).split(" ", -1)[0] : "unknown";
    }

    void begin(Corpus corpus, int files, long bytes) {
        (json ? System.err : System.out)
                .printf("%n%s: %s; %,d files, %,d bytes%n", corpus.word(), corpus.meaning(), files, bytes);
    }

    void progress(Corpus corpus, int round, Step step, Tool tool) {
        System.err.printf("%s, round %d: %s, %s%n", corpus.word(), round + 1, step.word(), tool.name());
    }

    void failed(Tool tool, Step step, Exception failure) {
        System.err.printf("%s failed at %s and is left out: %s%n", tool.name(), step.word(), failure.getMessage());
    }

    void end(Corpus corpus, int rounds, List<Tool> tools, Map<Step, Map<Tool, Usage>> medians) throws IOException {
        if (json) {
            lines(corpus, rounds, tools, medians);
        } else {
            table(rounds, tools, medians);
        }
    }

    private static void lines(Corpus corpus, int rounds, List<Tool> tools, Map<Step, Map<Tool, Usage>> medians)
            throws IOException {
        String load = load();
        medians.forEach((step, row) -> {
            for (Tool tool : tools) {
                Usage usage = row.get(tool);
                if (usage != null) {
                    Usage net = net(step, tool, usage, medians);
                    System.out.printf(
                            "{\"corpus\":\"%s\",\"step\":\"%s\",\"tool\":\"%s\",\"rounds\":%d,\"wall\":%.3f,\"cpu\":%.2f,"
                                    + "\"net_wall\":%.3f,\"net_cpu\":%.2f,\"peak_rss\":%d,\"store\":%d,\"load\":\"%s\"}%n",
                            corpus.word(),
                            step.word(),
                            tool.name(),
                            rounds,
                            usage.wall(),
                            usage.cpu(),
                            net.wall(),
                            net.cpu(),
                            usage.peak(),
                            usage.store(),
                            load);
                }
            }
        });
    }

    private static void table(int rounds, List<Tool> tools, Map<Step, Map<Tool, Usage>> medians) throws IOException {
        System.out.printf(
                "medians of %d; seconds; in brackets the ratio of ours to the best other; load now %s%n",
                rounds, load());
        System.out.printf(
                "%-10s %-8s %16s %16s %16s %16s %8s %9s%n",
                "step", "program", "wall", "net wall", "CPU", "net CPU", "RSS MiB", "store MB");
        medians.forEach((step, row) -> {
            for (Tool tool : tools) {
                Usage usage = row.get(tool);
                if (usage != null) {
                    Usage net = net(step, tool, usage, medians);
                    System.out.printf(
                            "%-10s %-8s %16s %16s %16s %16s %8d %9.1f%n",
                            step.word(),
                            tool.name(),
                            cell(usage.wall(), ratio(step, tool, tools, medians, false, Usage::wall)),
                            cell(net.wall(), ratio(step, tool, tools, medians, true, Usage::wall)),
                            cell(usage.cpu(), ratio(step, tool, tools, medians, false, Usage::cpu)),
                            cell(net.cpu(), ratio(step, tool, tools, medians, true, Usage::cpu)),
                            usage.peak() >> 20,
                            usage.store() / 1e6);
                }
            }
        });
    }

    private static String cell(double seconds, @Nullable Double ratio) {
        return ratio == null ? "%.2f       ".formatted(seconds) : "%.2f (%4.2f)".formatted(seconds, ratio);
    }

    /** Of the first program to the best of the others; null for any but the first, and without others. */
    private static @Nullable Double ratio(
            Step step,
            Tool tool,
            List<Tool> tools,
            Map<Step, Map<Tool, Usage>> medians,
            boolean net,
            ToDoubleFunction<Usage> figure) {
        if (tool != tools.getFirst()) {
            return null;
        }
        List<Double> values = new ArrayList<>();
        for (Tool each : tools) {
            Usage usage = medians.getOrDefault(step, Map.of()).get(each);
            if (usage != null) {
                values.add(Math.max(RESOLUTION, figure.applyAsDouble(net ? net(step, each, usage, medians) : usage)));
            }
        }
        return values.size() < 2
                ? null
                : values.getFirst()
                        / values.subList(1, values.size()).stream()
                                .mapToDouble(Double::doubleValue)
                                .min()
                                .orElseThrow();
    }

    private static Usage net(Step step, Tool tool, Usage usage, Map<Step, Map<Tool, Usage>> medians) {
        Usage open = medians.getOrDefault(Step.OPEN, Map.of()).get(tool);
        if (open == null || !step.opensStore()) {
            return usage;
        }
        return new Usage(
                Math.max(0, usage.wall() - open.wall()),
                Math.max(0, usage.cpu() - open.cpu()),
                usage.peak(),
                usage.store());
    }
}
