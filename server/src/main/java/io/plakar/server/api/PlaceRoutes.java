package io.plakar.server.api;

import io.plakar.app.Connectors;
import io.plakar.app.Failure;
import io.plakar.app.configuration.PlaceKind;
import io.plakar.app.configuration.Places;
import io.plakar.app.configuration.Secrets;
import io.plakar.connector.Location;
import io.plakar.server.job.WorkContext;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Configured stores, sources and destinations, their secrets masked, and the kinds of places there are. Safe for many threads. */
final class PlaceRoutes {
    private final WorkContext context;

    PlaceRoutes(WorkContext context) {
        this.context = context;
    }

    void list(Exchange exchange, PlaceKind kind) throws ApiError, IOException {
        Places places;
        try {
            places = context.configuration().read(kind);
        } catch (Failure e) {
            throw new ApiError(500, "bad-configuration", Secrets.message(String.valueOf(e.getMessage())));
        }
        exchange.list(places.entries().size(), json -> {
            for (Map.Entry<String, SortedMap<String, String>> entry :
                    places.entries().entrySet()) {
                SortedMap<String, String> options = new TreeMap<>(Secrets.shown(entry.getValue()));
                String location = options.remove("location");
                String shown = location == null ? "" : location;
                json.writeStartObject();
                json.writeStringProperty("name", entry.getKey());
                json.writeStringProperty("location", shown);
                json.writeStringProperty(
                        "scheme", shown.isEmpty() ? "" : Location.parse(shown).scheme());
                json.writeBooleanProperty("default", entry.getKey().equals(places.standard()));
                json.writeObjectPropertyStart("options");
                for (Map.Entry<String, String> option : options.entrySet()) {
                    json.writeStringProperty(option.getKey(), option.getValue());
                }
                json.writeEndObject();
                json.writeEndObject();
            }
        });
    }

    void connectors(Exchange exchange) throws IOException {
        Connectors connectors = context.connectors();
        TreeSet<String> schemes = new TreeSet<>(connectors.importerSchemes());
        schemes.addAll(connectors.exporterSchemes());
        schemes.addAll(connectors.storeSchemes());
        exchange.list(schemes.size(), json -> {
            for (String scheme : schemes) {
                json.writeStartObject();
                json.writeStringProperty("scheme", scheme);
                json.writeBooleanProperty("source", connectors.importerSchemes().contains(scheme));
                json.writeBooleanProperty(
                        "destination", connectors.exporterSchemes().contains(scheme));
                json.writeBooleanProperty("store", connectors.storeSchemes().contains(scheme));
                json.writeEndObject();
            }
        });
    }
}
