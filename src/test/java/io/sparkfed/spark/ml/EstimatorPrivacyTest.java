package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.Family;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EstimatorPrivacyTest {
  private static FederatedLogisticRegression hiding() {
    return new FederatedLogisticRegression()
        .setPrivacyEpsilon(1.0)
        .setPrivacyDelta(1e-6)
        .setFeatureBounds(new double[] {-1.0, 1.0});
  }

  private static String refusal(HasFederation<?> estimator, Family family) {
    return assertThrows(
            IllegalArgumentException.class, () -> EstimatorPrivacy.require(estimator, family))
        .getMessage();
  }

  private static String refusal(Consumer<FederatedLogisticRegression> set) {
    FederatedLogisticRegression estimator = hiding();
    set.accept(estimator);
    return refusal(estimator, Family.LOGISTIC);
  }

  @Test
  void values_withoutEpsilon_areNone() {
    FederatedLinearRegression exact = new FederatedLinearRegression();

    assertDoesNotThrow(() -> EstimatorPrivacy.require(exact, Family.LINEAR));
    assertEquals(Map.of(), EstimatorPrivacy.values(exact, "features", new StructType()));
  }

  @Test
  void values_withEpsilon_areTheKeysOfAConfiguration() {
    FederatedLinearRegression estimator =
        new FederatedLinearRegression()
            .setPrivacyEpsilon(0.5)
            .setPrivacyDelta(1e-5)
            .setFeatureBounds(new double[] {0.0, 4.0})
            .setLabelBounds(new double[] {-3.0, 3.0})
            .setPrivacyRows(1234L)
            .setIntervalsShare(0.125);

    assertDoesNotThrow(() -> EstimatorPrivacy.require(estimator, Family.LINEAR));
    assertEquals(
        Map.of(
            "privacy.unit",
            "row",
            "privacy.epsilon",
            0.5,
            "privacy.delta",
            1e-5,
            "privacy.bounds",
            Map.of("v", List.of(0.0, 4.0)),
            "privacy.label-bounds",
            List.of(-3.0, 3.0),
            "privacy.rows",
            1234L,
            "privacy.intervals-share",
            0.125),
        EstimatorPrivacy.values(estimator, "v", new StructType()));
  }

  /** A vector's length is taken from what earlier stages say of the column, never from a row. */
  @Test
  void values_ofAColumnWhoseLengthIsSaid_haveIt() {
    FederatedLogisticRegression estimator = new FederatedLogisticRegression();
    estimator.setPrivacyEpsilon(1.0).setPrivacyDelta(1e-6);
    estimator.setFeatureBounds(new double[] {0.0, 1.0});
    StructType said =
        new StructType().add("x", "double").add(new AttributeGroup("v", 7).toStructField());
    StructType unsaid = new StructType().add("v", SQLDataTypes.VectorType());

    assertEquals(7, EstimatorPrivacy.values(estimator, "v", said).get("privacy.vector-size"));
    assertFalse(EstimatorPrivacy.values(estimator, "v", unsaid).containsKey("privacy.vector-size"));
    assertFalse(EstimatorPrivacy.values(estimator, "x", said).containsKey("privacy.vector-size"));
  }

  @Test
  void require_whatDoesNothingWithoutEpsilon_isRefusedByName() {
    FederatedLinearSVC estimator = new FederatedLinearSVC();
    assertEquals(
        "privacyDelta does nothing without privacyEpsilon",
        refusal(new FederatedLinearSVC().setPrivacyDelta(1e-6), Family.SVM));
    assertEquals(
        "featureBounds does nothing without privacyEpsilon",
        refusal(new FederatedLinearSVC().setFeatureBounds(new double[] {0, 1}), Family.SVM));
    assertEquals(
        "labelBounds does nothing without privacyEpsilon",
        refusal(new FederatedLinearSVC().setLabelBounds(new double[] {0, 1}), Family.SVM));
    assertEquals(
        "privacyRows does nothing without privacyEpsilon",
        refusal(estimator.setPrivacyRows(5L), Family.SVM));
    assertEquals(
        "intervalsShare does nothing without privacyEpsilon",
        refusal(new FederatedLinearSVC().setIntervalsShare(0.1), Family.SVM));
  }

  @Test
  void require_whatEpsilonNeeds_isNamed() {
    FederatedLinearSVC estimator = new FederatedLinearSVC().setPrivacyEpsilon(1.0);
    assertEquals("privacyDelta must be set with privacyEpsilon", refusal(estimator, Family.SVM));
    assertEquals(
        "featureBounds must be set with privacyEpsilon",
        refusal(estimator.setPrivacyDelta(1e-6), Family.SVM));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1,0", "1,1", "0,NaN", "0,Infinity", "0,1,2"})
  void require_boundsThatAreNone_areRefused(String numbers) {
    double[] bounds =
        numbers.isEmpty()
            ? new double[0]
            : List.of(numbers.split(",", -1)).stream().mapToDouble(Double::parseDouble).toArray();

    assertTrue(
        refusal(e -> e.setFeatureBounds(bounds)).startsWith("featureBounds must be [low, high]"));
    assertTrue(
        refusal(e -> e.setLabelBounds(bounds)).startsWith("labelBounds must be [low, high]"));
  }

  @Test
  void require_limitsOfASearch_areRefused() {
    assertTrue(
        refusal(e -> e.setMaxIter(5)).startsWith("maxIter must not be set with privacyEpsilon"));
    assertTrue(refusal(e -> e.setTol(1e-3)).startsWith("tol must not be set with privacyEpsilon"));
  }

  @Test
  void require_penaltyInUnitsOfDeviations_isRefused() {
    assertTrue(
        refusal(e -> e.setRegParam(0.1)).startsWith("regParam must be 0 with privacyEpsilon"));
    assertTrue(
        refusal(e -> e.setStandardization(false).setRegParam(0.1).setElasticNetParam(0.5))
            .startsWith("elasticNetParam must be 0 with privacyEpsilon"));
    assertDoesNotThrow(
        () ->
            EstimatorPrivacy.require(
                hiding().setStandardization(false).setRegParam(0.1), Family.LOGISTIC));
    assertTrue(
        refusal(e -> e.setStandardization(false).setRegParam(0.1).setIntervalsShare(0.1))
            .startsWith("intervalsShare must be 0 with regParam: a penalty moves coefficients"));
    assertDoesNotThrow(
        () ->
            EstimatorPrivacy.require(
                hiding().setStandardization(false).setRegParam(0.1).setIntervalsShare(0.0),
                Family.LOGISTIC));
    FederatedLinearRegression squares =
        new FederatedLinearRegression()
            .setPrivacyEpsilon(1.0)
            .setPrivacyDelta(1e-6)
            .setFeatureBounds(new double[] {0.0, 1.0})
            .setStandardization(false)
            .setRegParam(0.1);
    assertTrue(
        refusal(squares, Family.LINEAR).startsWith("regParam must be 0 with privacyEpsilon"));
  }

  @Test
  void require_offsetsOfCounts_areRefused() {
    FederatedGeneralizedLinearRegression counts = new FederatedGeneralizedLinearRegression();
    counts.setPrivacyEpsilon(1.0).setPrivacyDelta(1e-6).setFeatureBounds(new double[] {0.0, 1.0});
    assertDoesNotThrow(() -> EstimatorPrivacy.require(counts, Family.POISSON));

    counts.setOffsetCol("o");

    assertTrue(refusal(counts, Family.POISSON).startsWith("offsetCol must not be set"));
    assertDoesNotThrow(() -> EstimatorPrivacy.require(counts, Family.LINEAR));
  }
}
