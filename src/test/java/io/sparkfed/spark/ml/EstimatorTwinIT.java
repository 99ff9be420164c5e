package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.Family;
import io.sparkfed.spark.rows.LocalTraining;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Predictor;
import org.apache.spark.ml.classification.LinearSVC;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The federated estimators against MLlib's own, with the same params, on the pooled rows. A line of
 * params is {@code name=value} separated by blanks.
 */
@Timeout(300)
class EstimatorTwinIT {
  private static final int ROWS = 90;

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalTraining.session(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "regParam=0.3",
        "regParam=0.3 solver=l-bfgs",
        "regParam=0.3 standardization=false",
        "regParam=0.3 elasticNetParam=1.0",
        "regParam=0.2 elasticNetParam=0.4 weightCol=weight",
        "regParam=0.2 elasticNetParam=0.4 weightCol=weight solver=l-bfgs",
        "regParam=0.2 elasticNetParam=0.4 weightCol=weight solver=l-bfgs standardization=false",
        "regParam=0.3 fitIntercept=false weightCol=weight"
      })
  void linearRegression_sameParams_sameModel(String params) {
    Dataset<Row> rows = EstimatorRows.of(spark, Family.LINEAR, ROWS);
    LinearRegressionModel twin = with(exact(new LinearRegression()), params).fit(rows);
    LinearRegressionModel own =
        with(exact(federated(new FederatedLinearRegression())), params).fit(rows);

    assertArrayEquals(twin.coefficients().toArray(), own.coefficients().toArray(), 1e-6);
    assertEquals(twin.intercept(), own.intercept(), 1e-6);
    assertEquals(LinearRegressionModel.class, own.getClass());
  }

  /** MLlib refuses to penalize equal labels without an intercept, unless they are 0. */
  @ParameterizedTest
  @ValueSource(strings = {"regParam=0.3", "regParam=0.3 fitIntercept=false", "fitIntercept=false"})
  void linearRegression_labelsOfZero_sameModel(String params) {
    Dataset<Row> rows =
        EstimatorRows.of(spark, Family.LINEAR, ROWS).withColumn("label", functions.lit(0.0));
    LinearRegressionModel twin = with(exact(new LinearRegression()), params).fit(rows);
    LinearRegressionModel own =
        with(exact(federated(new FederatedLinearRegression())), params).fit(rows);

    assertArrayEquals(new double[twin.numFeatures()], twin.coefficients().toArray(), 1e-12);
    assertArrayEquals(twin.coefficients().toArray(), own.coefficients().toArray(), 1e-12);
    assertEquals(twin.intercept(), own.intercept(), 1e-12);
  }

  @ParameterizedTest
  @CsvSource({
    "LOGISTIC, ''",
    "LOGISTIC, 'regParam=0.05'",
    "LOGISTIC, 'regParam=0.05 elasticNetParam=0.5 weightCol=weight'",
    "LOGISTIC, 'regParam=0.05 elasticNetParam=0.5 weightCol=weight standardization=false'",
    "LOGISTIC, 'regParam=0.05 fitIntercept=false'",
    "LOGISTIC, 'regParam=0.05 family=multinomial'",
    "SOFTMAX, ''",
    "SOFTMAX, 'regParam=0.05 weightCol=weight'",
    "SOFTMAX, 'regParam=0.05 elasticNetParam=0.5'",
    "SOFTMAX, 'regParam=0.05 fitIntercept=false standardization=false'"
  })
  void logisticRegression_sameParams_sameModel(Family family, String params) {
    Dataset<Row> rows = EstimatorRows.of(spark, family, ROWS);
    LogisticRegressionModel twin = with(exact(new LogisticRegression()), params).fit(rows);
    LogisticRegressionModel own =
        with(exact(federated(new FederatedLogisticRegression())), params).fit(rows);

    assertEquals(twin.numClasses(), own.numClasses());
    for (int k = 0; k < twin.coefficientMatrix().numRows(); k++) {
      for (int j = 0; j < twin.numFeatures(); j++) {
        assertEquals(
            twin.coefficientMatrix().apply(k, j), own.coefficientMatrix().apply(k, j), 2e-6);
      }
    }
    assertArrayEquals(twin.interceptVector().toArray(), own.interceptVector().toArray(), 2e-6);
  }

  @ParameterizedTest
  @CsvSource({
    "LINEAR, 'family=gaussian'",
    "LINEAR, 'family=gaussian regParam=0.3 weightCol=weight offsetCol=offset'",
    "LOGISTIC, 'family=binomial weightCol=weight offsetCol=offset'",
    "POISSON, 'family=poisson offsetCol=offset fitIntercept=false'",
    "POISSON, 'family=poisson weightCol=weight link=log'",
    "GAMMA, 'family=gamma link=log weightCol=weight offsetCol=offset'",
    "GAMMA, 'family=gamma link=log regParam=0.2 weightCol=weight'"
  })
  void generalizedLinearRegression_sameParams_sameModel(Family family, String params) {
    Dataset<Row> rows = EstimatorRows.of(spark, family, ROWS);
    GeneralizedLinearRegressionModel twin =
        with(exactReweighted(new GeneralizedLinearRegression()), params).fit(rows);
    GeneralizedLinearRegressionModel own =
        with(exact(federated(new FederatedGeneralizedLinearRegression())), params).fit(rows);

    assertArrayEquals(twin.coefficients().toArray(), own.coefficients().toArray(), 1e-6);
    assertEquals(twin.intercept(), own.intercept(), 1e-6);
    assertEquals(
        0L,
        twin.transform(rows)
            .withColumnRenamed("prediction", "theirs")
            .join(
                own.transform(rows).select("features", "offset", "prediction"),
                new String[] {"features", "offset"})
            .where(
                functions.abs(functions.col("theirs").minus(functions.col("prediction"))).gt(1e-5))
            .count());
  }

  /**
   * The hinge has kinks, at which neither descent need end in the very optimum: ours must come at
   * least as low as MLlib's.
   */
  @ParameterizedTest
  @CsvSource({
    "'regParam=0.1', true",
    "'regParam=0.1 weightCol=weight standardization=false', false",
    "'regParam=0.1 fitIntercept=false weightCol=weight', true"
  })
  void linearSvc_sameParams_asLowAnObjective(String params, boolean standardized) {
    List<Row> rows = EstimatorRows.of(spark, Family.SVM, ROWS).collectAsList();
    Dataset<Row> table = EstimatorRows.of(spark, Family.SVM, ROWS);
    String both = params + " maxIter=100 tol=1e-9";
    LinearSVCModel twin = with(new LinearSVC(), both).fit(table);
    LinearSVCModel own = with(federated(new FederatedLinearSVC()), both).fit(table);
    boolean weighted = params.contains("weightCol");

    double theirs = svcObjective(rows, twin, weighted, standardized);
    assertTrue(svcObjective(rows, own, weighted, standardized) <= theirs * (1.0 + 1e-6));
    assertTrue(theirs < 1.0, "that of the model that is all zeros");
  }

  /** Mean hinge loss plus half of 0.1 times the squared weights. */
  private static double svcObjective(
      List<Row> rows, LinearSVCModel model, boolean weighted, boolean standardized) {
    double total = 0.0;
    double squared = 0.0;
    double loss = 0.0;
    double[] means = new double[3];
    for (Row row : rows) {
      double weight = weighted ? row.<Double>getAs("weight") : 1.0;
      Vector x = row.getAs("features");
      double score = model.coefficients().dot(x) + model.intercept();
      total += weight;
      squared += weight * weight;
      loss += weight * Math.max(0.0, 1.0 - (2.0 * row.<Double>getAs("label") - 1.0) * score);
      for (int j = 0; j < 3; j++) {
        means[j] += weight * x.apply(j);
      }
    }
    double penalty = 0.0;
    for (int j = 0; j < 3; j++) {
      double squares = 0.0;
      for (Row row : rows) {
        double deviation = row.<Vector>getAs("features").apply(j) - means[j] / total;
        squares += (weighted ? row.<Double>getAs("weight") : 1.0) * deviation * deviation;
      }
      double variance = standardized ? squares / (total - squared / total) : 1.0;
      penalty += 0.05 * Math.pow(model.coefficients().apply(j), 2) * variance;
    }
    return loss / total + penalty;
  }

  @Test
  void statistics_unpenalised_areMllibs() {
    Dataset<Row> rows = EstimatorRows.of(spark, Family.POISSON, ROWS);
    GeneralizedLinearRegressionModel twin =
        exactReweighted(new GeneralizedLinearRegression().setFamily("poisson")).fit(rows);
    FederatedGeneralizedLinearRegression estimator =
        federated(new FederatedGeneralizedLinearRegression()).setFamily("poisson");
    GeneralizedLinearRegressionModel own = estimator.fit(rows);
    FederatedSummary summary = FederatedSummary.of(own).orElseThrow();

    List<Row> statistics = summary.statistics().collectAsList();
    double[] errors = statistics.stream().mapToDouble(row -> row.getAs("standardError")).toArray();
    double[] p = statistics.stream().mapToDouble(row -> row.getAs("pValue")).toArray();
    assertArrayEquals(twin.summary().coefficientStandardErrors(), errors, 1e-6);
    assertArrayEquals(twin.summary().pValues(), p, 1e-6);
    assertEquals(twin.summary().deviance(), summary.goodnessOfFit().get("deviance"), 1e-6);
    assertEquals(twin.summary().aic(), summary.goodnessOfFit().get("aic"), 1e-6);
    assertEquals(List.of("worker-0", "worker-1", "worker-2"), summary.workers());
    assertEquals("fed-newton", summary.preset());
    assertTrue(summary.rounds().count() >= 2);
    assertTrue(estimator.hasSummary());
  }

  /** Five trials a row, and workers whose ids are numbers. */
  @Test
  void statistics_ofProportions_areMllibs() {
    Dataset<Row> rows =
        EstimatorRows.of(spark, Family.LOGISTIC, ROWS)
            .selectExpr(
                "features",
                "(3 * label + pmod(hash(features), 3)) / 5 AS label",
                "5.0D AS weight",
                "offset",
                "double(replace(worker, 'worker-')) AS owner");
    String params = "family=binomial weightCol=weight offsetCol=offset";
    GeneralizedLinearRegressionModel twin =
        with(exactReweighted(new GeneralizedLinearRegression()), params).fit(rows);
    FederatedGeneralizedLinearRegression estimator =
        federated(new FederatedGeneralizedLinearRegression()).setWorkerCol("owner");
    GeneralizedLinearRegressionModel own = with(estimator, params).fit(rows);
    FederatedSummary summary = FederatedSummary.of(own).orElseThrow();

    assertArrayEquals(twin.coefficients().toArray(), own.coefficients().toArray(), 1e-6);
    assertEquals(twin.summary().deviance(), summary.goodnessOfFit().get("deviance"), 1e-6);
    assertEquals(twin.summary().aic(), summary.goodnessOfFit().get("aic"), 1e-6);
    assertEquals(List.of("0", "1", "2"), summary.workers());
  }

  @Test
  void everyMode_sameBits() {
    Dataset<Row> rows = EstimatorRows.of(spark, Family.LOGISTIC, ROWS);
    FederatedLogisticRegression estimator =
        federated(new FederatedLogisticRegression()).setRegParam(0.1).setWeightCol("weight");
    double[] plain = estimator.fit(rows).coefficients().toArray();
    double[] masked = estimator.setAggregationMode("masked").fit(rows).coefficients().toArray();

    assertArrayEquals(plain, masked, 0.0);
  }

  @Test
  void averaging_settingsOfLocalTraining_areTaken() {
    Dataset<Row> rows = EstimatorRows.of(spark, Family.LOGISTIC, ROWS);
    double[] losses = new double[2];
    for (int i = 0; i < losses.length; i++) {
      String[] settings = {
        "algorithm.local.steps=" + (1 + 9 * i), "algorithm.local.step-size=0.05"
      };
      FederatedLogisticRegression estimator =
          federated(new FederatedLogisticRegression())
              .setPreset("fed-avg")
              .setRounds(2)
              .setSettings(settings);
      estimator.fit(rows);
      losses[i] = estimator.summary().rounds().where("round = 2").first().getAs("loss");
    }

    assertTrue(losses[1] < losses[0], Arrays.toString(losses));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "family=gamma",
        "family=binomial link=probit",
        "family=tweedie",
        "family=poisson link=log regParam=0.1"
      })
  void generalizedLinearRegression_whatIsNotTrained_isRefused(String params) {
    Dataset<Row> rows = EstimatorRows.of(spark, Family.GAMMA, ROWS);
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> with(federated(new FederatedGeneralizedLinearRegression()), params).fit(rows));

    assertTrue(
        refusal.getMessage().startsWith("family and link must be")
            || refusal.getMessage().startsWith("regParam must be 0 for family poisson"),
        refusal.getMessage());
  }

  /** MLlib's own rule, which its fit checks. */
  @Test
  void fit_thresholdsOfAnotherNumberOfClasses_areRefusedLikeMllibs() {
    Dataset<Row> three = EstimatorRows.of(spark, Family.SOFTMAX, 60);
    Dataset<Row> two = EstimatorRows.of(spark, Family.LOGISTIC, 60);
    double[] ofTwo = {0.3, 0.7};
    double[] ofThree = {0.3, 0.7, 0.1};
    for (String family : List.of("auto", "multinomial")) {
      LogisticRegression mllib = new LogisticRegression().setFamily(family);
      FederatedLogisticRegression own =
          new FederatedLogisticRegression().setFamily(family).setWorkerCol("worker");

      assertThrows(
          IllegalArgumentException.class,
          () -> mllib.copy(ParamMap.empty()).setThresholds(ofTwo).fit(three));
      assertThrows(
          IllegalArgumentException.class,
          () -> own.copy(ParamMap.empty()).setThresholds(ofTwo).fit(three));
      assertThrows(
          IllegalArgumentException.class,
          () -> mllib.copy(ParamMap.empty()).setThresholds(ofThree).fit(two));
      assertThrows(
          IllegalArgumentException.class,
          () -> own.copy(ParamMap.empty()).setThresholds(ofThree).fit(two));
      assertEquals(
          3, own.copy(ParamMap.empty()).setThresholds(ofThree).fit(three).getThresholds().length);
    }
  }

  private static <E extends HasFederation<E>> E federated(E estimator) {
    return estimator.setWorkerCol("worker").setAggregationMode("insecure-plain");
  }

  /** At the optimum as near as either can come. */
  private static <E extends Predictor<?, ?, ?>> E exact(E estimator) {
    return with(estimator, "tol=1e-14 maxIter=2000");
  }

  /** Like Newton's, its steps square the error; none may ever be as small as the tolerance. */
  private static GeneralizedLinearRegression exactReweighted(
      GeneralizedLinearRegression estimator) {
    return with(estimator, "tol=1e-14 maxIter=60");
  }

  private static <E extends Predictor<?, ?, ?>> E with(E estimator, String params) {
    Arrays.stream(params.split(" "))
        .filter(param -> !param.isEmpty())
        .map(param -> param.split("="))
        .forEach(
            pair -> {
              Param<Object> param = estimator.getParam(pair[0]);
              estimator.set(param, parsed(pair[1]));
            });
    return estimator;
  }

  private static Object parsed(String text) {
    if (text.matches("true|false")) {
      return Boolean.valueOf(text);
    }
    if (text.matches("[0-9]+")) {
      return Integer.valueOf(text);
    }
    return text.matches("[0-9.]+(e-[0-9]+)?") ? (Object) Double.valueOf(text) : text;
  }
}
