package io.plakar.server.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.plakar.app.configuration.PlaceKind;
import io.plakar.connector.ConnectorException;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.server.job.EventLog;
import io.plakar.server.job.JobQueue;
import io.plakar.server.job.WorkContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.exc.JacksonIOException;

/**
 * Which method and path means what (http-api §1.6). Paths are matched as they came, encoded; what is behind a route is
 * decoded to bytes by the route.
 */
final class ApiRoutes implements AutoCloseable {
    private static final List<HandlerType> METHODS = List.of(
            HandlerType.GET,
            HandlerType.HEAD,
            HandlerType.POST,
            HandlerType.PUT,
            HandlerType.DELETE,
            HandlerType.PATCH,
            HandlerType.OPTIONS);

    /** What a route does with a request. */
    @FunctionalInterface
    private interface Route {
        void answer(Exchange exchange)
                throws ApiError, KlosetException, NotADirectory, IOException, InterruptedException;
    }

    /** What a route does with a path in a snapshot. */
    @FunctionalInterface
    private interface SnapshotRoute {
        void answer(Exchange exchange, SnapshotPath path)
                throws ApiError, KlosetException, NotADirectory, IOException, InterruptedException;
    }

    private final UiSettings settings;
    private final Access access;
    private final SnapshotCatalog catalog;
    private final RepositoryRoutes repository;
    private final VfsRoutes vfs;
    private final ContentRoutes content;
    private final DownloadRoutes downloads;
    private final AccountRoutes account;
    private final SnapshotListRoutes snapshots;
    private final DiffRoutes diff;
    private final SearchRoutes search;
    private final TimelineRoutes timeline;
    private final StatisticsRoutes statistics;
    private final PlaceRoutes places;
    private final EventLog eventLog = new EventLog();
    private final EventRoutes events;
    private final JobQueue queue;
    private final JobRoutes jobs;
    private final StaticFiles files = new StaticFiles();
    private final ApiDocument document = new ApiDocument();
    private final List<String> declared = new ArrayList<>();

    ApiRoutes(Repository store, UiSettings settings, WorkContext context) {
        this.settings = settings;
        this.access = new Access(settings);
        this.catalog = new SnapshotCatalog(store, settings.refreshing(), settings.log());
        Account login = new Account(settings);
        this.repository = new RepositoryRoutes(catalog, settings, login);
        this.vfs = new VfsRoutes(catalog, settings);
        this.content = new ContentRoutes(catalog, access, settings);
        this.downloads = new DownloadRoutes(catalog, settings);
        this.account = new AccountRoutes(login, settings);
        this.snapshots = new SnapshotListRoutes(catalog, settings);
        this.diff = new DiffRoutes(catalog, settings);
        this.search = new SearchRoutes(catalog);
        this.timeline = new TimelineRoutes(catalog, settings);
        this.statistics = new StatisticsRoutes(catalog, settings, repository);
        this.places = new PlaceRoutes(context);
        this.events = new EventRoutes(eventLog, catalog, settings);
        catalog.tell(events);
        this.queue = new JobQueue(settings.clock(), events::changed, events::progressed, settings.log());
        this.jobs = new JobRoutes(catalog, context, queue);
    }

    /** Method and path of every route of the API, as {@code GET /api/info}. */
    List<String> declared() {
        return List.copyOf(declared);
    }

