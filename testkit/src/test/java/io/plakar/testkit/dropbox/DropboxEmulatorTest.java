package io.plakar.testkit.dropbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.testkit.dropbox.Client.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** One emulator for all tests, a new account for each. */
class DropboxEmulatorTest {
    private static final Instant TIME = Instant.parse("2021-03-04T05:06:07Z");
    private static DropboxEmulator dropbox;

    private DropboxAccount ada;
    private Client client;

    @BeforeAll
    static void start() throws IOException {
        dropbox = new DropboxEmulator().start();
    }

    @AfterAll
    static void stop() throws IOException {
        dropbox.close();
    }

    @BeforeEach
    void account() throws Exception {
        ada = dropbox.addPersonal("Ada Example", "ada@example.org");
        client = new Client(dropbox, ada.accessToken());
    }

    @AfterEach
    void nothingGoesWrongAnyMore() {
        dropbox.faults().clear();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private JsonNode upload(String path, String content, String more) throws Exception {
        Answer answer = client.content("files/upload", "{\"path\":\"" + path + "\"" + more + "}", bytes(content));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private String refusedUpload(String path, String content, String more) throws Exception {
        Answer answer = client.content("files/upload", "{\"path\":\"" + path + "\"" + more + "}", bytes(content));
        assertThat(answer.status()).as(answer.text()).isEqualTo(409);
        return answer.summary();
    }

    private static List<String> entries(JsonNode listing) {
        List<String> found = new ArrayList<>();
        for (JsonNode entry : listing.path("entries")) {
            found.add(entry.path(".tag").asString("") + " "
                    + entry.path("path_display").asString(""));
        }
        return found;
    }

    // Accounts and tokens

    @Test
    void anAccountTellsWhoItIsAndHowMuchItHolds() throws Exception {
        ada.quotaBytes(1_000);
        ada.put("/a", new byte[10], TIME);
        JsonNode account = client.ok("users/get_current_account", "");
        assertThat(account.at("/account_id").asString("")).isEqualTo(ada.id());
        assertThat(account.at("/name/display_name").asString("")).isEqualTo("Ada Example");
        assertThat(account.at("/root_info/root_namespace_id").asString(""))
                .isEqualTo(account.at("/root_info/home_namespace_id").asString(""));
        JsonNode space = client.ok("users/get_space_usage", "null");
        assertThat(space.at("/used").asLong(0)).isEqualTo(10);
        assertThat(space.at("/allocation/allocated").asLong(0)).isEqualTo(1_000);
        assertThat(client.ok("check/user", "{\"query\":\"foo\"}").at("/result").asString(""))
                .isEqualTo("foo");
    }

    private Answer token(String form) throws Exception {
        return client.send(
                "api.dropboxapi.com",
                "/oauth2/token",
                BodyPublishers.ofString(form),
                Map.of("Content-Type", "application/x-www-form-urlencoded"));
    }

    @Test
    void anExpiredTokenIsRefusedUntilItIsRefreshed() throws Exception {
        dropbox.expireAccessTokens();
        Answer expired = client.rpc("users/get_current_account", "");
        assertThat(expired.status()).isEqualTo(401);
        assertThat(expired.summary()).isEqualTo("expired_access_token");

        Map<String, String> remote = dropbox.rcloneRemote(ada);
        String form = "grant_type=refresh_token&client_id=" + remote.get("client_id") + "&refresh_token=";
        Answer fresh = token(form + ada.refreshToken() + "&client_secret=" + remote.get("client_secret"));
        assertThat(fresh.status()).isEqualTo(200);
        assertThat(fresh.json().path("expires_in").asLong(0)).isEqualTo(14_400);
        client.token(fresh.json().path("access_token").asString(""));
        client.ok("users/get_current_account", "");

        assertThat(token(form + "nonsense").json().path("error").asString("")).isEqualTo("invalid_grant");
        assertThat(token(form + ada.refreshToken() + "&client_secret=wrong")
                        .json()
                        .path("error")
                        .asString(""))
                .isEqualTo("invalid_client");
        client.token("nonsense");
        assertThat(client.rpc("users/get_current_account", "").summary()).isEqualTo("invalid_access_token");
    }

    @Test
    void aCodeIsExchangedForTokensByWhoAskedForIt() throws Exception {
        String id = dropbox.rcloneRemote(ada).get("client_id");
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes("verifier"));
        String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
        Answer page =
                client.get("https://www.dropbox.com/oauth2/authorize?response_type=code&state=s%20t&client_id=" + id
                        + "&code_challenge_method=S256&code_challenge=" + challenge
                        + "&redirect_uri=http%3A%2F%2Flocalhost%3A1%2F");
        assertThat(page.status()).isEqualTo(302);
        assertThat(page.header("Location"))
                .startsWith("http://localhost:1/?code=")
                .endsWith("&state=s+t");
        String code = page.header("Location").replaceFirst(".*code=([^&]*)&.*", "$1");
        String form = "grant_type=authorization_code&client_id=" + id + "&code=" + code + "&code_verifier=";
        assertThat(token(form + "verifier").json().path("refresh_token").asString(""))
                .startsWith("refresh-");
        assertThat(token(form + "verifier").status()).as("a code is good once").isEqualTo(400);
    }

    @Test
    void aTeamMemberStartsAtHomeAndReachesTheTeamsSpace() throws Exception {
        DropboxAccount bob = dropbox.addBusiness("Bob Member", "bob@example.org", "Team of Bob");
        DropboxAccount eve = dropbox.addBusiness("Eve Member", "eve@example.org", "Team of Bob");
        client = new Client(dropbox, bob.accessToken());
        bob.put("/mine.txt", bytes("mine"), TIME);
        eve.put("/hers.txt", bytes("hers"), TIME);
        JsonNode root = client.ok("users/get_current_account", "").path("root_info");
        assertThat(root.path("home_path").asString("")).isEqualTo("/Bob Member");
        String list = "{\"path\":\"\",\"recursive\":true}";

        assertThat(entries(client.ok("files/list_folder", list))).containsExactly("file /mine.txt");
        client.headers.put("Dropbox-API-Path-Root", "{\".tag\":\"root\",\"root\":\"" + bob.rootNamespace() + "\"}");
        assertThat(entries(client.ok("files/list_folder", list)))
                .contains("folder /Bob Member", "file /Bob Member/mine.txt", "file /Eve Member/hers.txt");
        client.headers.put(
                "Dropbox-API-Path-Root",
                "{\".tag\":\"namespace_id\",\"namespace_id\":\"" + bob.homeNamespace() + "\"}");
        assertThat(entries(client.ok("files/list_folder", list))).containsExactly("file /mine.txt");
        client.headers.put("Dropbox-API-Path-Root", "{\".tag\":\"root\",\"root\":\"1\"}");
        Answer wrong = client.rpc("files/list_folder", list);
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.json().at("/error/invalid_root/root_namespace_id").asString(""))
                .isEqualTo(bob.rootNamespace());
        client.headers.remove("Dropbox-API-Path-Root");
        client.headers.put("Dropbox-API-Select-User", eve.memberId());
        assertThat(entries(client.ok("files/list_folder", list))).containsExactly("file /hers.txt");
        client.headers.put("Dropbox-API-Select-User", ada.memberId());
        assertThat(client.rpc("files/list_folder", list).summary()).isEqualTo("invalid_select_user");
    }

