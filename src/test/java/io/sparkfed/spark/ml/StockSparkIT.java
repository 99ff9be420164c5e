package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.it.ExecutorJvms;
import io.sparkfed.model.Family;
import io.sparkfed.spark.rows.LocalTraining;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models and estimators as other processes use them. */
@Timeout(600)
class StockSparkIT {
  /** Loads a pipeline, predicts, and writes the predictions; without a class of ours. */
  private static final String PROGRAM =
      """
      import java.nio.file.*;
      import java.util.stream.*;
      import org.apache.spark.ml.PipelineModel;
      import org.apache.spark.sql.*;

      public class Predict {
        public static void main(String[] args) throws Exception {
          try {
            Class.forName("io.sparkfed.spark.ml.FederatedLinearRegression");
            throw new IllegalStateException("our classes are on the class path");
          } catch (ClassNotFoundException expected) {
          }
          SparkSession spark =
              SparkSession.builder().master("local[1]").config("spark.ui.enabled", false).getOrCreate();
          Dataset<Row> rows = spark.read().parquet(args[0]);
          for (int i = 1; i < args.length; i++) {
            String text =
                PipelineModel.load(args[i]).transform(rows).orderBy("x0").select("prediction")
                    .collectAsList().stream()
                    .map(row -> String.valueOf(row.getDouble(0)))
                    .collect(Collectors.joining("\\n"));
            Files.writeString(Path.of(args[i] + ".txt"), text);
          }
          spark.stop();
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void savedPipelines_withoutOurJar_loadAndPredictTheSame() throws Exception {
    SparkSession spark = LocalTraining.session(2);
    Dataset<Row> rows = EstimatorRows.of(spark, Family.SOFTMAX, 60);
    String table = folder.resolve("rows").toString();
    rows.select("x0", "x1", "x2", "offset").write().parquet(table);
    Map<String, PipelineModel> models =
        Map.of(
            "linear", fitted(new FederatedLinearRegression(), rows),
            "logistic", fitted(new FederatedLogisticRegression(), rows),
            "svm", fitted(new FederatedLinearSVC().setRounds(5), rows.where("label < 2")),
            "poisson",
                fitted(
                    new FederatedGeneralizedLinearRegression()
                        .setFamily("poisson")
                        .setOffsetCol("offset"),
                    rows));
    List<String> arguments = new ArrayList<>(List.of(table));
    for (Map.Entry<String, PipelineModel> model : models.entrySet()) {
      String path = folder.resolve(model.getKey()).toString();
      model.getValue().save(path);
      arguments.add(path);
    }

    stockSpark(arguments);

    for (Map.Entry<String, PipelineModel> model : models.entrySet()) {
      List<String> expected =
          model
              .getValue()
              .transform(rows)
              .orderBy("x0")
              .select("prediction")
              .collectAsList()
              .stream()
              .map(row -> String.valueOf(row.getDouble(0)))
              .toList();
      assertEquals(
          expected, Files.readAllLines(folder.resolve(model.getKey() + ".txt")), model.getKey());
    }
  }

  private static <E extends HasFederation<E>> PipelineModel fitted(E estimator, Dataset<Row> rows) {
    estimator
        .setWorkerCol("worker")
        .setAggregationMode("insecure-plain")
        .set("featuresCol", "assembled");
    return new Pipeline()
        .setStages(
            new PipelineStage[] {
              new VectorAssembler()
                  .setInputCols(new String[] {"x0", "x1", "x2"})
                  .setOutputCol("assembled"),
              (PipelineStage) (Object) estimator
            })
        .fit(rows);
  }

  private void stockSpark(List<String> arguments) throws Exception {
    Path program = Files.writeString(folder.resolve("Predict.java"), PROGRAM);
    String own = System.getProperty("java.class.path");
    String classPath =
        Arrays.stream(System.getProperty("surefire.test.class.path", own).split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar") && !entry.contains("spark-federated"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(List.of(ExecutorJvms.OPTIONS.split(" ")));
    command.addAll(List.of("-Xmx1g", "-cp", classPath, program.toString()));
    command.addAll(arguments);
    run(new ProcessBuilder(command));
  }

  private void run(ProcessBuilder builder) throws Exception {
    File log = folder.resolve("log").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(log).start();
    try {
      assertTrue(process.waitFor(8, TimeUnit.MINUTES), "did not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), Files.readString(log.toPath()));
  }

  @Test
  void pySpark_everyEstimator_isItsOwnOnesTwin() throws Exception {
    String python = System.getenv("SPARKFED_PYTHON");
    Assumptions.assumeTrue(
        python != null,
        "skipped: SPARKFED_PYTHON names no Python with PySpark and NumPy to try the module with");
    String jar = System.getProperty("sparkfed.jar");
    ProcessBuilder builder = new ProcessBuilder(python, "src/test/python/estimators.py");
    Map<String, String> environment = builder.environment();
    environment.remove("SPARK_HOME");
    environment.merge("PYTHONPATH", jar, (before, added) -> added + File.pathSeparator + before);
    environment.put("PYSPARK_PYTHON", python);
    environment.put(
        "PYSPARK_SUBMIT_ARGS",
        "--master local[2] --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=3"
            + " --jars "
            + jar
            + " pyspark-shell");
    run(builder);
  }
}