    void addTo(RoutesConfig routes) {
        get(routes, "/api/info", repository::info);
        get(routes, "/api/repository/info", repository::repositoryInfo);
        get(routes, "/api/repository/snapshots", repository::snapshots);
        get(routes, "/api/repository/importer-types", repository::importerTypes);
        get(routes, "/api/repository/locate-pathname", repository::locatePathname);

        // The reader looks at a signature instead of the token.
        open(routes, "GET", "/api/snapshot/reader/*", onSnapshot("/api/snapshot/reader/", content::read));
        post(routes, "/api/snapshot/reader-sign-url/*", onSnapshot("/api/snapshot/reader-sign-url/", content::sign));
        get(routes, "/api/snapshot/vfs/children/*", onSnapshot("/api/snapshot/vfs/children/", vfs::children));
        get(routes, "/api/snapshot/vfs/chunks/*", onSnapshot("/api/snapshot/vfs/chunks/", vfs::chunks));
        get(routes, "/api/snapshot/vfs/errors/*", onSnapshot("/api/snapshot/vfs/errors/", vfs::errors));
        get(routes, "/api/snapshot/vfs/search/*", onSnapshot("/api/snapshot/vfs/search/", vfs::search));
        post(routes, "/api/snapshot/vfs/downloader/*", onSnapshot("/api/snapshot/vfs/downloader/", downloads::create));
        // Whoever knows the id may download.
        open(routes, "GET", "/api/snapshot/vfs/downloader-sign-url/{id}", downloads::send);
        get(routes, "/api/snapshot/vfs/*", onSnapshot("/api/snapshot/vfs/", vfs::entry));
        get(routes, "/api/snapshot/{id}", exchange -> repository.snapshot(exchange, exchange.lastPart()));

        get(routes, "/api/proxy/v1/account/me", account::forward);
        get(routes, "/api/proxy/v1/account/notifications", account::forward);
        get(routes, "/api/proxy/v1/reporting/reports", account::forward);
        get(routes, "/api/proxy/v1/account/services/alerting", account::alerting);
        get(routes, "/api/proxy/v1/integration", account::integrations);
        get(routes, "/api/proxy/v1/integration/{id}", account::integration);
        get(routes, "/api/proxy/v1/integration/{id}/*", account::integrationFile);
        if (!settings.demo()) {
            post(routes, "/api/authentication/login/github", account::logIn);
            post(routes, "/api/authentication/login/email", account::logIn);
            post(routes, "/api/authentication/logout", account::logOut);
            post(routes, "/api/proxy/v1/account/notifications/set-status", account::forward);
            guarded(routes, "PUT", "/api/proxy/v1/account/services/alerting", account::setAlerting);
            post(routes, "/api/integrations/install", account::install);
            guarded(routes, "DELETE", "/api/integrations/{id}", account::uninstall);
        }
        addSecond(routes);
        for (HandlerType method : METHODS) {
            add(routes, method, "/api/*", exchange -> {
                throw ApiError.noSuchEndpoint();
            });
            add(routes, method, "/*", files::serve);
        }
    }

    /** What is ours alone. */
    private void addSecond(RoutesConfig routes) {
        get(routes, "/api/v2/openapi.json", document::send);
        get(routes, "/api/v2/snapshots", snapshots::list);
        get(routes, "/api/v2/snapshots/{id}", exchange -> snapshots.snapshot(exchange, exchange.lastPart()));
        get(routes, "/api/v2/snapshots/{id}/errors", exchange -> snapshots.errors(exchange, exchange.part(4)));
        get(routes, "/api/v2/diff", diff::tree);
        get(routes, "/api/v2/diff/file", diff::file);
        get(routes, "/api/v2/search", search::search);
        get(routes, "/api/v2/timeline", timeline::timeline);
        get(routes, "/api/v2/stats", statistics::statistics);
        get(routes, "/api/v2/stats/largest", statistics::largest);
        for (PlaceKind kind : PlaceKind.values()) {
            get(routes, "/api/v2/" + kind.plural(), exchange -> places.list(exchange, kind));
        }
        get(routes, "/api/v2/connectors", places::connectors);
        get(routes, "/api/v2/jobs", jobs::list);
        get(routes, "/api/v2/jobs/{id}", jobs::show);
        get(routes, "/api/v2/jobs/{id}/log", jobs::log);
        get(routes, "/api/v2/events", events::stream);
        if (!settings.demo()) {
            post(routes, "/api/v2/restore/plan", jobs::plan);
            post(routes, "/api/v2/restore", jobs::restore);
            post(routes, "/api/v2/backup", jobs::backup);
            post(routes, "/api/v2/check", jobs::check);
            post(routes, "/api/v2/jobs/{id}/cancel", jobs::cancel);
        }
    }

    /** Ends the jobs, the clients that listen, and those that wait for the content of a file. */
    @Override
    public void close() {
        queue.close();
        eventLog.close();
        catalog.close();
    }

