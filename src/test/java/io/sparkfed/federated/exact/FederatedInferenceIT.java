package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.ml.linalg.VectorUDT;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionTrainingSummary;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statistics of a fit, with offsets and without, against MLlib's of the pooled rows. */
@Timeout(300)
class FederatedInferenceIT {
  private static final int ROWS = 240;
  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate();
  }

  @AfterAll
  static void close() {
    spark.stop();
  }

  @ParameterizedTest
  @CsvSource({
    "LINEAR, gaussian, 0, true",
    "LINEAR, gaussian, 1, false",
    "LOGISTIC, binomial, 0, false",
    "LOGISTIC, binomial, 1, true",
    "POISSON, poisson, 0, true",
    "POISSON, poisson, 1, true",
    "POISSON, poisson, 1, false",
    "GAMMA, gamma, 0, true",
    "GAMMA, gamma, 1, true"
  })
  void statistics_ofAFit_areThoseOfMllib(
      Family family, String name, double offsetSpread, boolean intercept) {
    Table table = Table.random(31L, ROWS, 3, family);
    double[] offsets = new Random(32L).doubles(ROWS).map(u -> offsetSpread * (u - 0.3)).toArray();

    PlanBuilder plan =
        new PlanBuilder().family(family).features(3).rounds(50).optimizer(new Newton(1e-12));
    TrainingResult result =
        (intercept ? plan : plan.withoutIntercept()).train(federation(table, offsets, intercept));
    GeneralizedLinearRegressionModel pooled = pooled(table, offsets, name, intercept);
    GeneralizedLinearRegressionTrainingSummary summary = pooled.summary();

    FitStatistics statistics = result.statistics().orElseThrow();
    assertEquals(intercept ? 4 : 3, statistics.coefficients().size());
    for (int j = 0; j < statistics.coefficients().size(); j++) {
      FitStatistics.Coefficient c = statistics.coefficients().get(j);
      close(j < 3 ? pooled.coefficients().apply(j) : pooled.intercept(), c.estimate());
      close(summary.coefficientStandardErrors()[j], c.standardError());
      close(summary.tValues()[j], c.statistic());
      assertEquals(summary.pValues()[j], c.pValue(), 1e-8);
      assertTrue(c.lower() < c.estimate() && c.estimate() < c.upper());
    }
    close(summary.deviance(), statistics.deviance());
    close(summary.nullDeviance(), statistics.nullDeviance());
    close(summary.dispersion(), statistics.dispersion());
    close(summary.aic(), statistics.aic());
    assertEquals((double) summary.residualDegreeOfFreedom(), statistics.residualDegrees());
  }

  private static void close(double expected, double actual) {
    assertEquals(expected, actual, 1e-7 * Math.abs(expected));
  }

  private static InProcessFederation<Shard> federation(
      Table table, double[] offsets, boolean intercept) {
    Map<String, Shard> shards = new TreeMap<>();
    for (int k = 0; k < 3; k++) {
      ShardBuilder builder = new ShardBuilder("w" + k, 3);
      for (int i = k; i < ROWS; i += 3) {
        builder.addDense(table.x()[i], table.y()[i], 1.0, offsets[i], Part.TRAIN);
      }
      shards.put("w" + k, builder.build(0.0, 1L, false, new ModelShape(3, intercept)));
    }
    return new InProcessFederation<>(shards);
  }

  private static GeneralizedLinearRegressionModel pooled(
      Table table, double[] offsets, String name, boolean intercept) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(RowFactory.create(Vectors.dense(table.x()[i]), table.y()[i], offsets[i]));
    }
    StructType schema =
        new StructType()
            .add("features", new VectorUDT())
            .add("label", DataTypes.DoubleType)
            .add("offset", DataTypes.DoubleType);
    return new GeneralizedLinearRegression()
        .setFamily(name)
        .setLink(name.equals("gaussian") ? "identity" : name.equals("binomial") ? "logit" : "log")
        .setOffsetCol("offset")
        .setFitIntercept(intercept)
        .setMaxIter(100)
        .setTol(1e-14)
        .fit(spark.createDataFrame(rows, schema));
  }
}
