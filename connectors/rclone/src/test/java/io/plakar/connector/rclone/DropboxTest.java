package io.plakar.connector.rclone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.CollectedRecords;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.SourceEntry;
import io.plakar.connector.StoreConnector;
import io.plakar.connector.TokenKeeper;
import io.plakar.testkit.dropbox.DropboxAccount;
import io.plakar.testkit.dropbox.DropboxEmulator;
import io.plakar.testkit.dropbox.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real rclone between us and a Dropbox: what it costs in calls, and what happens when Dropbox refuses. */
@Timeout(300)
class DropboxTest {
    private static final Instant TIME = Instant.parse("2021-03-04T05:06:07Z");

    @TempDir
    private static Path shared;

    private static DropboxEmulator dropbox;

    @TempDir
    private Path temporary;

    private DropboxAccount account;

    @BeforeAll
    static void start() throws Exception {
        RealRclone.require();
        dropbox = new DropboxEmulator(shared).start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (dropbox != null) {
            dropbox.close();
        }
    }

    @BeforeEach
    void makeAccount() {
        account = dropbox.addPersonal("Ada Example", "ada@example.org");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        dropbox.faults().clear();
        try (Stream<Path> files = Files.walk(temporary)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(dropbox.environment());
        for (String variable : List.of("TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")) {
            environment.put(variable, temporary.toString());
        }
        return environment;
    }

    private RcloneProvider provider(TokenKeeper keeper) {
        return new RcloneProvider(Set.of(), keeper, environment());
    }

    private static Map<String, String> options(Map<String, String> remote) {
        Map<String, String> options = new HashMap<>();
        remote.forEach((key, value) -> options.put("rclone_" + key, value));
        return options;
    }

    private Importer importer() throws Exception {
        return provider(changed -> {})
                .importer(new Location("rclone", ""), options(dropbox.rcloneRemote(account)), RealRclone.context());
    }

    private Exporter exporter() throws Exception {
        return provider(changed -> {})
                .exporter(
                        new Location("rclone", ""),
                        options(dropbox.rcloneRemote(account)),
                        ExportOptions.DEFAULT,
                        RealRclone.context());
    }

    private static byte[] content(int number) {
        return ("content of file number " + number).repeat(20 + number % 100).getBytes(StandardCharsets.UTF_8);
    }

    private static String path(int number) {
        return "/folder " + number % 50 + "/file #" + number + (number % 20 == 0 ? " é" : "") + " '\"%" + ".txt";
    }

    private static void inParallel(List<Callable<Void>> work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        }
    }

    private static Map<BytePath, byte[]> readAll(CollectedRecords records) throws Exception {
        Map<BytePath, byte[]> contents = new ConcurrentHashMap<>();
        List<Callable<Void>> work = new ArrayList<>();
        for (SourceEntry entry : records.entries().values()) {
            if (entry.info().isRegular()) {
                work.add(() -> {
                    contents.put(entry.path(), CollectedRecords.content(entry));
                    return null;
                });
            }
        }
        inParallel(work);
        return contents;
    }

    private void fill(int files) throws Exception {
        for (int i = 0; i < files; i++) {
            account.put(path(i), content(i), TIME.plusSeconds(i));
        }
    }

    @Test
    void a_backup_of_a_thousand_files_costs_a_download_each_and_a_listing_per_folder() throws Exception {
        fill(1_000);
        dropbox.calls().reset();
        try (Importer importer = importer()) {
            assertThat(importer.type()).isEqualTo("dropbox");
            assertThat(importer.origin()).isEqualTo("dropbox");
            CollectedRecords records = CollectedRecords.of(importer);
            assertThat(records.failures()).isEmpty();
            Map<BytePath, byte[]> contents = readAll(records);
            assertThat(contents).hasSize(1_000);
            for (int i = 0; i < 1_000; i++) {
                BytePath at = BytePath.clean(path(i));
                assertThat(contents.get(at)).isEqualTo(content(i));
                assertThat(records.get(at).info().modTime()).isEqualTo(TIME.plusSeconds(i));
                assertThat(records.get(at).info().mode()).isEqualTo(0600);
            }
            assertThat(dropbox.calls().downloads()).as("%s", dropbox.calls()).isEqualTo(1_000);
            assertThat(dropbox.calls().others()).as("%s", dropbox.calls()).isLessThanOrEqualTo(60);
        }
    }