    private Route onSnapshot(String route, SnapshotRoute then) {
        return exchange -> {
            SnapshotPath path = SnapshotPath.parse(exchange.pathBehind(route), catalog);
            then.answer(exchange, path);
        };
    }

    private void get(RoutesConfig routes, String path, Route route) {
        guarded(routes, "GET", path, route);
    }

    private void post(RoutesConfig routes, String path, Route route) {
        guarded(routes, "POST", path, route);
    }

    private void guarded(RoutesConfig routes, String method, String path, Route route) {
        open(routes, method, path, exchange -> {
            access.checkToken(exchange.header("Authorization"));
            route.answer(exchange);
        });
    }

    private void open(RoutesConfig routes, String method, String path, Route route) {
        declared.add(method + " " + path);
        add(routes, HandlerType.findOrCreate(method), path, route);
        if (method.equals("GET")) {
            add(routes, HandlerType.HEAD, path, route);
        }
    }

    private void add(RoutesConfig routes, HandlerType method, String path, Route route) {
        Handler handler = context -> answer(new Exchange(context), route);
        routes.addHttpHandler(method, path, handler);
    }

    private void answer(Exchange exchange, Route route) throws IOException {
        try {
            if (settings.anyOrigin()) {
                exchange.setHeader("Access-Control-Allow-Origin", "*");
                exchange.setHeader("Access-Control-Allow-Methods", "GET, PUT, POST, DELETE, OPTIONS");
                exchange.setHeader("Access-Control-Allow-Headers", "Content-Type, Authorization");
            }
            access.checkSite(exchange.header("Host"), exchange.header("Origin"));
            if (settings.anyOrigin() && exchange.method().equals("OPTIONS")) {
                exchange.empty(204);
                return;
            }
            String clean = CleanPath.of(exchange.rawPath());
            if (!clean.equals(exchange.rawPath())) {
                redirect(exchange, clean);
                return;
            }
            exchange.status(200);
            route.answer(exchange);
        } catch (ApiError e) {
            fail(exchange, e, e);
        } catch (NotADirectory e) {
            exchange.text(400, "not a directory\n");
        } catch (KlosetException e) {
            fail(exchange, answerTo(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(exchange, ApiError.internal(), e);
        } catch (IOException e) {
            failed(exchange, e);
        } catch (JacksonIOException e) {
            failed(exchange, e.getCause() instanceof IOException cause ? cause : new IOException(e));
        } catch (RuntimeException | StackOverflowError e) {
            fail(exchange, ApiError.internal(), e);
        } finally {
            exchange.readRest();
        }
    }

    private void failed(Exchange exchange, IOException e) throws IOException {
        if (e.getCause() instanceof KlosetException || !exchange.committed()) {
            fail(exchange, e.getCause() instanceof KlosetException cause ? answerTo(cause) : ApiError.internal(), e);
        } else {
            // Most likely the client went away.
            exchange.breakOff(e);
        }
    }

    private static ApiError answerTo(KlosetException failure) {
        if (failure instanceof KlosetException.Unreachable unreachable) {
            ConnectorException.Reason reason = unreachable.connectorFailure().reason();
            if (reason == ConnectorException.Reason.DENIED || reason == ConnectorException.Reason.UNSUPPORTED) {
                return new ApiError(400, "bad-request", String.valueOf(failure.getMessage()));
            }
        }
        return ApiError.internal();
    }

    /** As an error while that is possible; else the connection breaks, so that nobody takes a part for the whole. */
    private void fail(Exchange exchange, ApiError answer, Throwable cause) throws IOException {
        if (answer.status() >= 500) {
            settings.log().accept("Unknown error encountered while serving " + exchange.rawPath() + ": " + cause);
        }
        if (exchange.committed()) {
            exchange.breakOff(cause);
            return;
        }
        exchange.startOver();
        exchange.error(answer);
    }

    private static void redirect(Exchange exchange, String clean) throws IOException {
        String query = exchange.rawQuery();
        String location = query == null ? clean : clean + "?" + query;
        exchange.setHeader("Location", location);
        exchange.status(307);
        exchange.type("text/html; charset=utf-8");
        exchange.send(("<a href=\"" + TextPage.escape(location) + "\">Temporary Redirect</a>.\n\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
