package io.plakar.interop;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The viewer in a real browser, on a store of six snapshots of a thousand files. */
class ViewerTest {
    private static final String TOKEN = "0f8a3f6e-1f0a-4b59-9a57-2f1d5d0f7c11";
    private static final int SNAPSHOTS = 6;

    @TempDir
    static Path scratch;

    private static Browser browser;
    private static PlakarProcess.Running server;
    private static ViewerSource source;
    private static String address;
    private static final List<String> snapshots = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    ViewerTest() {}

    @BeforeAll
    static void openTheViewer() throws Exception {
        browser = Browser.start();
        source = ViewerSource.make(scratch.resolve("source"));
        PlakarProcess plakar = PlakarProcess.in(scratch.resolve("home")).with("PLAKAR_UI_TOKEN", TOKEN);
        String store = scratch.resolve("store").toString();
        plakar.run("at", store, "create", "-plaintext").succeeded();
        for (int version = 1; version <= SNAPSHOTS; version++) {
            source.change(version);
            snapshots.add(plakar.run(
                            "at",
                            store,
                            "backup",
                            "-tag",
                            "nightly",
                            source.root().toString())
                    .succeeded()
                    .snapshotId());
        }
        server = plakar.start("at", store, "ui", "-no-spawn");
        String line = firstLine(server);
        address = line.replaceFirst("launching webUI at (http://[^?]*)\\?.*", "$1");
        assertThat(line).endsWith("?plakar_token=" + TOKEN);
        PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
    }

    private static String firstLine(PlakarProcess.Running running) throws Exception {
        while (running.process().isAlive()) {
            String text = Files.readString(running.out());
            if (text.indexOf('\n') > 0) {
                return text.substring(0, text.indexOf('\n'));
            }
            Thread.onSpinWait();
            running.process().waitFor(20, java.util.concurrent.TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("ui ended: " + Files.readString(running.err()));
    }

    @AfterAll
    static void closeTheViewer() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.process().destroy();
            Outcome outcome = server.await();
            outcome.succeeded();
        }
    }

    @AfterEach
    void leaveNothingOpen() {
        browser.closePages();
        assertThat(browser.requestsElsewhere(address)).isEmpty();
    }

    private static Page open(String path) {
        return open(path, 1400, 900, ColorScheme.LIGHT);
    }

    private static Page open(String path, int width, int height, ColorScheme scheme) {
        Page page = browser.page(width, height, scheme);
        page.navigate(address + path + (path.contains("?") ? "&" : "?") + "plakar_token=" + TOKEN);
        return page;
    }

    private static String newest() {
        return snapshots.getLast();
    }

    private String in(String snapshot, String folder, String more) {
        return "/browse/" + snapshot + "?path=" + source.root() + folder + more;
    }

