package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.data.DataException;
import io.sparkfed.federated.survey.FederatedLabels.Moments;
import io.sparkfed.spark.ml.MllibPenalty.Deviations;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MllibPenaltyTest {
  /** Four rows of weights 1, 1, 2, 4: W = 8, sum of w² = 22. */
  private static final Moments LABEL = new Moments(8.0, 22.0, 3.0, 21.0);

  @ParameterizedTest
  @CsvSource({
    // s_y² = 21 / (8 - 22/8) = 4; c = 1
    "RELIABILITY, true, true, 0.5, 0.375",
    "RELIABILITY, false, true, 0.5, 0.375",
    "RELIABILITY, true, false, 0.25, 0.375",
    // s_y² = 21 / 8; c² = 5.25 / 8
    "POPULATION, true, true, 0.4050462936504913, 0.30378472023786846",
    "POPULATION, true, false, 0.20252314682524564, 0.24609375",
  })
  void values_byHand(
      Deviations deviations, boolean standardized, boolean leastSquares, double l1, double l2) {
    MllibPenalty penalty = new MllibPenalty(0.625, 0.4, standardized, deviations, leastSquares);

    for (double scale : new double[] {1.0, 1e-18, 0.1, 1e18}) {
      Moments scaled = new Moments(8.0 * scale, 22.0 * scale * scale, 3.0, 21.0 * scale);

      assertEquals(l1, penalty.values(scaled, true).l1(), 1e-15);
      assertEquals(l2, penalty.values(scaled, true).l2(), 1e-15);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void inverse_ofValues_isThePenalty(boolean standardized, boolean leastSquares) {
    MllibPenalty penalty =
        new MllibPenalty(0.3, 0.4, standardized, Deviations.RELIABILITY, leastSquares);
    MllibPenalty.Values values = penalty.values(LABEL, true);
    MllibPenalty back =
        MllibPenalty.inverse(values.l1(), values.l2(), standardized, leastSquares, LABEL);

    assertEquals(0.3, back.regParam(), 1e-15);
    assertEquals(0.4, back.elasticNetParam(), 1e-15);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void values_equalLabels_needAnInterceptUnlessTheyAreZero(boolean standardized) {
    Moments equal = new Moments(8.0, 22.0, 4.0, 0.0);
    MllibPenalty penalty = new MllibPenalty(0.3, 0.0, standardized, Deviations.POPULATION, true);

    assertThrows(DataException.class, () -> penalty.values(equal, false));
    assertFalse(Double.isInfinite(penalty.values(equal, true).l2()));
    assertFalse(Double.isInfinite(penalty.values(new Moments(8.0, 22.0, 0.0, 0.0), false).l2()));
  }
}
