package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.spark.watch.FederatedPlugin;
import io.sparkfed.spark.watch.FederatedRounds;
import io.sparkfed.spark.watch.RoundFinished;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.JsonProtocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * What is seen of a training from outside while it runs: Spark's metrics sinks, a rounds table, the
 * event log. All of it is in {@code rounds.jsonl} too, and nothing is of one worker.
 */
class MonitoringIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SINK = "spark.metrics.conf.driver.sink.";
  private static final String GAUGES = "driver.plugin." + FederatedPlugin.class.getName() + ".";
  private static final String VIEW = "rounds_so_far";

  @TempDir static Path folder;

  private static SparkSession spark;
  private static FederatedRounds watched;
  private static List<JsonNode> lines;
  private static JsonNode run;

  @BeforeAll
  static void train() throws Exception {
    ThreeWorkers.write(folder);
    Path events = Files.createDirectory(folder.resolve("events"));
    Path csv = Files.createDirectory(folder.resolve("csv"));
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.plugins", FederatedPlugin.class.getName())
            .config("spark.ui.enabled", "true")
            .config("spark.ui.port", "0")
            .config("spark.metrics.namespace", "fed")
            .config(
                "spark.metrics.conf.*.sink.prometheusServlet.class",
                "org.apache.spark.metrics.sink.PrometheusServlet")
            .config("spark.metrics.conf.*.sink.prometheusServlet.path", "/metrics/prometheus")
            .config(SINK + "csv.class", "org.apache.spark.metrics.sink.CsvSink")
            .config(SINK + "csv.directory", csv.toString())
            .config(SINK + "csv.period", "1")
            .config(SINK + "csv.unit", "seconds")
            .config("spark.eventLog.enabled", "true")
            .config("spark.eventLog.compress", "false")
            .config("spark.eventLog.dir", events.toUri().toString())
            .getOrCreate();
    watched = FederatedRounds.watch(spark).createView(VIEW);
    Path out = folder.resolve("out");
    String conf = ThreeWorkers.conf(folder, folder);
    assertEquals(
        0,
        LocalSpark.run(() -> new CommandLine(new TrainJob()).execute(conf, "output.dir=" + out)));
    run = JSON.readTree(out.resolve("run.json").toFile());
    lines = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("rounds.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  /** Asks again until it is so: Spark tells its listeners, and they their sinks, when it suits. */
  private static void eventually(String what, Callable<Boolean> isSo) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!isSo.call()) {
      assertTrue(System.nanoTime() < deadline, what);
      Thread.sleep(100);
    }
  }

  private static JsonNode last() {
    return lines.get(lines.size() - 1);
  }

  @Test
  void prometheusPage_afterATraining_hasTheLastRound() throws Exception {
    String address = spark.sparkContext().uiWebUrl().get() + "/metrics/prometheus/";
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
    HttpClient http = HttpClient.newHttpClient();
    String prefix = "metrics_fed_" + GAUGES.replace('.', '_');
    List<String> page = new ArrayList<>();

    eventually(
        "round 3 on " + address,
        () -> {
          page.clear();
          http.send(request, BodyHandlers.ofString()).body().lines().forEach(page::add);
          return value(page, prefix + "round") == 3.0
              && value(page, prefix + "run_write_seconds") > 0.0;
        });

    assertEquals(last().path("loss").asDouble(), value(page, prefix + "loss"));
    assertEquals(3.0, value(page, prefix + "workers"));
    assertEquals(0.0, value(page, prefix + "dropouts"));
    assertEquals(0.0, value(page, prefix + "clipped"));
    assertEquals(0.0, value(page, prefix + "saturated"));
    assertEquals(last().path("bytes").asDouble(), value(page, prefix + "bytes"));
    assertEquals(last().path("seconds").asDouble(), value(page, prefix + "seconds"));
    for (String phase : List.of("work", "unmask", "driver")) {
      assertEquals(
          last().path("phases").path(phase).asDouble(),
          value(page, prefix + "phase_" + phase + "_seconds"),
          phase);
    }
    for (String phase : List.of("start", "plan", "load", "keys", "moments", "rounds")) {
      assertEquals(
          run.path("timings").path(phase).asDouble(),
          value(page, prefix + "run_" + phase + "_seconds"),
          phase);
    }
    assertTrue(
        value(page, prefix + "run_write_seconds") >= run.path("timings").path("write").asDouble());
    assertEquals(0.0, value(page, prefix + "run_survey_seconds"));
  }

  private static double value(List<String> page, String name) {
    return page.stream()
        .filter(line -> line.startsWith(name + "_Value{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Test
  void csvSink_afterATraining_hasTheLastRound() throws Exception {
    Path loss = folder.resolve("csv/fed." + GAUGES + "loss.csv");
    eventually(
        "the last loss in " + loss,
        () -> Files.exists(loss) && lastValue(loss) == last().path("loss").asDouble());
    Path phase = folder.resolve("csv/fed." + GAUGES + "phase.unmask.seconds.csv");
    assertEquals(last().path("phases").path("unmask").asDouble(), lastValue(phase));
  }

  private static double lastValue(Path csv) throws IOException {
    List<String> rows = Files.readAllLines(csv);
    String cell = rows.get(rows.size() - 1).split(",", -1)[1];
    return cell.equals("value") ? Double.NaN : Double.parseDouble(cell);
  }

  @Test
  void roundsTable_afterATraining_hasEachRound() throws Exception {
    eventually("four rounds", () -> watched.rounds().count() == 4);

    List<Row> rows =
        spark
            .sql(
                "select round, loss, test['accuracy'], phases['unmask'], name from "
                    + VIEW
                    + " where round > 0 order by round")
            .collectAsList();

    assertEquals(lines.size(), rows.size());
    for (int k = 0; k < rows.size(); k++) {
      JsonNode line = lines.get(k);
      assertEquals(k + 1, rows.get(k).getInt(0));
      assertEquals(line.path("loss").asDouble(), rows.get(k).getDouble(1));
      assertEquals(
          line.path("metrics").path("test").path("accuracy").asDouble(), rows.get(k).getDouble(2));
      assertEquals(line.path("phases").path("unmask").asDouble(), rows.get(k).getDouble(3));
      assertEquals("checked", rows.get(k).getString(4));
    }
  }

  @Test
  void eventLog_afterATraining_hasEachRoundAndCanBeReplayed() throws Exception {
    List<String> events = new ArrayList<>();
    eventually(
        "four rounds in the event log",
        () -> {
          events.clear();
          try (Stream<Path> files = Files.walk(folder.resolve("events"))) {
            for (Path file :
                files.filter(f -> f.getFileName().toString().startsWith("events_")).toList()) {
              Files.readAllLines(file).stream()
                  .filter(line -> line.contains("\"" + RoundFinished.class.getName() + "\""))
                  .forEach(events::add);
            }
          }
          return events.size() == 4;
        });

    for (int k = 1; k < events.size(); k++) {
      JsonNode event = JSON.readTree(events.get(k));
      JsonNode line = lines.get(k - 1);
      assertEquals(RoundFinished.class.getName(), event.path("Event").asText());
      assertEquals(line.path("round"), event.path("round"));
      assertEquals(line.path("loss"), event.path("loss"));
      assertEquals(line.path("metrics").path("train"), event.path("trainMetrics"));
      assertEquals(line.path("metrics").path("test"), event.path("testMetrics"));
      assertEquals(line.path("phases"), event.path("phaseSeconds"));
      for (Measurement each : Measurement.values()) {
        assertTrue(line.has(each.key()), line.toString());
        assertEquals(
            line.path(each.key()).asLong(), event.path("measured").path(each.key()).asLong());
      }
      assertEquals(Measurement.values().length, event.path("measured").size());
      assertEquals(12, event.size(), event.toString());
      assertEquals(
          JSON.readTree(events.get(k)).path("loss").asDouble(),
          ((RoundFinished) JsonProtocol.sparkEventFromJson(events.get(k))).loss());
    }
  }
}