    private static Locator row(Page page, String text) {
        return page.locator(".list-body .row")
                .filter(new Locator.FilterOptions().setHasText(text))
                .first();
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    /** Where each screen is, and what is on it when it is there. */
    private Map<String, String> screens() {
        String root = source.root().toString();
        Map<String, String> screens = new LinkedHashMap<>();
        screens.put("/", ".list-snapshots .row >> nth=" + SNAPSHOTS);
        screens.put("/?view=timeline", ".moment >> nth=" + (SNAPSHOTS - 1));
        screens.put(in(newest(), "", ""), "text=photos");
        screens.put(in(newest(), "/src", "&open=" + root + "/src/Main.java"), ".code .tk >> nth=0");
        screens.put(in(newest(), "/photos", "&open=" + root + "/photos/sunset.png"), ".stage img");
        screens.put(in(newest(), "/media", "&open=" + root + "/media/blob.bin"), ".hex div >> nth=3");
        screens.put(in(newest(), "/docs", "&open=" + root + "/docs/letter.txt&tab=versions"), ".version >> nth=2");
        screens.put(in(newest(), "/docs", "&open=" + root + "/docs/letter.txt&tab=details"), ".details code >> nth=1");
        screens.put("/history?snapshot=" + newest() + "&path=" + root + "/docs/letter.txt", ".version >> nth=2");
        screens.put("/compare?from=" + snapshots.getFirst() + "&to=" + newest(), ".list-compare .row >> nth=2");
        screens.put(
                "/compare?from=" + snapshots.getFirst() + "&to=" + newest() + "&open=docs/letter.txt",
                ".delta .plus >> nth=0");
        screens.put("/search?q=letter", ".list-search .row >> nth=1");
        screens.put("/restore", "text=Jobs since");
        screens.put("/restore?snapshot=" + newest() + "&path=" + root + "/docs", "text=What is restored");
        screens.put("/restore?snapshot=" + newest() + "&path=" + root + "/docs&step=where", ".choice >> nth=3");
        screens.put(
                "/restore?snapshot=" + newest() + "&path=" + root + "/docs&step=conflicts&to="
                        + scratch.resolve("nowhere"),
                ".figures");
        screens.put("/store", ".figures");
        return screens;
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void every_screen_can_be_used_by_all(ColorScheme scheme) {
        Page page = open("/", 1400, 900, scheme);
        for (Map.Entry<String, String> screen : screens().entrySet()) {
            page.navigate(address + screen.getKey());
            assertThat(page.locator(screen.getValue()).first()).isVisible();
            browser.assertReachableForAll(page, "screen in " + scheme);
        }
        page.keyboard().press("?");
        assertThat(page.locator("#help")).isVisible();
        browser.assertReachableForAll(page, "help in " + scheme);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void every_screen_fits_a_phone() {
        Page page = open("/", 390, 844, ColorScheme.LIGHT);
        for (Map.Entry<String, String> screen : screens().entrySet()) {
            page.navigate(address + screen.getKey());
            assertThat(page.locator(screen.getValue()).first()).isAttached();
            assertThat(page.evaluate("document.documentElement.scrollWidth"))
                    .as("width of " + screen.getKey())
                    .isEqualTo(390);
        }
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_token_leaves_the_address_and_lives_as_long_as_the_tab() {
        Page page = open("/?view=timeline");
        assertThat(page.locator(".moment").first()).isVisible();
        assertThat(page.url()).isEqualTo(address + "/?view=timeline");
        assertThat(page.evaluate("sessionStorage.length")).isEqualTo(1);
        assertThat(page.evaluate("localStorage.getItem('plakar.token')")).isNull();
        page.reload();
        assertThat(page.locator(".moment").first()).isVisible();
    }

    @Test
    void who_has_no_token_is_asked_for_it() {
        Page page = browser.page(1400, 900, ColorScheme.LIGHT);
        page.navigate(address + "/");
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Access token")))
                .isVisible();
        browser.assertReachableForAll(page, "token form");
        page.getByLabel("Token").fill(TOKEN);
        button(page, "Continue").click();
        assertThat(page.locator(".list-snapshots .row").nth(1)).isVisible();
        browser.complaints();
    }

    @Test
    void everything_can_be_done_by_keyboard() {
        Page page = open("/");
        assertThat(page.locator(".list-snapshots .row").nth(1)).isVisible();
        page.keyboard().press("j");
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/browse/.*"));
        assertThat(row(page, "docs")).isVisible();
        press(page, "j", "Enter");
        assertThat(page).hasURL(Pattern.compile(".*path=.*/docs(&.*)?$"));
        assertThat(row(page, "letter.txt")).isVisible();
        page.keyboard().press("End");
        page.keyboard().press(" ");
        assertThat(page.locator(".panel h2")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator(".panel")).hasCount(0);
        page.keyboard().press("x");
        assertThat(page.locator(".selection")).containsText("1 selected");
        page.keyboard().press("r");
        assertThat(page).hasURL(Pattern.compile(".*/restore\\?snapshot=.*&path=.*"));
        press(page, "g", "s");
        assertThat(page.locator(".list-snapshots .row").nth(1)).isVisible();
        page.keyboard().press("/");
        assertThat(page.locator("main input[type=search]")).isFocused();
        page.keyboard().press("Control+k");
        assertThat(page.locator("#palette")).isVisible();
        assertThat(browser.complaints()).isEmpty();
    }

    private static void press(Page page, String... keys) {
        for (String key : keys) {
            page.keyboard().press(key);
        }
    }

    @Test
    void a_folder_is_sorted_scrolled_and_seen_at_other_times() {
        Page page = open(in(newest(), "/many", ""));
        assertThat(row(page, "file-0000.txt")).isVisible();
        assertThat(page.locator(".list-body .row")).not().hasCount(ViewerSource.MANY);
        page.locator(".list").focus();
        page.keyboard().press("End");
        assertThat(row(page, "file-%04d.txt".formatted(ViewerSource.MANY - 1))).isVisible();
        button(page, "Size").click();
        assertThat(page).hasURL(Pattern.compile(".*sort=-size.*"));
        assertThat(page.locator("[aria-sort=descending]")).containsText("Size");

        page.navigate(address + in(newest(), "/docs", ""));
        assertThat(row(page, "new-6.txt")).isVisible();
        button(page, "Older snapshot").click();
        assertThat(row(page, "new-5.txt")).isVisible();
        assertThat(page.getByText("new-6.txt")).hasCount(0);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void links_say_where_they_point_and_names_cannot_lie() {
        Page page = open(in(newest(), "/odd", ""));
        assertThat(row(page, "→ ../docs/readme.md")).isVisible();
        assertThat(page.getByText("\\u202egpj.txt")).isVisible();
        page.getByText("a+b%20c?#.txt").click();
        assertThat(page.locator(".code")).containsText("percent");
        assertThat(page.locator(".list-body")).containsText("name with 'quotes' & <tags>.txt");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void hostile_files_are_harmless() {
        String root = source.root().toString();
        for (String file : List.of(
                "docs/evil.html&view=rendered", "docs/evil.html", "photos/evil.svg", "photos/evil.svg&view=text")) {
            Page page = open(in(newest(), "/docs", "&open=" + root + "/" + file));
            assertThat(page.locator(".panel-body > *").first()).isVisible();
            page.waitForLoadState();
            assertThat(page.evaluate("window.owned")).as(file).isNull();
            assertThat(page.title()).as(file).doesNotContain("owned");
        }
        Page page = open(in(newest(), "/docs", "&open=" + root + "/docs/evil.html&view=rendered"));
        assertThat(page.locator("iframe[sandbox='']")).isVisible();
        assertThat(page.frameLocator("iframe").getByText("stored in a snapshot"))
                .isVisible();
        // The browser tells that it blocked the script.
        browser.complaints();
    }

    @Test
    void media_and_documents_are_shown() {
        String root = source.root().toString();
        Page page = open(in(newest(), "/photos", "&open=" + root + "/photos/sunset.png"));
        assertThat(page.locator(".stage img")).hasJSProperty("naturalWidth", 480);
        page.navigate(address + in(newest(), "/media", "&open=" + root + "/media/tone.wav"));
        assertThat(page.locator("audio")).hasJSProperty("duration", 3);
        page.navigate(address + in(newest(), "/docs", "&open=" + root + "/docs/contract.pdf"));
        assertThat(page.locator("iframe[title='PDF contract.pdf']")).isVisible();
        page.navigate(address + in(newest(), "/media", "&open=" + root + "/media/blob.bin&offset=65536"));
        assertThat(page.locator(".hex")).containsText("00010000");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_history_has_only_the_versions_that_differ() {
        Page page = open("/history?snapshot=" + newest() + "&path=" + source.root() + "/src/tool.py");
        assertThat(page.locator(".version").first()).isVisible();
        int distinct = page.locator(".version").count();
        page.getByLabel("Only distinct versions").uncheck();
        assertThat(page.locator(".version")).hasCount(SNAPSHOTS);
        assertThat(distinct).isLessThan(SNAPSHOTS);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void two_snapshots_are_compared_down_to_the_line() {
        Page page = open("/");
        assertThat(page.locator(".list-snapshots .row").nth(SNAPSHOTS)).isVisible();
        page.getByLabel("Select " + newest().substring(0, 8)).check();
        page.getByLabel("Select " + snapshots.getFirst().substring(0, 8)).check();
        button(page, "Compare").first().click();
        assertThat(row(page, "docs/new-6.txt")).containsText("added");
        assertThat(row(page, "docs/data.json")).containsText("removed");
        page.locator(".total.removed").click();
        assertThat(page).hasURL(Pattern.compile(".*kind=removed.*"));
        assertThat(page.locator(".list-compare .kind.added")).hasCount(0);
        page.locator(".total.removed").click();
        row(page, "docs/letter.txt").getByRole(AriaRole.LINK).first().click();
        assertThat(page.locator(".delta")).containsText("version 6");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Side by side"))
                .click();
        assertThat(page.locator(".delta.side")).containsText("version 6");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void files_are_found_in_all_snapshots() {
        Page page = open("/search");
        page.getByLabel("Name to search for").fill("LETTER");
        page.keyboard().press("Enter");
        assertThat(row(page, "letter.txt")).isVisible();
        assertThat(page.locator("main .facts").first()).containsText("6 matches");
        page.getByLabel("How to match").selectOption("glob");
        page.getByLabel("Name to search for").fill("*.png");
        page.keyboard().press("Enter");
        assertThat(row(page, "sunset.png")).containsText("6 snapshots");
        row(page, "sunset.png").getByRole(AriaRole.LINK).first().click();
        assertThat(page.locator(".stage img")).isVisible();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void what_is_selected_is_downloaded_as_an_archive() throws Exception {
        Page page = open(in(newest(), "/src", ""));
        page.getByLabel("Select Main.java").check();
        page.getByLabel("Select tool.py").check();
        Download download = page.waitForDownload(
                () -> page.locator(".selection").getByText("Download").click());
        assertThat(download.suggestedFilename()).endsWith(".zip");
        Path file = scratch.resolve("downloaded.zip");
        download.saveAs(file);
        try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
            assertThat(zip.stream().map(Object::toString)).containsExactlyInAnyOrder("Main.java", "tool.py");
        }
        Download one =
                page.waitForDownload(() -> page.getByLabel("Download deploy.sh").click());
        assertThat(one.suggestedFilename()).isEqualTo("deploy.sh");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_restore_asks_shows_and_tells() throws Exception {
        Path target = scratch.resolve("restored");
        Files.createDirectories(target.resolve("docs"));
        Files.writeString(target.resolve("docs/letter.txt"), "mine, and newer\n");
        Page page = open("/restore?snapshot=" + newest() + "&path=" + source.root() + "/docs");
        page.getByText("Where to", new Page.GetByTextOptions().setExact(true)).click();
        page.getByLabel("Directory", new Page.GetByLabelOptions().setExact(true))
                .fill(target.toString());
        button(page, "See what would happen").click();
        assertThat(page.locator(".figures")).containsText("New");
        assertThat(page.locator("table")).containsText("letter.txt");
        page.getByText("Replace everything").click();
        assertThat(page).hasURL(Pattern.compile(".*overwrite=always.*"));
        button(page, "Continue").click();
        assertThat(page.getByText("Restore now?")).isVisible();
        assertThat(page.getByText("One path that is there is replaced.")).isVisible();
        page.locator(".button.primary").click();
        assertThat(page.locator(".notice.good")).containsText("done");
        assertThat(target.resolve("docs/letter.txt"))
                .hasSameBinaryContentAs(source.root().resolve("docs/letter.txt"));
        browser.assertReachableForAll(page, "result");
        page.navigate(address + "/restore");
        assertThat(page.locator("table")).containsText("Done");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_check_is_started_from_the_store() {
        Page page = open("/store");
        button(page, "Quick check").click();
        assertThat(page.locator(".notice.good")).containsText("done");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_theme_is_kept() {
        Page page = open("/");
        page.getByLabel("dark").check();
        assertThat(page.evaluate("getComputedStyle(document.documentElement).colorScheme"))
                .isEqualTo("dark");
        page.reload();
        assertThat(page.evaluate("getComputedStyle(document.documentElement).colorScheme"))
                .isEqualTo("dark");
    }

    @Test
    void the_first_load_is_small() {
        Page page = browser.page(1400, 900, ColorScheme.LIGHT);
        page.navigate(address + "/?plakar_token=" + TOKEN);
        assertThat(page.locator(".list-snapshots .row").nth(1)).isVisible();
        Object bytes = page.evaluate(
                "performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0)");
        assertThat(((Number) Objects.requireNonNull(bytes)).longValue()).isLessThan(400_000);
        assertThat(browser.complaints()).isEmpty();
    }
}
