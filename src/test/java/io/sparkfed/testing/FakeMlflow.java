package io.sparkfed.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** As much of an MLflow tracking server as a training talks to, in this process. */
public final class FakeMlflow implements AutoCloseable {
  private static final String BASE = "/api/2.0/mlflow/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);

  // Guarded by this.
  private final List<Call> calls = new ArrayList<>();
  private final Map<String, ObjectNode> runs = new LinkedHashMap<>();
  private final List<String> experiments = new ArrayList<>();
  private Health health = Health.WELL;
  private int longestValue = 6000;

  /** How the server answers. */
  public enum Health {
    WELL,
    /** With 500. */
    FAILS,
    /** Not at all. */
    HANGS
  }

  /** A request that was answered well or refused. */
  public record Call(String path, JsonNode body) {}

  private FakeMlflow(HttpServer server) {
    this.server = server;
  }

  /** Starts a server on a port of the loopback interface; 0 for a free one. */
  public static FakeMlflow start(int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    FakeMlflow fake = new FakeMlflow(HttpServer.create(address, 0));
    fake.server.setExecutor(fake.threads);
    fake.server.createContext(BASE, fake::handle);
    fake.server.start();
    return fake;
  }

  /** Returns the server's address. */
  public String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Changes how the next requests are answered. */
  public synchronized void become(Health next) {
    health = next;
  }

  /** Refuses longer values of parameters, as servers of different age do. */
  public synchronized void refuseValuesAbove(int length) {
    longestValue = length;
  }

  /** Returns the requests to a path so far. */
  public synchronized List<JsonNode> calls(String path) {
    return calls.stream().filter(call -> call.path().equals(path)).map(Call::body).toList();
  }

  /** Returns the paths that were asked for so far, in order. */
  public synchronized List<String> paths() {
    return calls.stream().map(Call::path).toList();
  }

  /** Returns the ids of the runs. */
  public synchronized List<String> runs() {
    return List.copyOf(runs.keySet());
  }

  /** Returns a run's status. */
  public synchronized String status(String run) {
    return runs.get(run).path("info").path("status").asText();
  }

  /** Returns the steps of a metric of a run, in the order they came. */
  public synchronized List<Integer> steps(String run, String metric) {
    List<Integer> steps = new ArrayList<>();
    for (JsonNode each : runs.get(run).path("data").path("metrics")) {
      if (each.path("key").asText().equals(metric)) {
        steps.add(each.path("step").asInt());
      }
    }
    return steps;
  }

  /** Returns the value of a metric at a step; NaN where there is none. */
  public synchronized double metric(String run, String metric, int step) {
    for (JsonNode each : runs.get(run).path("data").path("metrics")) {
      if (each.path("key").asText().equals(metric) && each.path("step").asInt() == step) {
        return each.path("value").asDouble();
      }
    }
    return Double.NaN;
  }

  /** Returns the tags or params of a run by name. */
  public synchronized Map<String, String> texts(String run, String kind) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (JsonNode each : runs.get(run).path("data").path(kind)) {
      texts.put(each.path("key").asText(), each.path("value").asText());
    }
    return texts;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(BASE.length());
    byte[] body = exchange.getRequestBody().readAllBytes();
    JsonNode request = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    int status;
    JsonNode answer;
    synchronized (this) {
      if (health == Health.WELL) {
        calls.add(new Call(path, request));
      }
      switch (health) {
        case WELL -> {
          answer = answer(path, request, exchange.getRequestURI().getQuery());
          status = answer.has("error_code") ? 400 : 200;
        }
        case FAILS -> {
          answer = error("INTERNAL_ERROR", "the disk is \"full\"");
          status = 500;
        }
        default -> {
          answer = null;
          status = 0;
        }
      }
    }
    if (answer == null) {
      hang();
      return;
    }
    byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void hang() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ObjectNode error(String code, String message) {
    return JSON.createObjectNode().put("error_code", code).put("message", message);
  }

  private JsonNode answer(String path, JsonNode request, String query) {
    return switch (path) {
      case "experiments/search" -> experiments(request.path("filter").asText());
      case "experiments/create" -> {
        experiments.add(request.path("name").asText());
        yield JSON.createObjectNode().put("experiment_id", "" + experiments.size());
      }
      case "runs/create" -> create(request);
      case "runs/update" -> update(request);
      case "runs/search" -> search(request.path("filter").asText());
      case "runs/log-batch" -> batch(request);
      case "runs/set-tag" -> {
        add(request, "tags", request);
        yield JSON.createObjectNode();
      }
      case "metrics/get-history" -> history(query);
      default -> error("ENDPOINT_NOT_FOUND", path);
    };
  }

  private JsonNode experiments(String filter) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode found = answer.putArray("experiments");
    for (int i = 0; i < experiments.size(); i++) {
      if (filter.equals("name = '" + experiments.get(i) + "'")) {
        found.addObject().put("experiment_id", "" + (i + 1)).put("name", experiments.get(i));
      }
    }
    return answer;
  }

  private JsonNode create(JsonNode request) {
    String id = "run" + (runs.size() + 1);
    ObjectNode run = JSON.createObjectNode();
    run.putObject("info")
        .put("run_id", id)
        .put("run_name", request.path("run_name").asText())
        .put("experiment_id", request.path("experiment_id").asText())
        .put("status", "RUNNING");
    ObjectNode data = run.putObject("data");
    data.putArray("metrics");
    data.putArray("params");
    data.putArray("tags").addAll((ArrayNode) request.path("tags"));
    runs.put(id, run);
    return JSON.createObjectNode().set("run", run);
  }

  private JsonNode update(JsonNode request) {
    ObjectNode info = (ObjectNode) runs.get(request.path("run_id").asText()).path("info");
    info.set("status", request.path("status"));
    return JSON.createObjectNode().set("run_info", info);
  }

  private JsonNode search(String filter) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode found = answer.putArray("runs");
    for (JsonNode run : runs.values()) {
      for (JsonNode tag : run.path("data").path("tags")) {
        String wanted =
            "tags.`" + tag.path("key").asText() + "` = '" + tag.path("value").asText() + "'";
        if (filter.equals(wanted)) {
          found.add(run);
        }
      }
    }
    return answer;
  }

  private JsonNode batch(JsonNode request) {
    for (JsonNode parameter : request.path("params")) {
      if (parameter.path("value").asText().length() > longestValue) {
        return error("INVALID_PARAMETER_VALUE", "a value is too long");
      }
    }
    for (String kind : List.of("metrics", "params", "tags")) {
      request.path(kind).forEach(each -> add(request, kind, each));
    }
    return JSON.createObjectNode();
  }

  private void add(JsonNode request, String kind, JsonNode each) {
    ((ArrayNode) runs.get(request.path("run_id").asText()).path("data").path(kind)).add(each);
  }

  private JsonNode history(String query) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode found = answer.putArray("metrics");
    runs.forEach(
        (id, run) -> {
          if (query.contains("run_id=" + id)) {
            for (JsonNode metric : run.path("data").path("metrics")) {
              if (query.contains("metric_key=" + metric.path("key").asText())) {
                found.add(metric);
              }
            }
          }
        });
    return answer;
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
