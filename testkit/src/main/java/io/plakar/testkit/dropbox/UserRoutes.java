package io.plakar.testkit.dropbox;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls about accounts: {@code users/}, {@code check/}, {@code auth/} and {@code team/}. Safe for use by several threads. */
final class UserRoutes {
    private static final long TEAM_LICENSE_BYTES = 5L << 40;

    private final Tokens tokens;
    private final List<DropboxAccount> accounts;

    UserRoutes(Tokens tokens, List<DropboxAccount> accounts) {
        this.tokens = tokens;
        this.accounts = accounts;
    }

    void addTo(Map<String, Route> routes) {
        routes.put(
                "users/get_current_account",
                request -> new Reply.Value(account(request.caller().account())));
        routes.put(
                "users/get_space_usage",
                request -> new Reply.Value(space(request.caller().account())));
        routes.put("users/get_account", this::getAccount);
        routes.put("check/user", UserRoutes::check);
        routes.put("auth/token/revoke", this::revoke);
        routes.put("team/members/get_info", this::members);
    }

    private static ObjectNode name(DropboxAccount account) {
        String whole = account.name();
        int space = whole.lastIndexOf(' ');
        String given = space < 0 ? whole : whole.substring(0, space);
        return Json.object()
                .put("given_name", given)
                .put("surname", space < 0 ? "" : whole.substring(space + 1))
                .put("familiar_name", given)
                .put("display_name", whole)
                .put("abbreviated_name", whole.substring(0, Math.min(2, whole.length())));
    }

    private static ObjectNode basic(DropboxAccount account) {
        ObjectNode json = Json.object().put("account_id", account.id());
        json.set("name", name(account));
        return json.put("email", account.email()).put("email_verified", true).put("disabled", false);
    }

    private static ObjectNode account(DropboxAccount account) {
        ObjectNode json = basic(account)
                .put("locale", "en")
                .put("referral_link", "https://www.dropbox.com/referrals/none")
                .put("is_paired", false)
                .put("country", "FR");
        ObjectNode root = Json.tag(account.team() == null ? "user" : "team")
                .put("root_namespace_id", account.rootNamespace())
                .put("home_namespace_id", account.homeNamespace());
        if (account.team() == null) {
            json.set("account_type", Json.tag("pro"));
        } else {
            json.set("account_type", Json.tag("business"));
            json.set(
                    "team",
                    Json.object()
                            .put("id", "dbtid:AAC" + account.rootNamespace())
                            .put("name", account.team()));
            json.put("team_member_id", account.memberId());
            root.put("home_path", account.homePath());
        }
        json.set("root_info", root);
        return json;
    }

    private static ObjectNode space(DropboxAccount account) {
        long used = account.usedBytes();
        long allocated = Math.min(account.tree().quotaBytes(), TEAM_LICENSE_BYTES);
        ObjectNode allocation =
                Json.tag(account.team() == null ? "individual" : "team").put("allocated", allocated);
        if (account.team() != null) {
            allocation.put("used", used).put("user_within_team_space_allocated", 0);
            allocation.set("user_within_team_space_limit_type", Json.tag("off"));
            allocation.put("user_within_team_space_used_cached", used);
        }
        ObjectNode json = Json.object().put("used", used);
        json.set("allocation", allocation);
        return json;
    }

    private Reply getAccount(Request request) throws ApiError {
        String id = request.arguments().string("account_id");
        for (DropboxAccount account : accounts) {
            if (account.id().equals(id)) {
                return new Reply.Value(basic(account).put("is_teammate", account.team() != null));
            }
        }
        throw ApiError.endpoint("no_account");
    }

    private static Reply check(Request request) throws ApiError {
        String query = request.arguments().stringOrNull("query");
        return new Reply.Value(Json.object().put("result", query == null ? "" : query));
    }

    private Reply revoke(Request request) {
        tokens.revoke(request.caller().account());
        return new Reply.Value(Json.parse("null"));
    }

    private Reply members(Request request) throws ApiError {
        ArrayNode found = Json.array();
        for (Arguments member : request.arguments().objects("members", 100)) {
            String tag = member.string(".tag");
            String wanted = member.string(tag);
            DropboxAccount account = accounts.stream()
                    .filter(each -> each.team() != null)
                    .filter(each -> wanted.equals(each.email()) || wanted.equals(each.memberId()))
                    .findFirst()
                    .orElse(null);
            if (account == null) {
                found.add(Json.tag("id_not_found").put("id_not_found", wanted));
                continue;
            }
            ObjectNode profile = Json.object()
                    .put("team_member_id", account.memberId())
                    .put("email", account.email())
                    .put("email_verified", true);
            profile.set("status", Json.tag("active"));
            profile.set("name", name(account));
            profile.set("membership_type", Json.tag("full"));
            profile.set("groups", Json.array());
            profile.put("member_folder_id", account.homeNamespace());
            profile.put("account_id", account.id());
            ObjectNode entry = Json.tag("member_info");
            entry.set("profile", profile);
            entry.set("role", Json.tag("team_admin"));
            found.add(entry);
        }
        return new Reply.Value(found);
    }
}
