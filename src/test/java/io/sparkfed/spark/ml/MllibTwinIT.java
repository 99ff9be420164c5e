package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.data.Examples;
import io.sparkfed.data.FeatureMoments;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.spark.rows.LocalTraining;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Local L-BFGS on all rows against MLlib's own fits of the same rows.
 *
 * <p>MLlib's deviations take weights for reliabilities, ours for copies; so rows are unweighted
 * where deviations matter.
 */
@Timeout(300)
class MllibTwinIT {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalTraining.session(2);
  }

  /**
   * MLlib's loss is half the squared error, so our penalties are twice its own. It also divides its
   * ridge penalty by the label's deviation.
   */
  @ParameterizedTest
  @CsvSource({"0.0, 0.0, false", "0.3, 0.0, false", "0.3, 1.0, false", "0.2, 0.4, true"})
  void linear_elasticNet_isMllibs(double regParam, double elasticNet, boolean standardize) {
    boolean deviationsMatter = standardize || regParam * (1.0 - elasticNet) > 0.0;
    Table table = table(Family.LINEAR, !deviationsMatter);
    LinearRegressionModel twin =
        new LinearRegression()
            .setWeightCol("weight")
            .setRegParam(regParam)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardize)
            .setSolver("l-bfgs")
            .setTol(1e-14)
            .setMaxIter(1000)
            .fit(rows(table, new double[table.rows()]));
    double deviation = new StandardDeviation().evaluate(table.y());
    Coefficients own =
        fit(
            table,
            Family.LINEAR,
            new double[table.rows()],
            new Penalty(
                2.0 * regParam * elasticNet, 2.0 * regParam * (1.0 - elasticNet) / deviation),
            standardize);

    assertArrayEquals(twin.coefficients().toArray(), own.weights(), 1e-6);
    assertEquals(twin.intercept(), own.intercept(), 1e-6);
  }

  @ParameterizedTest
  @CsvSource({"0.0, 0.0, false", "0.05, 0.5, false", "0.05, 0.5, true"})
  void logistic_elasticNet_isMllibs(double regParam, double elasticNet, boolean standardize) {
    LogisticRegressionModel twin = logistic(Family.LOGISTIC, regParam, elasticNet, standardize);
    Coefficients own = own(Family.LOGISTIC, regParam, elasticNet, standardize);

    assertArrayEquals(twin.coefficients().toArray(), own.weights(), 1e-6);
    assertEquals(twin.intercept(), own.intercept(), 1e-6);
  }

  @ParameterizedTest
  @CsvSource({"0.0, 0.0, false", "0.05, 0.0, false", "0.05, 0.5, true"})
  void softmax_elasticNet_isMllibs(double regParam, double elasticNet, boolean standardize) {
    LogisticRegressionModel twin = logistic(Family.SOFTMAX, regParam, elasticNet, standardize);
    Coefficients own = own(Family.SOFTMAX, regParam, elasticNet, standardize);

    for (int k = 0; k < 3; k++) {
      for (int j = 0; j < 3; j++) {
        assertEquals(twin.coefficientMatrix().apply(k, j), own.weights(k)[j], 1e-6);
      }
    }
    // MLlib moves the intercepts to the mean 0, which changes no probability.
    double[] intercepts = own.intercepts();
    double mean = Arrays.stream(intercepts).average().orElseThrow();
    assertArrayEquals(
        twin.interceptVector().toArray(),
        Arrays.stream(intercepts).map(b -> b - mean).toArray(),
        1e-6);
  }

  @Test
  void poissonAndGamma_weightsAndOffsets_areMllibs() {
    for (Family family : List.of(Family.POISSON, Family.GAMMA)) {
      Table table = table(family, true);
      double[] offsets = new Random(3L).doubles(table.rows(), -0.5, 0.5).toArray();
      GeneralizedLinearRegressionModel twin =
          new GeneralizedLinearRegression()
              .setFamily(family == Family.POISSON ? "poisson" : "gamma")
              .setLink("log")
              .setWeightCol("weight")
              .setOffsetCol("offset")
              .setTol(1e-14)
              .setMaxIter(100)
              .fit(rows(table, offsets));
      Coefficients own = fit(table, family, offsets, new Penalty(0.0, 0.0), false);

      assertArrayEquals(twin.coefficients().toArray(), own.weights(), 1e-7);
      assertEquals(twin.intercept(), own.intercept(), 1e-7);
    }
  }

  private static LogisticRegressionModel logistic(
      Family family, double regParam, double elasticNet, boolean standardize) {
    Table table = table(family, !standardize);
    return new LogisticRegression()
        .setFamily(family == Family.SOFTMAX ? "multinomial" : "binomial")
        .setWeightCol("weight")
        .setRegParam(regParam)
        .setElasticNetParam(elasticNet)
        .setStandardization(standardize)
        .setTol(1e-14)
        .setMaxIter(1000)
        .fit(rows(table, new double[table.rows()]));
  }

  private static Coefficients own(
      Family family, double regParam, double elasticNet, boolean standardize) {
    Table table = table(family, !standardize);
    return fit(
        table,
        family,
        new double[table.rows()],
        new Penalty(regParam * elasticNet, regParam * (1.0 - elasticNet)),
        standardize);
  }

  private static Coefficients fit(
      Table table, Family family, double[] offsets, Penalty penalty, boolean standardize) {
    Examples rows = table.examples(offsets);
    VectorLoss loss = family.loss(3, 1.35);
    ModelShape shape = new ModelShape(table.features(), true, loss.outputs());
    Scaling scaling = standardize ? FeatureMoments.of(rows, shape) : Scaling.identity(shape);
    LinearObjective objective =
        new LinearObjective(loss, rows, shape, scaling, penalty, Reduction.MEAN);
    double[] end = new LocalLbfgs(2000, 1e-12, 10).solve(objective, new double[shape.size()], null);
    return new Coefficients(shape, scaling.toRaw(end));
  }

  private static Table table(Family family, boolean weighted) {
    Table table = Table.random(1L, 80, 3, family);
    return weighted ? table.withWeights(new Random(2L).doubles(80, 0.5, 2.0).toArray()) : table;
  }

  private static Dataset<Row> rows(Table table, double[] offsets) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < table.rows(); i++) {
      rows.add(
          RowFactory.create(
              Vectors.dense(table.x()[i]), table.y()[i], table.weights()[i], offsets[i]));
    }
    return spark.createDataFrame(
        rows,
        new StructType(
            new StructField[] {
              DataTypes.createStructField("features", SQLDataTypes.VectorType(), false),
              DataTypes.createStructField("label", DataTypes.DoubleType, false),
              DataTypes.createStructField("weight", DataTypes.DoubleType, false),
              DataTypes.createStructField("offset", DataTypes.DoubleType, false)
            }));
  }
}
