package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.config.EnumNames;
import io.sparkfed.it.RunOutput;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.model.Family;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every family from its configuration to stock MLlib's model, its predictions and its metrics. */
@Timeout(300)
class FamiliesIT {
  private static final int FEATURES = 3;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Family.class)
  void family_trained_isTheStockModelThatPredictsTheSame(Family family) throws Exception {
    Path conf = conf(family);
    RunOutput output = new RunOutput(folder.resolve("out"));
    Path predictions = folder.resolve("predictions");
    assertEquals(
        0, LocalSpark.run(() -> TrainJob.execute(conf.toString(), "output.dir=" + output.dir())));
    assertEquals(
        0,
        LocalSpark.run(
            () ->
                PredictJob.execute(
                    conf.toString(),
                    "--model",
                    output.dir().toString(),
                    "predictions.path=" + predictions)));

    OutputIT.assertSameNumbers(output.run().path("metrics").path("train"), evaluated(conf, output));
    assertTrue(Files.readString(output.dir().resolve("report.html")).contains("x3"));
    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      Dataset<Row> rows =
          spark.read().parquet(predictions.toString()).withColumnRenamed("prediction", "own");
      for (String column : List.of("x1", "x2", "x3")) {
        rows = rows.withColumn(column, functions.col(column).cast("double"));
      }
      Dataset<Row> features =
          new VectorAssembler()
              .setInputCols(new String[] {"x1", "x2", "x3"})
              .setOutputCol("features")
              .transform(rows);
      List<Row> both = stock(family, output.model()).transform(features).collectAsList();
      assertEquals(3 * 20 + 3 + 6, both.size());
      for (Row row : both) {
        double stock =
            row.<Double>getAs("prediction") + (family == Family.LINEAR ? offset(row) : 0);
        double own = row.<Double>getAs("own");
        assertEquals(stock, own, 1e-12 * Math.max(1.0, Math.abs(stock)));
        assertDetails(family, row);
      }
      boolean classes = family.isClassifier();
      long distinct = both.stream().map(row -> row.<Double>getAs("own")).distinct().count();
      assertTrue(classes ? distinct <= 3 : distinct > 50, "distinct predictions " + distinct);
    }
  }

  /** What stands beside the class: probabilities or the margin, as the stock model has them. */
  private static void assertDetails(Family family, Row row) {
    switch (family) {
      case LOGISTIC ->
          assertEquals(
              row.<Vector>getAs("stockProbability").apply(1),
              row.<Double>getAs("probability"),
              1e-12);
      case SOFTMAX -> {
        for (int k = 0; k < 3; k++) {
          assertEquals(
              row.<Vector>getAs("stockProbability").apply(k),
              row.<Double>getAs("probability_" + k),
              1e-12);
        }
      }
      case SVM, SQUARED_HINGE ->
          assertEquals(
              row.<Vector>getAs("rawPrediction").apply(1), row.<Double>getAs("margin"), 1e-12);
      case LINEAR, HUBER, POISSON, GAMMA -> {}
    }
  }

  private static double offset(Row row) {
    return row.<Double>getAs("o");
  }

  private static Transformer stock(Family family, String path) {
    return switch (family) {
      case LINEAR, HUBER -> LinearRegressionModel.load(path);
      case LOGISTIC, SOFTMAX ->
          (Transformer) LogisticRegressionModel.load(path).setProbabilityCol("stockProbability");
      case SVM, SQUARED_HINGE -> LinearSVCModel.load(path);
      case POISSON, GAMMA -> GeneralizedLinearRegressionModel.load(path);
    };
  }

  private static JsonNode evaluated(Path conf, RunOutput output) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    assertEquals(
        0,
        LocalSpark.run(
            () -> {
              PrintStream before = System.out;
              System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
              try {
                return EvaluateJob.execute(conf.toString(), "--model", output.dir().toString());
              } finally {
                System.setOut(before);
              }
            }));
    String json = printed.toString(StandardCharsets.UTF_8);
    return new ObjectMapper()
        .readTree(json.substring(json.indexOf('{')))
        .path("metrics")
        .path("all");
  }

  private Path conf(Family family) throws IOException {
    WorkerRows generated = WorkerRows.generate(31, 3, 20, FEATURES);
    TreeMap<String, List<double[]>> labelled = new TreeMap<>();
    generated
        .byWorker()
        .forEach(
            (worker, rows) ->
                labelled.put(worker, rows.stream().map(row -> labelled(family, row)).toList()));
    WorkerRows rows = new WorkerRows(FEATURES, labelled);
    String offset =
        family == Family.LINEAR || family.hasLogLink()
            ? "data { derive { o = \"CAST(x1 AS DOUBLE) / 4\" }, offset-column = o }\n"
            : "";
    String classes = family == Family.SOFTMAX ? "model.classes = 3\n" : "";
    return Files.writeString(
        folder.resolve("family.conf"),
        rows.columnsConfig()
            + WorkerRows.workersConfig(rows.writeCsv(folder.resolve("rows")))
            + offset
            + classes
            + "model { family = "
            + EnumNames.of(family)
            + ", l1 = 0.001, l2 = 0.01, standardize = federated }\n"
            + "algorithm { rounds = 4, local { steps = 4, step-size = 0.1 } }\n");
  }

  /** Labels of the family's domain that depend on the features. */
  private static double[] labelled(Family family, double[] row) {
    double[] own = row.clone();
    double y = own[FEATURES];
    own[FEATURES] =
        switch (family) {
          case LINEAR, HUBER, GAMMA -> y;
          case LOGISTIC, SVM, SQUARED_HINGE -> y > 2.5 ? 1.0 : 0.0;
          case SOFTMAX -> y > 3.5 ? 2.0 : y > 1.8 ? 1.0 : 0.0;
          case POISSON -> Math.floor(2.0 * y);
        };
    return own;
  }
}
