package io.sparkfed.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkfed.pages.Page;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A Chromium without a window, driven by its DevTools protocol. */
final class HeadlessBrowser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long BOUND_SECONDS = 60;

  private final Process process;
  private final int port;

  private HeadlessBrowser(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Returns the browser on the PATH; empty if there is none. */
  static Optional<Path> find() {
    return List.of("chromium", "chromium-browser", "google-chrome").stream()
        .flatMap(
            name ->
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it, with a profile of its own in this folder. */
  static HeadlessBrowser start(Path binary, Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                binary.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("log").toFile())
            .start();
    Path told = profile.resolve("DevToolsActivePort");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      List<String> lines = Files.exists(told) ? Files.readAllLines(told) : List.of();
      if (lines.size() == 2) {
        return new HeadlessBrowser(process, Integer.parseInt(lines.get(0)));
      }
      Thread.sleep(50);
    }
    process.destroyForcibly();
    throw new IllegalStateException(
        "the browser did not start: " + Files.readString(profile.resolve("log")));
  }

  /** Opens a page in a viewport. */
  Page open(Path html, int width, int height, boolean dark) throws Exception {
    HttpRequest newTab =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?about:blank"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    HttpClient http = HttpClient.newHttpClient();
    String tab = http.send(newTab, BodyHandlers.ofString()).body();
    Page page = new Page(http, JSON.readTree(tab).path("webSocketDebuggerUrl").asText());
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      page.call(domain + ".enable", Map.of());
    }
    page.call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 2, "mobile", width < 600));
    page.call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    page.call("Page.navigate", Map.of("url", html.toUri().toString()));
    page.await("Page.loadEventFired");
    return page;
  }

  /** One tab, and what it has told so far. */
  static final class Page implements WebSocket.Listener {
    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final List<JsonNode> events = new ArrayList<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private int calls;

    Page(HttpClient http, String address) {
      this.socket = http.newWebSocketBuilder().buildAsync(URI.create(address), this).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        try {
          messages.add(JSON.readTree(partial.toString()));
        } catch (IOException e) {
          throw new IllegalStateException("the browser must speak JSON", e);
        }
        partial.setLength(0);
      }
      from.request(1);
      return null;
    }

    JsonNode call(String method, Map<String, Object> parameters) throws Exception {
      int id = ++calls;
      ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
      request.set("params", JSON.valueToTree(parameters));
      socket.sendText(request.toString(), true).join();
      while (true) {
        JsonNode message = next(method);
        if (message.path("id").asInt() == id) {
          if (message.has("error")) {
            throw new IllegalStateException(method + ": " + message.path("error"));
          }
          return message.path("result");
        }
        events.add(message);
      }
    }

    void await(String event) throws Exception {
      while (events.stream().noneMatch(e -> e.path("method").asText().equals(event))) {
        events.add(next(event));
      }
    }

    private JsonNode next(String waitingFor) throws Exception {
      JsonNode message = messages.poll(BOUND_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new IllegalStateException("the browser did not answer: " + waitingFor);
      }
      return message;
    }

    /** Returns the value of an expression, by its JSON. */
    JsonNode evaluate(String expression) throws Exception {
      JsonNode result =
          call(
              "Runtime.evaluate",
              Map.of("expression", "JSON.stringify(" + expression + ")", "returnByValue", true));
      if (result.has("exceptionDetails")) {
        throw new IllegalStateException(result.path("exceptionDetails").toString());
      }
      return JSON.readTree(result.path("result").path("value").asText());
    }

    /** Returns what the page's scripts and the browser complained of. */
    List<String> complaints() {
      return events.stream()
          .filter(
              e ->
                  List.of("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
                      .contains(e.path("method").asText()))
          .map(JsonNode::toString)
          .toList();
    }

    /** Returns the addresses that were asked for. */
    List<String> requests() {
      return events.stream()
          .filter(e -> e.path("method").asText().equals("Network.requestWillBeSent"))
          .map(e -> e.path("params").path("request").path("url").asText())
          .toList();
    }

    /** Writes a picture of the whole page. */
    void screenshot(Path png) throws Exception {
      JsonNode shot =
          call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
      Files.createDirectories(png.getParent());
      Files.write(png, Base64.getDecoder().decode(shot.path("data").asText()));
    }
  }

  @Override
  public void close() throws Exception {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
