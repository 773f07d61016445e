package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Debian's Chromium, driven by Playwright. What a page complains of on its console is collected, and must be nothing.
 * For one thread.
 */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    /** Loads a page, whatever else the machine does meanwhile. */
    private static final double PATIENCE_MILLIS = 30_000;

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;
    private final String axe;
    private final List<BrowserContext> contexts = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();

    private Browser(Playwright playwright, com.microsoft.playwright.Browser browser, String axe) {
        this.playwright = playwright;
        this.browser = browser;
        this.axe = axe;
    }

    /** Starts it; skips the test, with a line that says so, where there is none. */
    static Browser start() throws IOException {
        if (!Files.isExecutable(CHROMIUM)) {
            System.err.println("SKIPPED: the viewer is not tested in a browser, for there is no " + CHROMIUM
                    + " (apt-get install chromium)");
            assumeTrue(false, "no browser");
        }
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        com.microsoft.playwright.Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of("--no-sandbox")));
        try (InputStream in = Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"))) {
            return new Browser(playwright, browser, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** A page of its own, with nothing kept from others. */
    Page page(int width, int height, ColorScheme scheme) {
        BrowserContext context = browser.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setAcceptDownloads(true)
                .setLocale("en-GB")
                .setTimezoneId("UTC"));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        contexts.add(context);
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.onRequest(request -> addresses.add(request.url()));
        return page;
    }

    /** What the pages complained of since it was asked last. */
    List<String> complaints() {
        List<String> all = List.copyOf(complaints);
        complaints.clear();
        return all;
    }

    /** What pages asked another server for than the one at {@code address}; the browser's own pages are none. */
    List<String> requestsElsewhere(String address) {
        return addresses.stream()
                .filter(url -> url.matches("(?i)(https?|wss?|ftp):.*") && !url.startsWith(address))
                .toList();
    }

    /** Fails on anything that keeps people out, seriously or worse. */
    void assertReachableForAll(Page page, String what) {
        page.evaluate(axe);
        Object found = page.evaluate("""
                async () => {
                  const result = await axe.run(document, { iframes: false, resultTypes: ['violations'] });
                  return result.violations
                    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
                    .map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + ' – ' + node.failureSummary).join(' | ')}`);
                }""");
        assertThat((List<?>) found).as(what + " at " + page.url()).isEmpty();
    }

    void closePages() {
        contexts.forEach(BrowserContext::close);
        contexts.clear();
        complaints.clear();
    }

    @Override
    public void close() {
        closePages();
        browser.close();
        playwright.close();
    }
}
