package io.sparkfed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.data.DataException;
import io.sparkfed.federated.FederatedLabels.Moments;
import io.sparkfed.spark.MllibPenalty.Deviations;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MllibPenaltyTest {
  /** Four rows of weights 1, 1, 2, 4: W = 8, sum of w² = 22. */
  private static final Moments LABEL = new Moments(8.0, 22.0, 21.0);

  @ParameterizedTest
  @CsvSource({
    // s_y² = 21 / (8 - 22/8) = 4; c² = 7 / 5.25 = 4/3
    "RELIABILITY, true, true, 0.5773502691896257, 0.5",
    "RELIABILITY, false, true, 0.5, 0.375",
    "RELIABILITY, true, false, 0.28867513459481287, 0.5",
  })
  void values_byHand(
      Deviations deviations, boolean standardized, boolean leastSquares, double l1, double l2) {
    MllibPenalty penalty = new MllibPenalty(0.625, 0.4, standardized, deviations, leastSquares);

    assertEquals(l1, penalty.values(LABEL, true).l1(), 1e-15);
    assertEquals(l2, penalty.values(LABEL, true).l2(), 1e-15);
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
  void values_equalLabels_needAnIntercept(boolean standardized) {
    Moments equal = new Moments(8.0, 22.0, 0.0);
    MllibPenalty penalty = new MllibPenalty(0.3, 0.0, standardized, Deviations.POPULATION, true);

    assertThrows(DataException.class, () -> penalty.values(equal, false));
    assertFalse(Double.isInfinite(penalty.values(equal, true).l2()));
  }
}