    // Contents

    @Test
    void whatWasUploadedIsDownloadedWholeAndInRanges() throws Exception {
        JsonNode file = upload("/Docs/é😀.txt", "0123456789", ",\"client_modified\":\"2021-03-04T05:06:07Z\"");
        assertThat(file.path("size").asLong(0)).isEqualTo(10);
        assertThat(file.path("client_modified").asString("")).isEqualTo("2021-03-04T05:06:07Z");
        assertThat(file.path("content_hash").asString("")).isEqualTo(ContentHash.of(bytes("0123456789")));
        assertThat(file.path("path_lower").asString("")).isEqualTo("/docs/é😀.txt");
        assertThat(file.path("rev").asString("")).matches("[0-9a-f]{9,}");

        Answer whole = client.download("/docs/É😀.TXT", "");
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.text()).isEqualTo("0123456789");
        assertThat(Json.parse(whole.header("Dropbox-API-Result"))).isEqualTo(file);
        Answer part = client.download(file.path("id").asString(""), "bytes=2-4");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.text()).isEqualTo("234");
        assertThat(part.header("Content-Range")).isEqualTo("bytes 2-4/10");
        assertThat(client.download("rev:" + file.path("rev").asString(""), "bytes=7-")
                        .text())
                .isEqualTo("789");
        assertThat(client.download("/docs/é😀.txt", "bytes=-2").text()).isEqualTo("89");
        assertThat(client.download("/docs/é😀.txt", "bytes=8-99").text()).isEqualTo("89");
        assertThat(client.download("/docs/é😀.txt", "bytes=10-").status()).isEqualTo(416);
        assertThat(client.download("/docs", "").summary()).isEqualTo("path/not_file");
        assertThat(client.download("/none", "").summary()).isEqualTo("path/not_found");
        String link = client.ok("files/get_temporary_link", "{\"path\":\"/docs/é😀.txt\"}")
                .path("link")
                .asString("");
        assertThat(client.get(link).text()).isEqualTo("0123456789");
    }

    @Test
    void anEmptyFileIsAFile() throws Exception {
        upload("/empty", "", "");
        Answer answer = client.download("/empty", "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEmpty();
        assertThat(ada.files()).containsOnlyKeys("/empty");
    }

    @Test
    void aFileThatIsThereDecidesWhatAnUploadDoes() throws Exception {
        JsonNode first = upload("/a.txt", "one", "");
        assertThat(upload("/a.txt", "one", ""))
                .as("the same bytes are no conflict")
                .isEqualTo(first);
        assertThat(refusedUpload("/a.txt", "one", ",\"strict_conflict\":true")).isEqualTo("path/conflict/file");
        assertThat(refusedUpload("/a.txt", "two", "")).isEqualTo("path/conflict/file");
        assertThat(upload("/a.txt", "two", ",\"autorename\":true").path("name").asString(""))
                .isEqualTo("a (1).txt");
        JsonNode second = upload("/A.TXT", "three", ",\"mode\":\"overwrite\"");
        assertThat(second.path("id")).isEqualTo(first.path("id"));
        assertThat(second.path("path_display").asString(""))
                .as("the old case stays")
                .isEqualTo("/a.txt");
        assertThat(upload("/a.txt", "three", ",\"mode\":\"overwrite\",\"client_modified\":\"2001-01-01T00:00:00Z\""))
                .as("the same bytes keep their time")
                .isEqualTo(second);
        String update = ",\"mode\":{\".tag\":\"update\",\"update\":\"%s\"}";
        assertThat(refusedUpload(
                        "/a.txt", "four", update.formatted(first.path("rev").asString(""))))
                .isEqualTo("path/conflict/file");
        upload("/a.txt", "four", update.formatted(second.path("rev").asString("")));
        assertThat(client.download("/a.txt", "").text()).isEqualTo("four");
        assertThat(refusedUpload("/a.txt/below", "x", "")).isEqualTo("path/conflict/file_ancestor");
        ada.makeFolder("/folder");
        assertThat(refusedUpload("/folder", "x", ",\"mode\":\"overwrite\"")).isEqualTo("path/conflict/folder");
    }

    @Test
    void aHashThatDoesNotFitRefusesTheUpload() throws Exception {
        assertThat(client.content("files/upload", "{\"path\":\"/a\",\"content_hash\":\"00\"}", bytes("a"))
                        .summary())
                .isEqualTo("content_hash_mismatch");
        assertThat(ada.files()).isEmpty();
    }

    @Test
    void noSpaceIsAnErrorThatLeavesNothing() throws Exception {
        ada.quotaBytes(5);
        assertThat(refusedUpload("/below/a", "123456", "")).isEqualTo("path/insufficient_space");
        assertThat(ada.folders()).isEmpty();
        upload("/a", "12345", "");
        assertThat(client.rpc("files/copy_v2", "{\"from_path\":\"/a\",\"to_path\":\"/b\"}")
                        .summary())
                .isEqualTo("insufficient_quota");
        ada.delete("/a");
        assertThat(ada.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/desktop.ini", "/a/Thumbs.db", "/.dropbox"})
    void someNamesAreNotAllowed(String path) throws Exception {
        assertThat(refusedUpload(path, "x", "")).isEqualTo("path/disallowed_name");
    }

    @Test
    void malformedPathsAreRefused() throws Exception {
        assertThat(refusedUpload("/" + "x".repeat(256), "x", "")).isEqualTo("path/malformed_path");
        assertThat(refusedUpload("/a\\\\b", "x", "")).isEqualTo("path/malformed_path");
        upload("/" + "x".repeat(255), "x", "");
        Answer answer = client.rpc("files/list_folder", "{\"path\":\"/\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).startsWith("Error in call to API function \"files/list_folder\"");
        assertThat(client.rpc("files/list_folder", "{\"path\":\"docs\"}").status())
                .isEqualTo(400);
        assertThat(client.rpc("files/list_folder", "{").status()).isEqualTo(400);
        assertThat(client.rpc("files/get_metadata", "{\"path\":\"\"}").status()).isEqualTo(400);
        assertThat(client.rpc("files/nonsense", "{}").status()).isEqualTo(404);
    }

    @Test
    void namesAreTheSameInOtherCaseAndNormalisation() throws Exception {
        upload("/Cafe\u0301/A", "x", "");
        assertThat(ada.folders()).containsOnlyKeys("/Caf\u00e9");
        JsonNode metadata = client.ok("files/get_metadata", "{\"path\":\"//CAF\u00c9//a\"}");
        assertThat(metadata.path("path_display").asString("")).isEqualTo("/Caf\u00e9/A");
    }

    // Sessions

    private String session(String argument) throws Exception {
        return client.content("files/upload_session/start", argument, new byte[0])
                .json()
                .path("session_id")
                .asString("");
    }

    private Answer append(String session, long offset, String content, boolean close) throws Exception {
        String argument = "{\"cursor\":{\"session_id\":\"%s\",\"offset\":%d},\"close\":%b}";
        return client.content(
                "files/upload_session/append_v2", argument.formatted(session, offset, close), bytes(content));
    }

    @Test
    void aSessionTakesPiecesInOrder() throws Exception {
        String session = session("{}");
        assertThat(append(session, 0, "hello ", false).text()).isEqualTo("null");
        Answer wrong = append(session, 3, "x", false);
        assertThat(wrong.summary()).isEqualTo("incorrect_offset");
        assertThat(wrong.json().at("/error/correct_offset").asLong(0)).isEqualTo(6);
        String finish = "{\"cursor\":{\"session_id\":\"%s\",\"offset\":%d},\"commit\":{\"path\":\"/s\"}}";
        Answer early = client.content("files/upload_session/finish", finish.formatted(session, 1), bytes("x"));
        assertThat(early.summary()).isEqualTo("lookup_failed/incorrect_offset");
        assertThat(early.json().at("/error/lookup_failed/correct_offset").asLong(0))
                .isEqualTo(6);
        Answer done = client.content("files/upload_session/finish", finish.formatted(session, 6), bytes("world"));
        assertThat(done.json().path("size").asLong(0)).isEqualTo(11);
        assertThat(client.download("/s", "").text()).isEqualTo("hello world");
        assertThat(append(session, 11, "x", false).summary()).isEqualTo("not_found");
    }

    @Test
    void aConcurrentSessionTakesPiecesInAnyOrder() throws Exception {
        int piece = 4 << 20;
        String session = session("{\"session_type\":\"concurrent\"}");
        assertThat(append(session, piece, "y".repeat(5), true).status()).isEqualTo(200);
        assertThat(append(session, 5, "x", false).summary()).isEqualTo("concurrent_session_invalid_offset");
        assertThat(append(session, 0, "x".repeat(piece), false).status()).isEqualTo(200);
        JsonNode done = client.ok(
                "files/upload_session/finish_batch_v2",
                "{\"entries\":[{\"cursor\":{\"session_id\":\"%s\",\"offset\":%d},\"commit\":{\"path\":\"/c\"}}]}"
                        .formatted(session, piece + 5));
        assertThat(done.at("/entries/0/content_hash").asString(""))
                .isEqualTo(ContentHash.of(bytes("x".repeat(piece) + "y".repeat(5))));
    }

    @Test
    void aBatchTellsOfEachEntry() throws Exception {
        upload("/taken", "taken", "");
        String open = session("{}");
        String good = session("{}");
        String conflicting = session("{}");
        append(good, 0, "good", true);
        append(conflicting, 0, "other", true);
        String entry = "{\"cursor\":{\"session_id\":\"%s\",\"offset\":%d},\"commit\":{\"path\":\"%s\"}}";
        String entries = "{\"entries\":[" + entry.formatted(good, 4, "/good") + ","
                + entry.formatted(conflicting, 5, "/taken") + "," + entry.formatted(open, 0, "/open") + "]}";

        dropbox.faults().next(new Fault.WriteContention(), route -> true);
        JsonNode contended = client.ok("files/upload_session/finish_batch_v2", entries);
        assertThat(contended.at("/entries/0/failure/path/.tag").asString("")).isEqualTo("too_many_write_operations");

        JsonNode done = client.ok("files/upload_session/finish_batch_v2", entries);
        assertThat(done.at("/entries/0/.tag").asString("")).isEqualTo("success");
        assertThat(done.at("/entries/1/failure/path/conflict/.tag").asString(""))
                .isEqualTo("file");
        assertThat(done.at("/entries/2/failure/lookup_failed/.tag").asString(""))
                .isEqualTo("not_closed");
        JsonNode old = client.ok("files/upload_session/finish_batch", entries);
        JsonNode checked = client.ok(
                "files/upload_session/finish_batch/check",
                "{\"async_job_id\":\"" + old.path("async_job_id").asString("") + "\"}");
        assertThat(checked.at("/entries/0/failure/lookup_failed/.tag").asString(""))
                .isEqualTo("not_found");
    }

    // Folders

    @Test
    void foldersAreMadeMovedCopiedAndDeleted() throws Exception {
        client.ok("files/create_folder_v2", "{\"path\":\"/a/b\"}");
        assertThat(client.rpc("files/create_folder_v2", "{\"path\":\"/A/B\"}").summary())
                .isEqualTo("path/conflict/folder");
        upload("/a/b/f", "x", "");
        JsonNode before = client.ok("files/get_metadata", "{\"path\":\"/a/b/f\"}");
        client.ok("files/move_v2", "{\"from_path\":\"/a/b\",\"to_path\":\"/z\"}");
        JsonNode moved = client.ok("files/get_metadata", "{\"path\":\"/z/f\"}");
        assertThat(moved.path("id")).as("moving keeps the id").isEqualTo(before.path("id"));
        client.ok("files/copy_v2", "{\"from_path\":\"/z\",\"to_path\":\"/y/z\"}");
        assertThat(ada.files()).containsOnlyKeys("/z/f", "/y/z/f");
        assertThat(client.rpc("files/copy_v2", "{\"from_path\":\"/z\",\"to_path\":\"/y\"}")
                        .summary())
                .isEqualTo("to/conflict/folder");
        assertThat(client.rpc("files/move_v2", "{\"from_path\":\"/z\",\"to_path\":\"/z/in\"}")
                        .summary())
                .isEqualTo("cant_move_folder_into_itself");
        assertThat(client.rpc("files/move_v2", "{\"from_path\":\"/none\",\"to_path\":\"/n\"}")
                        .summary())
                .isEqualTo("from_lookup/not_found");
        assertThat(client.ok("files/delete_v2", "{\"path\":\"/y\"}")
                        .at("/metadata/.tag")
                        .asString(""))
                .isEqualTo("folder");
        assertThat(client.rpc("files/delete_v2", "{\"path\":\"/y\"}").summary()).isEqualTo("path_lookup/not_found");
        JsonNode job = client.ok("files/delete_batch", "{\"entries\":[{\"path\":\"/z\"},{\"path\":\"/none\"}]}");
        JsonNode result = client.ok(
                "files/delete_batch/check",
                "{\"async_job_id\":\"" + job.path("async_job_id").asString("") + "\"}");
        assertThat(result.at("/entries/0/.tag").asString("")).isEqualTo("success");
        assertThat(result.at("/entries/1/failure/path_lookup/.tag").asString(""))
                .isEqualTo("not_found");
        assertThat(ada.usedBytes()).isZero();
        client.ok("files/create_folder_batch", "{\"paths\":[\"/p\",\"/q\"]}");
        assertThat(ada.folders()).containsOnlyKeys("/a", "/p", "/q");
    }

    @Test
    void aListingComesInPagesAndGoesOnWithTheChanges() throws Exception {
        for (int i = 0; i < 7; i++) {
            ada.put("/d/" + i, bytes("x"), TIME);
        }
        ada.put("/d/sub/deep", bytes("x"), TIME);
        List<String> told = new ArrayList<>();
        JsonNode page = client.ok("files/list_folder", "{\"path\":\"/d\",\"recursive\":true,\"limit\":4}");
        told.addAll(entries(page));
        while (page.path("has_more").asBoolean(false)) {
            assertThat(page.path("entries").size()).isEqualTo(4);
            String cursor = page.path("cursor").asString("");
            page = client.ok("files/list_folder/continue", "{\"cursor\":\"" + cursor + "\"}");
            told.addAll(entries(page));
        }
        assertThat(told)
                .containsExactly(
                        "folder /d",
                        "file /d/0",
                        "file /d/1",
                        "file /d/2",
                        "file /d/3",
                        "file /d/4",
                        "file /d/5",
                        "file /d/6",
                        "folder /d/sub",
                        "file /d/sub/deep");

        String end = "{\"cursor\":\"" + page.path("cursor").asString("") + "\"}";
        assertThat(entries(client.ok("files/list_folder/continue", end))).isEmpty();
        ada.delete("/d/0");
        ada.put("/elsewhere", bytes("x"), TIME);
        ada.delete("/d/sub");
        ada.makeFolder("/d/sub");
        client.ok("files/move_v2", "{\"from_path\":\"/d/1\",\"to_path\":\"/d/one\"}");
        JsonNode changes = client.ok("files/list_folder/continue", end);
        assertThat(entries(changes))
                .containsExactly("deleted /d/0", "deleted /d/sub/deep", "folder /d/sub", "deleted /d/1");
        assertThat(changes.path("has_more").asBoolean(false)).isTrue();
        String rest = "{\"cursor\":\"" + changes.path("cursor").asString("") + "\"}";
        assertThat(entries(client.ok("files/list_folder/continue", rest))).containsExactly("file /d/one");
        assertThat(client.ok("files/list_folder/continue", end))
                .as("a cursor can be used again")
                .isEqualTo(changes);
        dropbox.resetCursors();
        assertThat(client.rpc("files/list_folder/continue", end).summary()).isEqualTo("reset");
        assertThat(client.rpc("files/list_folder/continue", "{\"cursor\":\"AAnonsense\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aFlatListingHasOneLevel() throws Exception {
        ada.put("/d/a", bytes("x"), TIME);
        ada.put("/d/sub/deep", bytes("x"), TIME);
        JsonNode page = client.ok("files/list_folder", "{\"path\":\"/D\"}");
        assertThat(entries(page)).containsExactly("file /d/a", "folder /d/sub");
        ada.put("/d/sub/deeper", bytes("x"), TIME);
        ada.put("/d/b", bytes("x"), TIME);
        String end = "{\"cursor\":\"" + page.path("cursor").asString("") + "\"}";
        assertThat(entries(client.ok("files/list_folder/continue", end))).containsExactly("file /d/b");
        ada.delete("/d/a");
        assertThat(entries(client.ok("files/list_folder", "{\"path\":\"/d\",\"include_deleted\":true}")))
                .containsExactly("file /d/b", "folder /d/sub", "deleted /d/a");
        assertThat(client.rpc("files/list_folder", "{\"path\":\"/d/b\"}").summary())
                .isEqualTo("path/not_folder");
        assertThat(client.rpc("files/list_folder", "{\"path\":\"/none\"}").summary())
                .isEqualTo("path/not_found");
    }

    @Test
    void aLongPollEndsWithTheChange() throws Exception {
        String cursor = client.ok("files/list_folder/get_latest_cursor", "{\"path\":\"\",\"recursive\":true}")
                .path("cursor")
                .asString("");
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return client.send(
                        "notify.dropboxapi.com",
                        "/2/files/list_folder/longpoll",
                        BodyPublishers.ofString("{\"cursor\":\"" + cursor + "\",\"timeout\":30}"),
                        Map.of("Content-Type", "application/json"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        ada.put("/new", bytes("x"), TIME);
        assertThat(answer.join().json().path("changes").asBoolean(false)).isTrue();
    }

    @Test
    void oldRevisionsAreListedReadAndRestored() throws Exception {
        String first = upload("/r", "one", "").path("rev").asString("");
        upload("/r", "two", ",\"mode\":\"overwrite\"");
        client.ok("files/delete_v2", "{\"path\":\"/r\"}");
        JsonNode list = client.ok("files/list_revisions", "{\"path\":\"/r\"}");
        assertThat(list.path("is_deleted").asBoolean(false)).isTrue();
        assertThat(list.path("entries").size()).isEqualTo(2);
        assertThat(list.at("/entries/1/rev").asString("")).isEqualTo(first);
        assertThat(client.download("rev:" + first, "").text()).isEqualTo("one");
        client.ok("files/restore", "{\"path\":\"/r\",\"rev\":\"" + first + "\"}");
        assertThat(client.download("/r", "").text()).isEqualTo("one");
        assertThat(client.rpc("files/restore", "{\"path\":\"/r\",\"rev\":\"000000000\"}")
                        .summary())
                .isEqualTo("invalid_revision");
        assertThat(client.rpc("files/list_revisions", "{\"path\":\"/none\"}").summary())
                .isEqualTo("path/not_found");
    }

    @Test
    void linksAndSharedFoldersAreKept() throws Exception {
        ada.put("/shared/f", bytes("x"), TIME);
        String url = client.ok("sharing/create_shared_link_with_settings", "{\"path\":\"/shared/f\"}")
                .path("url")
                .asString("");
        Answer again = client.rpc("sharing/create_shared_link_with_settings", "{\"path\":\"/shared/f\"}");
        assertThat(again.summary()).isEqualTo("shared_link_already_exists/metadata");
        assertThat(again.json()
                        .at("/error/shared_link_already_exists/metadata/url")
                        .asString(""))
                .isEqualTo(url);
        assertThat(client.ok("sharing/list_shared_links", "{}")
                        .at("/links/0/url")
                        .asString(""))
                .isEqualTo(url);
        String folder = client.ok("sharing/share_folder", "{\"path\":\"/shared\"}")
                .path("shared_folder_id")
                .asString("");
        client.ok(
                "sharing/add_folder_member",
                "{\"shared_folder_id\":\"" + folder + "\",\"members\":[{\"member\":{\".tag\":\"email\","
                        + "\"email\":\"bob@example.org\"},\"access_level\":\"editor\"}]}");
        JsonNode members = client.ok("sharing/list_folder_members", "{\"shared_folder_id\":\"" + folder + "\"}");
        assertThat(members.at("/users/0/user/email").asString("")).isEqualTo("ada@example.org");
        assertThat(members.at("/invitees/0/invitee/email").asString("")).isEqualTo("bob@example.org");
        assertThat(client.ok("files/get_metadata", "{\"path\":\"ns:" + folder + "/f\"}")
                        .path("path_display")
                        .asString(""))
                .isEqualTo("/shared/f");
    }

    // What goes wrong

    @Test
    void whoIsToldToWaitAndDoesNotIsRemembered() throws Exception {
        dropbox.faults().every(2, new Fault.TooManyRequests(Duration.ofSeconds(30)));
        client.ok("users/get_space_usage", "");
        Answer refused = client.rpc("users/get_space_usage", "");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("30");
        assertThat(refused.summary()).isEqualTo("too_many_requests");
        assertThat(refused.json().at("/error/reason/.tag").asString("")).isEqualTo("too_many_requests");
        assertThat(refused.json().at("/error/retry_after").asLong(0)).isEqualTo(30);
        int before = dropbox.faults().earlyCalls(Duration.ZERO).size();
        client.ok("users/get_space_usage", "");
        List<Faults.EarlyCall> early = dropbox.faults().earlyCalls(Duration.ZERO);
        assertThat(early).hasSize(before + 1);
        assertThat(early.getLast().route()).isEqualTo("users/get_space_usage");
        assertThat(early.getLast().remaining()).isPositive();
        dropbox.faults().clear();
        new Client(dropbox, dropbox.addPersonal("Other", "o@example.org").accessToken()).ok("check/user", "{}");
        assertThat(dropbox.faults().earlyCalls(Duration.ZERO))
                .as("others may call")
                .hasSize(before + 1);
    }

    @Test
    void writesAloneAreRefusedForTooManyWrites() throws Exception {
        dropbox.faults().every(1, new Fault.TooManyWriteOperations(Duration.ofSeconds(1)));
        client.ok("files/list_folder", "{\"path\":\"\"}");
        Answer refused = client.rpc("files/create_folder_v2", "{\"path\":\"/a\"}");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().at("/error/reason/.tag").asString("")).isEqualTo("too_many_write_operations");
        assertThat(ada.folders()).isEmpty();
    }

    @Test
    void connectionsBreakBeforeAfterAndInTheMiddle() throws Exception {
        dropbox.faults().next(new Fault.DroppedConnection(), "files/upload"::equals);
        assertThatThrownBy(() -> upload("/dropped", "x", "")).isInstanceOf(IOException.class);
        assertThat(ada.files()).isEmpty();
        dropbox.faults().next(new Fault.LostAnswer(), "files/upload"::equals);
        assertThatThrownBy(() -> upload("/lost", "x".repeat(1_000), "")).isInstanceOf(IOException.class);
        assertThat(ada.files()).containsOnlyKeys("/lost");
        dropbox.faults().next(new Fault.TruncatedBody(), route -> true);
        assertThatThrownBy(() -> client.download("/lost", "")).isInstanceOf(IOException.class);
        assertThat(client.download("/lost", "").text()).hasSize(1_000);
        dropbox.faults().next(new Fault.ServerError(503), route -> true);
        assertThat(client.rpc("users/get_space_usage", "").status()).isEqualTo(503);
    }

    @Test
    void callsAndBytesAreCounted() throws Exception {
        dropbox.calls().reset();
        upload("/a", "0123456789", "");
        client.download("/a", "bytes=0-3");
        client.rpc("files/get_metadata", "{\"path\":\"/none\"}");
        assertThat(dropbox.calls().byRoute())
                .isEqualTo(Map.of("files/upload", 1L, "files/download", 1L, "files/get_metadata", 1L));
        assertThat(dropbox.calls().total()).isEqualTo(3);
        assertThat(dropbox.calls().downloads()).isEqualTo(1);
        assertThat(dropbox.calls().others()).isEqualTo(2);
        assertThat(dropbox.calls().bytesDownloaded()).isEqualTo(4);
        assertThat(dropbox.calls().bytesUploaded()).isEqualTo(10);
    }

    @Test
    void noOtherHostIsReached() {
        assertThatThrownBy(() -> client.get("https://example.org/")).isInstanceOf(IOException.class);
        assertThat(dropbox.refusedHosts()).contains("example.org");
    }

    @Test
    void filesInADirectoryAreStreamedAndGoneAtTheEnd(@TempDir Path directory) throws Exception {
        int piece = 48 << 20;
        try (DropboxEmulator other = new DropboxEmulator(directory).start()) {
            DropboxAccount account = other.addPersonal("Big", "big@example.org");
            Client big = new Client(other, account.accessToken());
            String id = big.content("files/upload_session/start", "{}", new byte[0])
                    .json()
                    .path("session_id")
                    .asString("");
            for (int i = 0; i < 3; i++) {
                String argument = "{\"cursor\":{\"session_id\":\"%s\",\"offset\":%d}}".formatted(id, (long) i * piece);
                big.content("files/upload_session/append_v2", argument, new byte[piece]);
            }
            String finish = "{\"cursor\":{\"session_id\":\"%s\",\"offset\":%d},\"commit\":{\"path\":\"/big\"}}";
            big.content("files/upload_session/finish", finish.formatted(id, 3L * piece), new byte[0]);
            try (InputStream in = account.open("/big")) {
                assertThat(ContentHash.of(in))
                        .isEqualTo(account.files().values().iterator().next().contentHash());
            }
            assertThat(account.usedBytes()).isEqualTo(3L * piece);
            assertThat(big.download("/big", "bytes=100000000-100000009").text()).isEqualTo("\0".repeat(10));
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }
}
