package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkfed.it.RunOutput;
import io.sparkfed.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionTrainingSummary;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exact fits of {@code conf} by the job, against MLlib's regression on the pooled rows. */
@Timeout(300)
class ExactFitIT {
  @TempDir Path folder;

  /** Indicators of the categories by SQL, and the categories themselves. */
  @ParameterizedTest
  @ValueSource(strings = {"hospitals-newton", "hospitals-categorical"})
  void train_hospitals_isMllibsPooledFitWithItsStatistics(String name) throws Exception {
    Path data = TestData.file("fed-heart-disease/flamby_split.csv");
    RunOutput output = new RunOutput(folder.resolve("out"));
    assertEquals(
        0,
        LocalSpark.run(
            () ->
                TrainJob.execute(
                    "conf/" + name + ".conf", "data.path=" + data, "output.dir=" + output.dir())));
    JsonNode statistics = output.run().path("statistics");
    List<String> names = new ArrayList<>();
    statistics.path("coefficients").forEach(row -> names.add(row.path("name").asText()));

    assertEquals(14, names.size());
    assertEquals("(Intercept)", names.get(13));
    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      GeneralizedLinearRegressionModel pooled = pooled(spark, data, names.subList(0, 13));
      GeneralizedLinearRegressionTrainingSummary summary = pooled.summary();
      LogisticRegressionModel model = LogisticRegressionModel.load(output.model());
      for (int j = 0; j < 14; j++) {
        JsonNode row = statistics.path("coefficients").get(j);
        double expected = j < 13 ? pooled.coefficients().apply(j) : pooled.intercept();
        double saved = j < 13 ? model.coefficients().apply(j) : model.intercept();
        close(expected, saved, 1e-8);
        close(expected, row.path("estimate").asDouble(), 1e-8);
        close(summary.coefficientStandardErrors()[j], row.path("standardError").asDouble(), 1e-8);
        close(summary.tValues()[j], row.path("statistic").asDouble(), 1e-8);
        assertEquals(summary.pValues()[j], row.path("pValue").asDouble(), 1e-9);
        double error = row.path("standardError").asDouble();
        close(expected - 1.959963984540054 * error, row.path("lower").asDouble(), 1e-7);
        close(expected + 1.959963984540054 * error, row.path("upper").asDouble(), 1e-7);
      }
      close(summary.deviance(), statistics.path("deviance").asDouble(), 1e-10);
      close(summary.nullDeviance(), statistics.path("nullDeviance").asDouble(), 1e-10);
      close(summary.aic(), statistics.path("aic").asDouble(), 1e-10);
      assertEquals(
          (double) summary.residualDegreeOfFreedom(),
          statistics.path("residualDegrees").asDouble());
      assertEquals(
          (double) summary.residualDegreeOfFreedomNull(),
          statistics.path("nullDegrees").asDouble());
    }
    List<String> rounds = Files.readAllLines(output.dir().resolve("rounds.jsonl"));
    assertTrue(rounds.size() < 12, "rounds " + rounds.size());
    assertTrue(rounds.get(0).contains("\"objective\":"), rounds.get(0));
    String report = Files.readString(output.dir().resolve("report.html"));
    assertTrue(report.contains("Statistics of the fit"));
    assertTrue(report.contains("Null deviance"));
  }

  private static GeneralizedLinearRegressionModel pooled(
      SparkSession spark, Path data, List<String> features) {
    Dataset<Row> rows =
        spark
            .read()
            .option("header", "true")
            .option("inferSchema", "true")
            .csv(data.toString())
            .where("split = 'train'")
            .selectExpr(
                "*",
                "double(cp = 2) cp_2",
                "double(cp = 3) cp_3",
                "double(cp = 4) cp_4",
                "double(restecg = 1) restecg_1",
                "double(restecg = 2) restecg_2");
    Dataset<Row> assembled =
        new VectorAssembler()
            .setInputCols(features.toArray(String[]::new))
            .setOutputCol("features")
            .transform(rows);
    assertTrue(assembled.first().<Vector>getAs("features").size() == 13);
    return new GeneralizedLinearRegression()
        .setFamily("binomial")
        .setLabelCol("y")
        .setMaxIter(100)
        .setTol(1e-14)
        .fit(assembled);
  }

  private static void close(double expected, double actual, double relative) {
    assertEquals(expected, actual, relative * Math.abs(expected));
  }
}
