package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.model.Family;
import io.sparkfed.spark.rows.LocalTraining;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What estimators that hide rows tell of the models that they fit. */
@Timeout(300)
class EstimatorPrivacyIT {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalTraining.session(2);
  }

  private static Dataset<Row> rows() {
    return EstimatorRows.of(spark, Family.LOGISTIC, 3000)
        .withColumn(
            "part", functions.expr("CASE WHEN pmod(hash(x0), 3) = 0 THEN 'test' ELSE 'train' END"));
  }

  private static FederatedLogisticRegression estimator(String... settings) {
    String[] all = Arrays.copyOf(settings, settings.length + 1);
    all[settings.length] = "privacy.vector-size=3";
    return new FederatedLogisticRegression()
        .setWorkerCol("worker")
        .setFamily("binomial")
        .setAggregationMode("insecure-plain")
        .setPrivacyEpsilon(8.0)
        .setPrivacyDelta(1e-5)
        .setFeatureBounds(new double[] {-80.0, 80.0})
        .setSettings(all);
  }

  /** What is told of test rows is within four of its stated errors of what Spark counts. */
  @Test
  void fit_withTestRows_tellsTheirFiguresWithTheNoiseInThem() {
    Dataset<Row> rows = rows();
    FederatedLogisticRegression estimator = estimator("data.split.column=part");

    LogisticRegressionModel model = estimator.fit(rows);

    FederatedSummary summary = estimator.summary();
    Dataset<Row> test = model.transform(rows.where("part = 'test'"));
    double exact = (double) test.where("label = prediction").count() / test.count();
    Row accuracy = summary.figures().where("name = 'accuracy'").collectAsList().get(0);
    double noise = accuracy.<Double>getAs("noise");
    assertEquals("test", accuracy.getAs("rows"));
    assertEquals(exact, accuracy.<Double>getAs("value"), 4.0 * noise);
    assertEquals(summary.testMetrics().get("accuracy"), accuracy.<Double>getAs("value"));
    assertTrue(noise > 0.0 && noise < 0.01, accuracy.toString());
    assertTrue(summary.metrics().isEmpty());
    assertEquals(0, summary.figures().where("rows = 'train'").count());
    assertTrue(summary.releases().where("purpose = 'evaluation' AND rows = 'test'").count() == 1);
  }

  /** Each interval is its estimate and error, and holds the coefficient without noise or nearly. */
  @Test
  void fit_withAShareForIntervals_hasThemInTheSummary() {
    Dataset<Row> rows =
        new VectorAssembler()
            .setInputCols(new String[] {"x0", "s1", "s2"})
            .setOutputCol("scaled")
            .transform(
                rows()
                    .withColumn("s1", functions.expr("(x1 - 1) / 20"))
                    .withColumn("s2", functions.expr("(x2 - 2) * 10")));
    FederatedLogisticRegression estimator = estimator();
    estimator.setFeaturesCol("scaled");
    estimator.setFeatureBounds(new double[] {-4.0, 4.0}).setIntervalsShare(0.1);
    // Most labels are sure, so that there is little curvature and a long way.
    estimator.setPrivacyEpsilon(30.0).setRounds(30);

    LogisticRegressionModel model = estimator.fit(rows);
    LogisticRegressionModel exact =
        new LogisticRegression()
            .setFeaturesCol("scaled")
            .setFamily("binomial")
            .setTol(1e-12)
            .fit(rows);

    FederatedSummary summary = estimator.summary();
    List<Row> statistics = summary.statistics().collectAsList();
    assertEquals(4, statistics.size(), summary.notes().toString());
    for (int j = 0; j < 4; j++) {
      Row one = statistics.get(j);
      double error = one.getAs("standardError");
      double estimate = j < 3 ? model.coefficients().apply(j) : model.intercept();
      double without = j < 3 ? exact.coefficients().apply(j) : exact.intercept();
      assertEquals(estimate, one.<Double>getAs("estimate"), 1e-12, one.toString());
      assertEquals(estimate - 1.959963984540054 * error, one.<Double>getAs("lower"), 1e-9);
      assertEquals(without, estimate, 4.0 * error, one.toString());
      assertTrue(error > 0.0, one.toString());
    }
    assertEquals(Map.of(), summary.goodnessOfFit());
    assertEquals(1, summary.releases().where("purpose = 'Hessian' AND sums = 1").count());
    assertTrue(
        summary.notes().stream().anyMatch(note -> note.contains("intervals count the noise")),
        summary.notes().toString());
  }

  @Test
  void fit_vectorMachineWithAShareForIntervals_isRefusedWithTheReason() {
    FederatedLinearSVC estimator =
        new FederatedLinearSVC()
            .setWorkerCol("worker")
            .setPrivacyEpsilon(8.0)
            .setPrivacyDelta(1e-5)
            .setFeatureBounds(new double[] {-80.0, 80.0})
            .setSettings(new String[] {"privacy.vector-size=3"})
            .setIntervalsShare(0.1);

    String refusal =
        assertThrows(ConfigurationException.class, () -> estimator.fit(rows())).getMessage();

    assertTrue(refusal.contains("the hinge has no curvature"), refusal);
  }

  @Test
  void fit_withoutTestRows_tellsFiguresThatAreBoughtAlone() {
    FederatedLogisticRegression plain = estimator();
    plain.fit(rows());
    assertEquals(List.of(), plain.summary().figures().collectAsList());

    FederatedLogisticRegression bought = estimator("privacy.evaluation-share=0.2");
    bought.fit(rows());
    Row counted = bought.summary().figures().where("name = 'rows'").collectAsList().get(0);
    assertEquals("train", counted.getAs("rows"));
    assertEquals(3000.0, counted.<Double>getAs("value"), 5.0 * counted.<Double>getAs("noise"));
    assertTrue(bought.summary().testMetrics().isEmpty());
  }
}