    private static ExportEntry entry(String path, int mode, long size, Instant time) {
        BytePath at = BytePath.clean(path);
        FileInfo info = new FileInfo(at.name(), size, mode, time, 1, 2, 0, 0, 1, "", "");
        return new ExportEntry(at, info, new byte[0], List.of());
    }

    private static Void write(Exporter exporter, String path, byte[] content, Instant time) throws Exception {
        exporter.writeFile(entry(path, 0600, content.length, time), target -> target.write(ByteBuffer.wrap(content)));
        return null;
    }

    @Test
    void a_restore_of_a_thousand_files_keeps_their_times_and_costs_about_a_call_each() throws Exception {
        dropbox.calls().reset();
        try (Exporter exporter = exporter()) {
            for (int i = 0; i < 50; i++) {
                exporter.makeDirectory(entry("/folder " + i, GoMode.DIRECTORY | 0700, 0, TIME));
            }
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                work.add(() -> {
                    assertThat(exporter.existing(BytePath.clean(path(number)))).isEmpty();
                    return write(exporter, path(number), content(number), TIME.plusSeconds(number));
                });
            }
            inParallel(work);
        }
        assertThat(dropbox.calls().total()).as("%s", dropbox.calls()).isLessThanOrEqualTo(2_100);
        Map<String, DropboxAccount.FileState> files = account.files();
        assertThat(files).hasSize(1_000);
        for (int i = 0; i < 1_000; i++) {
            DropboxAccount.FileState file = Objects.requireNonNull(files.get(path(i)));
            assertThat(file.clientModified()).isEqualTo(TIME.plusSeconds(i));
            assertThat(file.size()).isEqualTo(content(i).length);
        }
    }

    @Test
    void unknown_extensions_empty_files_and_folders_and_a_large_file_are_read_exactly() throws Exception {
        byte[] large = new byte[9_000_000];
        new Random(5).nextBytes(large);
        Map<String, byte[]> files = new TreeMap<>();
        files.put("/large", large);
        files.put("/large.unknown-ext", large);
        files.put("/no extension", content(1));
        files.put("/.hidden", content(2));
        files.put("/a.unknown-ext", content(3));
        files.put("/empty", new byte[0]);
        files.put("/d/empty.txt", new byte[0]);
        files.put("/d/" + "n".repeat(196) + ".txt", content(4));
        files.put("/d/ünïcödé 🦉 [x] #1 100% ? & ; : '\".txt", content(5));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            account.put(file.getKey(), file.getValue(), TIME);
        }
        account.makeFolder("/empty folder");
        dropbox.calls().reset();
        try (Importer importer = importer()) {
            CollectedRecords records = CollectedRecords.of(importer);
            assertThat(records.failures()).isEmpty();
            Map<BytePath, byte[]> contents = readAll(records);
            assertThat(contents).hasSize(files.size());
            files.forEach((path, content) ->
                    assertThat(contents.get(BytePath.clean(path))).as(path).isEqualTo(content));
            FileInfo folder = records.get(BytePath.clean("/empty folder")).info();
            assertThat(folder.mode()).isEqualTo(GoMode.DIRECTORY | 0700);
            assertThat(folder.modTime()).isEqualTo(RcloneImporter.NO_TIME);
        }
    }

    private static String few(int number) {
        return path(number).replaceFirst("/folder \\d+", "/folder " + number % 4);
    }

    /** A call that was under way when the answer came; the machine may be slow. */
    private static final Duration UNDER_WAY = Duration.ofMillis(500);

    private void refuseEvery(int calls) {
        dropbox.faults().every(calls, new Fault.TooManyRequests(Duration.ofSeconds(1)));
    }

    private static void assertNobodyCalledWhileToldToWait(long injectedBefore, int refusals) {
        assertThat(dropbox.faults().injected() - injectedBefore).isGreaterThanOrEqualTo(refusals);
        assertThat(dropbox.faults().earlyCalls(UNDER_WAY)).isEmpty();
    }

    @Test
    void a_backup_waits_when_one_call_of_ten_is_refused_and_nobody_calls_meanwhile() throws Exception {
        for (int i = 0; i < 40; i++) {
            account.put(few(i), content(i), TIME.plusSeconds(i));
        }
        long before = dropbox.faults().injected();
        refuseEvery(10);
        try (Importer importer = importer()) {
            CollectedRecords records = CollectedRecords.of(importer);
            assertThat(records.failures()).isEmpty();
            Map<BytePath, byte[]> contents = readAll(records);
            for (int i = 0; i < 40; i++) {
                assertThat(contents.get(BytePath.clean(few(i)))).isEqualTo(content(i));
            }
        }
        assertNobodyCalledWhileToldToWait(before, 4);
    }

    @Test
    void a_restore_waits_when_one_call_of_ten_is_refused_and_nobody_calls_meanwhile() throws Exception {
        long before = dropbox.faults().injected();
        refuseEvery(10);
        try (Exporter exporter = exporter()) {
            for (int i = 0; i < 4; i++) {
                exporter.makeDirectory(entry("/folder " + i, GoMode.DIRECTORY | 0700, 0, TIME));
            }
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int number = i;
                work.add(() -> write(exporter, few(number), content(number), TIME.plusSeconds(number)));
            }
            inParallel(work);
        }
        Map<String, DropboxAccount.FileState> files = account.files();
        assertThat(files).hasSize(40);
        for (int i = 0; i < 40; i++) {
            DropboxAccount.FileState file = Objects.requireNonNull(files.get(few(i)));
            assertThat(file.clientModified()).isEqualTo(TIME.plusSeconds(i));
            assertThat(file.size()).isEqualTo(content(i).length);
        }
        assertNobodyCalledWhileToldToWait(before, 4);
    }

    @Test
    void a_store_waits_when_one_call_of_ten_is_refused_and_nobody_calls_meanwhile() throws Exception {
        long before = dropbox.faults().injected();
        refuseEvery(10);
        byte[] packfile = new byte[300_000];
        new Random(8).nextBytes(packfile);
        Set<Mac> left = ConcurrentHashMap.newKeySet();
        try (StoreConnector store = provider(changed -> {})
                .store(new Location("rclone", ""), options(dropbox.rcloneRemote(account)), RealRclone.context())) {
            store.create(new byte[300]);
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Mac name = Mac.of(i, 2, 3, 4);
                boolean removed = i % 4 == 0;
                work.add(() -> {
                    try (ObjectWriter writer = store.put(Resource.PACKFILE)) {
                        writer.write(ByteBuffer.wrap(packfile));
                        writer.commit(name);
                    }
                    ByteBuffer range = ByteBuffer.allocate(1_000);
                    store.read(name, 200_000, range);
                    assertThat(range.array()).isEqualTo(Arrays.copyOfRange(packfile, 200_000, 201_000));
                    left.add(name);
                    if (removed) {
                        store.delete(Resource.PACKFILE, name);
                        left.remove(name);
                    }
                    return null;
                });
            }
            inParallel(work);
            Set<Mac> listed = ConcurrentHashMap.newKeySet();
            store.list(Resource.PACKFILE, listed::add);
            assertThat(listed).isEqualTo(left).hasSize(6);
            assertThat(store.open()).hasSize(300);
        }
        assertNobodyCalledWhileToldToWait(before, 3);
    }

    @Test
    void long_files_are_streamed_whole_although_every_third_call_is_refused() throws Exception {
        long before = dropbox.faults().injected();
        byte[] large = new byte[60_000_000];
        new Random(7).nextBytes(large);
        refuseEvery(3);
        try (Exporter exporter = exporter()) {
            write(exporter, "/large.bin", large, TIME);
            write(exporter, "/less.bin", Arrays.copyOf(large, 10_000_000), TIME);
        }
        assertThat(Objects.requireNonNull(account.files().get("/large.bin")).size())
                .isEqualTo(large.length);
        assertThat(Objects.requireNonNull(account.files().get("/less.bin")).size())
                .isEqualTo(10_000_000);
        assertNobodyCalledWhileToldToWait(before, 3);
    }

    @Test
    void errors_of_the_service_and_broken_connections_are_tried_again() throws Exception {
        for (int i = 0; i < 20; i++) {
            account.put(few(i), content(i), TIME.plusSeconds(i));
        }
        dropbox.faults().every(5, new Fault.ServerError(503));
        dropbox.faults().every(7, new Fault.DroppedConnection());
        dropbox.faults().every(9, new Fault.WriteContention());
        try (Importer importer = importer();
                Exporter exporter = exporter()) {
            CollectedRecords records = CollectedRecords.of(importer);
            assertThat(records.failures()).isEmpty();
            Map<BytePath, byte[]> contents = readAll(records);
            for (int i = 0; i < 20; i++) {
                assertThat(contents.get(BytePath.clean(few(i)))).isEqualTo(content(i));
                write(exporter, "/copies" + few(i), content(i), TIME);
            }
        }
        assertThat(account.files()).hasSize(40);
    }

    @Test
    void breaks_in_the_middle_of_a_download_are_not_seen() throws Exception {
        fill(50);
        dropbox.faults().every(7, new Fault.TruncatedBody());
        try (Importer importer = importer()) {
            CollectedRecords records = CollectedRecords.of(importer);
            Map<BytePath, byte[]> contents = readAll(records);
            for (int i = 0; i < 50; i++) {
                assertThat(contents.get(BytePath.clean(path(i)))).isEqualTo(content(i));
            }
        }
    }

    @Test
    void an_expired_token_is_renewed_and_handed_over() throws Exception {
        fill(1);
        Map<String, String> options = options(dropbox.rcloneRemote(account, Instant.parse("2020-01-01T00:00:00Z")));
        Map<String, String> kept = new ConcurrentHashMap<>();
        try (StoreConnector store =
                provider(kept::putAll).store(new Location("rclone", ""), options, RealRclone.context())) {
            store.ping();
        }
        assertThat(kept).containsOnlyKeys("rclone_token");
        kept.clear();
        try (Importer source =
                provider(kept::putAll).importer(new Location("rclone", ""), options, RealRclone.context())) {
            source.ping();
        }
        assertThat(kept).containsOnlyKeys("rclone_token");
        assertThat(kept.get("rclone_token"))
                .contains("access_token", account.refreshToken())
                .isNotEqualTo(options.get("rclone_token"));
    }

    @Test
    void a_token_that_ends_before_its_time_is_replaced_and_handed_over() throws Exception {
        for (int i = 0; i < 20; i++) {
            account.put(few(i), content(i), TIME);
        }
        Map<String, String> kept = new ConcurrentHashMap<>();
        Map<String, String> options = options(dropbox.rcloneRemote(account));
        RcloneProvider provider = provider(kept::putAll);
        dropbox.expireAccessTokens();
        try (Importer importer = provider.importer(new Location("rclone", ""), options, RealRclone.context())) {
            CollectedRecords records = CollectedRecords.of(importer);
            assertThat(records.failures()).isEmpty();
            dropbox.expireAccessTokens();
            assertThat(readAll(records)).hasSize(20);
        }
        assertThat(kept).containsOnlyKeys("rclone_token");
        assertThat(kept.get("rclone_token")).contains(account.refreshToken()).isNotEqualTo(options.get("rclone_token"));
        try (Exporter exporter = provider.exporter(
                new Location("rclone", ""), kept(options, kept), ExportOptions.DEFAULT, RealRclone.context())) {
            write(exporter, "/a.txt", content(1), TIME);
            dropbox.expireAccessTokens();
            write(exporter, "/b.txt", content(2), TIME);
            byte[] large = new byte[6_000_000];
            dropbox.expireAccessTokens();
            write(exporter, "/c.bin", large, TIME);
        }
        assertThat(account.files()).containsKeys("/a.txt", "/b.txt", "/c.bin");
    }

    private static Map<String, String> kept(Map<String, String> options, Map<String, String> kept) {
        Map<String, String> all = new HashMap<>(options);
        all.putAll(kept);
        return all;
    }

    @Test
    void a_remote_whose_permission_was_taken_away_ends_the_run_at_once() throws Exception {
        fill(5);
        try (Importer importer = importer()) {
            CollectedRecords records = CollectedRecords.of(importer);
            dropbox.revokeTokens(account);
            for (SourceEntry entry : records.entries().values()) {
                if (entry.info().isRegular()) {
                    assertThatThrownBy(() -> CollectedRecords.content(entry))
                            .isInstanceOfSatisfying(
                                    ConnectorException.class,
                                    e -> assertThat(e.reason()).isEqualTo(Reason.LOCKED_OUT))
                            .hasMessageContaining("rclone config reconnect");
                }
            }
        }
    }

    @Test
    void a_token_that_cannot_be_renewed_is_said_in_one_line_without_secrets() throws Exception {
        Map<String, String> options = options(dropbox.rcloneRemote(account, Instant.parse("2020-01-01T00:00:00Z")));
        options.computeIfPresent("rclone_token", (key, token) -> token.replace("refresh-", "revoked-"));
        assertThatThrownBy(() -> {
                    try (Importer importer = provider(changed -> {})
                            .importer(new Location("rclone", ""), options, RealRclone.context())) {
                        importer.run(new CollectedRecords());
                    }
                })
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LOCKED_OUT))
                .hasMessageContaining("rclone config reconnect")
                .hasMessageNotContaining("revoked-")
                .hasMessageNotContaining("\n");
    }

    @Test
    void a_full_dropbox_is_said_to_be_full() throws Exception {
        account.quotaBytes(10);
        try (Exporter exporter = exporter()) {
            assertThatThrownBy(() -> write(exporter, "/f.txt", content(1), TIME))
                    .isInstanceOfSatisfying(
                            ConnectorException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE));
        }
    }

    @Test
    void names_that_differ_in_case_only_are_refused() throws Exception {
        try (Exporter exporter = exporter()) {
            write(exporter, "/d/File.txt", content(1), TIME);
            assertThatThrownBy(() -> write(exporter, "/d/file.TXT", content(2), TIME))
                    .isInstanceOfSatisfying(
                            ConnectorException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.EXISTS))
                    .hasMessageContaining("differs only in case from File.txt");
        }
        assertThat(account.files()).containsOnlyKeys("/d/File.txt");
    }

    @Test
    void a_store_shares_the_root_with_other_files_and_fetches_only_what_is_asked_for() throws Exception {
        account.put("/docs/a.txt", content(1), TIME);
        try (StoreConnector store = provider(changed -> {})
                .store(new Location("rclone", ""), options(dropbox.rcloneRemote(account)), RealRclone.context())) {
            store.create(new byte[300]);
            byte[] packfile = new byte[5_000_000];
            new Random(6).nextBytes(packfile);
            Mac name = Mac.of(1, 2, 3, 4);
            dropbox.calls().reset();
            try (ObjectWriter writer = store.put(Resource.PACKFILE)) {
                writer.write(ByteBuffer.wrap(packfile));
                writer.commit(name);
            }
            assertThat(dropbox.calls().total()).as("%s", dropbox.calls()).isEqualTo(1);
            assertThat(account.files()).containsKeys("/CONFIG", "/packfiles/" + name.toHex(), "/docs/a.txt");
            ByteBuffer range = ByteBuffer.allocate(1_000);
            store.read(name, 4_000_000, range);
            assertThat(range.array()).isEqualTo(Arrays.copyOfRange(packfile, 4_000_000, 4_001_000));
            assertThat(dropbox.calls().bytesDownloaded()).isEqualTo(1_000);
            assertThat(store.foreignFiles(10)).isEmpty();
            assertThatThrownBy(store::checkCreatable).hasMessageContaining("already exists");
        }
    }
}
