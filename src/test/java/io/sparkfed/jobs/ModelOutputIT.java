package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.it.ExecutorJvms;
import io.sparkfed.it.RunOutput;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.output.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.ml.PredictionModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The written model is stock MLlib's, and says what this library's own prediction says. */
@Timeout(300)
class ModelOutputIT {
  private static final int FEATURES = 3;

  /** What a user of the model writes: Spark alone, and the model's folder. */
  private static final String STOCK_USER =
      """
      import org.apache.spark.ml.linalg.Vectors;
      import org.apache.spark.ml.regression.LinearRegressionModel;
      import org.apache.spark.sql.SparkSession;

      public class StockUser {
        public static void main(String[] arguments) {
          SparkSession spark = SparkSession.builder().master("local[1]").getOrCreate();
          LinearRegressionModel model = LinearRegressionModel.load(arguments[0]);
          System.out.println("prediction " + model.predict(Vectors.dense(1.0, 2.0, 3.0)));
          spark.stop();
        }
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"linear", "logistic"})
  void model_loadedByStockSpark_predictsWhatPredictDoes(String family) throws Exception {
    Path conf = conf(family, rows(family));
    RunOutput output = train(conf);
    String predictions = folder.resolve("predictions").toString();
    assertEquals(
        0,
        LocalSpark.run(
            () ->
                PredictJob.execute(
                    conf.toString(),
                    "--model",
                    output.dir().toString(),
                    "predictions.path=" + predictions)));

    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      PredictionModel<Vector, ?> model =
          family.equals("linear")
              ? LinearRegressionModel.load(output.model())
              : LogisticRegressionModel.load(output.model());
      List<Row> rows = spark.read().parquet(predictions).collectAsList();
      assertEquals(3 * 20 + 3 + 6, rows.size());
      for (Row row : rows) {
        double[] x = new double[FEATURES];
        for (int j = 0; j < FEATURES; j++) {
          x[j] = Double.parseDouble(row.getAs("x" + (j + 1)));
        }
        Vector features = Vectors.dense(x);
        assertEquals(model.predict(features), row.<Double>getAs("prediction"), 1e-12);
        if (model instanceof LogisticRegressionModel logistic) {
          double probability = logistic.predictProbability(features).apply(1);
          assertEquals(probability, row.<Double>getAs("probability"), 1e-12);
        }
      }
    }
  }

  @Test
  void model_inAJvmWithSparkAlone_loadsAndPredicts() throws Exception {
    WorkerRows rows = rows("linear");
    RunOutput output = train(conf("linear", rows));
    Path source = Files.writeString(folder.resolve("StockUser.java"), STOCK_USER);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.addAll(List.of(ExecutorJvms.OPTIONS.split(" ")));
    command.addAll(List.of("-cp", System.getenv("SPARK_HOME") + "/jars/*"));
    command.addAll(List.of(source.toString(), output.model()));
    Path printed = folder.resolve("printed");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(printed.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    try {
      assertTrue(process.waitFor(200, TimeUnit.SECONDS), "the stock user did not finish");
    } finally {
      process.destroyForcibly();
    }

    assertEquals(0, process.exitValue(), Files.readString(folder.resolve("errors")));
    SavedModel saved = SavedModel.read(new Configuration(), output.dir().toString());
    double[] w = saved.weights();
    double expected = w[0] + 2.0 * w[1] + 3.0 * w[2] + saved.intercepts()[0];
    String line = Files.readString(printed).strip();
    assertEquals(expected, Double.parseDouble(line.replace("prediction ", "")), 1e-12);
  }

  @Test
  void run_pooledTable_saysThatRowsMoved() throws Exception {
    WorkerRows rows = rows("linear");
    rows.writeCsv(folder.resolve("center"));
    List<String> pooled = new ArrayList<>();
    for (String worker : rows.byWorker().keySet()) {
      List<String> lines = Files.readAllLines(folder.resolve("center").resolve(worker + ".csv"));
      if (pooled.isEmpty()) {
        pooled.add(lines.get(0) + ",center");
      }
      lines.stream().skip(1).forEach(line -> pooled.add(line + "," + worker));
    }
    Path table = Files.write(folder.resolve("pooled.csv"), pooled);
    RunOutput inPlace = train(conf("linear", rows));
    Path conf =
        Files.writeString(
            folder.resolve("pooled.conf"),
            common("linear", rows) + "data { path = \"" + table + "\", worker-column = center }\n");
    RunOutput moved = train(conf);

    assertTrue(
        moved.notes().stream().anyMatch(note -> note.contains("simulated workers: rows moved")),
        moved.notes().toString());
    assertTrue(inPlace.notes().stream().noneMatch(note -> note.contains("rows moved")));
    assertEquals(inPlace.coefficients(), moved.coefficients());
  }

  private static WorkerRows rows(String family) {
    WorkerRows rows = WorkerRows.generate(31, 3, 20, FEATURES);
    if (family.equals("linear")) {
      return rows;
    }
    TreeMap<String, List<double[]>> classes = new TreeMap<>();
    rows.byWorker()
        .forEach(
            (worker, own) -> {
              List<double[]> labelled = new ArrayList<>();
              for (int i = 0; i < own.size(); i++) {
                double[] row = own.get(i).clone();
                row[FEATURES] = i % 2;
                labelled.add(row);
              }
              classes.put(worker, labelled);
            });
    return new WorkerRows(FEATURES, classes);
  }

  private Path conf(String family, WorkerRows rows) throws IOException {
    String workers = WorkerRows.workersConfig(rows.writeCsv(folder.resolve("rows")));
    return Files.writeString(folder.resolve(family + ".conf"), common(family, rows) + workers);
  }

  private static String common(String family, WorkerRows rows) {
    return rows.columnsConfig()
        + "model.family = "
        + family
        + "\nalgorithm { rounds = 2, local { steps = 3, step-size = 0.05 } }\n";
  }

  private RunOutput train(Path conf) throws Exception {
    Path dir = Files.createTempDirectory(folder, "run").resolve("out");
    assertEquals(0, LocalSpark.run(() -> TrainJob.execute(conf.toString(), "output.dir=" + dir)));
    return new RunOutput(dir);
  }
}
