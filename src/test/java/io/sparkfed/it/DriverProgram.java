package io.sparkfed.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.HotSpotDiagnosticMXBean;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.recipe.Presets;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.DoubleAccumulator;

/**
 * A driver in a process of its own, with executors in theirs. It trains, lets a task fail with a
 * number in its message and another add one to an accumulator, and then writes down all that can be
 * seen of it: what its UI serves, and its heap.
 */
public final class DriverProgram {
  /** Told by the task that fails. */
  public static final double TOLD = 0.987654321012345;

  /** Added to the accumulator. */
  public static final double ACCUMULATED = 0.123456789012345;

  /** What the UI serves goes below this folder. */
  public static final String UI = "ui";

  /** The event log goes below this folder. */
  public static final String EVENTS = "events";

  /** The heap dump. */
  public static final String HEAP = "driver.hprof";

  private DriverProgram() {}

  /**
   * Runs the driver.
   *
   * @param args the folder to write to, then configurations to train
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    SparkSession spark = session(Files.createDirectories(folder.resolve(EVENTS)));
    for (String conf : Arrays.asList(args).subList(1, args.length)) {
      train(spark, ConfigLoader.load(Path.of(conf), Map.of(), List.of()));
    }
    leak(spark);
    spark.sparkContext().listenerBus().waitUntilEmpty(30_000);
    saveUi(spark, Files.createDirectories(folder.resolve(UI)));
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(folder.resolve(HEAP).toString(), false);
    spark.stop();
  }

  private static SparkSession session(Path events) {
    return SparkSession.builder()
        .master("local-cluster[2,1,600]")
        .appName("DriverProgram")
        .config("spark.ui.enabled", true)
        .config("spark.ui.port", 0)
        .config("spark.ui.retainedTasks", 100_000)
        .config(new HashMap<>(ExecutorJvms.settings()))
        .config("spark.network.crypto.enabled", false)
        .config("spark.shuffle.compress", false)
        .config("spark.broadcast.compress", false)
        .config("spark.rdd.compress", false)
        .config("spark.eventLog.enabled", true)
        .config("spark.eventLog.compress", false)
        .config("spark.eventLog.dir", events.toUri().toString())
        .config("spark.eventLog.logBlockUpdates.enabled", true)
        .getOrCreate();
  }

  private static void train(SparkSession spark, TrainingConfig config) {
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    try (SparkFederation federation = loaded.federation()) {
      new FederatedTrainer(federation, Presets.plan(config, loaded.encoding()), round -> {})
          .train();
    }
  }

  private static void leak(SparkSession spark) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    DoubleAccumulator leak = spark.sparkContext().doubleAccumulator("leak");
    context.parallelize(List.of(1), 1).foreach(one -> leak.add(ACCUMULATED));
    try {
      context
          .parallelize(List.of(1), 1)
          .foreach(
              one -> {
                throw new IllegalStateException("told: " + TOLD);
              });
      throw new IllegalStateException("the task must fail");
    } catch (Exception e) {
      if (!(e instanceof SparkException)) {
        throw e;
      }
    }
  }

  /** Saves the REST interface's answers and the pages of the UI. */
  private static void saveUi(SparkSession spark, Path folder)
      throws IOException, InterruptedException {
    String ui = spark.sparkContext().uiWebUrl().get();
    String rest = ui + "/api/v1/applications/" + spark.sparkContext().applicationId();
    List<String> urls = new ArrayList<>();
    for (String path :
        List.of(
            "jobs",
            "stages?details=true&withSummaries=true",
            "executors",
            "allexecutors",
            "environment",
            "storage/rdd",
            "sql?details=true&planDescription=true&length=1000",
            "allmiscellaneousprocess")) {
      urls.add(rest + "/" + path);
    }
    for (JsonNode stage : new ObjectMapper().readTree(get(rest + "/stages"))) {
      String attempt = stage.path("stageId").asText() + "/" + stage.path("attemptId").asText();
      urls.add(rest + "/stages/" + attempt + "?details=true");
      urls.add(rest + "/stages/" + attempt + "/taskList?length=100000");
    }
    for (String page : List.of("jobs", "stages", "storage", "environment", "executors", "SQL")) {
      urls.add(ui + "/" + page + "/");
    }
    for (int i = 0; i < urls.size(); i++) {
      Files.writeString(folder.resolve(i + ".txt"), urls.get(i) + "\n" + get(urls.get(i)));
    }
  }

  private static String get(String url) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(url + " answers " + response.statusCode());
    }
    return response.body();
  }
}
