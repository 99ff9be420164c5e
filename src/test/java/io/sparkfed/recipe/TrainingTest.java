package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.math.Interval;
import io.sparkfed.model.Family;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
  private static final double WITHIN = 1e-9;

  /** Rows on a plane: y = 1 + 2a - 3b. */
  private static InProcessRows plane() {
    InProcessRows rows = InProcessRows.of("a", "b");
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      rows.add("w" + i % 3, 1.0 + 2.0 * a - 3.0 * b, a, b);
    }
    return rows;
  }

  @Test
  void config_ofHiddenRows_isThatOfAFile() {
    InProcessRows rows = InProcessRows.of("a", "b");

    TrainingConfig config =
        Training.of(Family.LOGISTIC)
            .with("privacy.unit", "row")
            .with("privacy.epsilon", 1.0)
            .with("privacy.delta", 1e-6)
            .with("privacy.bounds", Map.of("a", List.of(0, 1), "b", List.of(-2, 2)))
            .config(rows);

    assertEquals("private", config.algorithm().preset());
    assertEquals(
        Map.of("a", new Interval(0.0, 1.0), "b", new Interval(-2.0, 2.0)),
        config.privacy().orElseThrow().bounds());
  }

  @Test
  void config_ofPersons_isRefusedAsThereIsNoColumn() {
    Training training = Training.of(Family.LOGISTIC).with("privacy.person-column", "patient");

    String refusal =
        assertThrows(
                ConfigurationException.class, () -> training.config(InProcessRows.of("a", "b")))
            .getMessage();

    assertTrue(refusal.startsWith("privacy.person-column names a column"), refusal);
  }

  @Test
  void rowsOnAPlane_giveThePlane() {
    Trained trained = Training.of(Family.LINEAR).preset("auto").minWorkers(3).train(plane());

    assertEquals(List.of("a", "b"), List.copyOf(trained.coefficients(0).keySet()));
    assertEquals(2.0, trained.coefficients(0).get("a"), WITHIN);
    assertEquals(-3.0, trained.coefficients(0).get("b"), WITHIN);
    assertEquals(1.0, trained.intercept(0), WITHIN);
    assertTrue(trained.result().divergence().isEmpty());
  }

  /** The optimum of an intercept alone is the link of the weighted mean. */
  @Test
  void weightsAndOffsetsCount() {
    InProcessRows rows = InProcessRows.of();
    double[] labels = {1.0, 0.0, 1.0, 0.0, 0.0, 1.0};
    double[] weights = {1.0, 2.0, 0.5, 1.0, 3.0, 4.0};
    for (int i = 0; i < labels.length; i++) {
      rows.addWeighted("w" + i % 3, labels[i], weights[i], 0.25);
    }

    Trained trained = Training.of(Family.LOGISTIC).preset("auto").train(rows);

    assertEquals(Math.log(5.5 / 6.0) - 0.25, trained.intercept(0), WITHIN);
  }

  @Test
  void settingsAreThoseOfAFile() {
    Training training = Training.of(Family.LINEAR).with("algorithm.preset", "fed-avg");

    Trained two = training.with("algorithm.rounds", 2).train(plane());
    Trained averaged = training.with("algorithm.rounds", 5).seed(3).train(plane());

    assertEquals(3, two.result().rounds().size());
    assertEquals(5, averaged.config().algorithm().rounds());
    assertEquals(3, averaged.config().seed());
  }

  @Test
  void listenerHearsOfEachRound() {
    int[] heard = {0};

    Trained trained =
        Training.of(Family.LINEAR).preset("fed-lbfgs").train(plane(), round -> heard[0]++);

    assertEquals(trained.result().rounds().size(), heard[0]);
  }

  @Test
  void testRowsAreHeldOut() {
    Trained trained =
        Training.of(Family.LINEAR).with("data.split.test-fraction", 0.25).train(plane());

    assertEquals(15.0, trained.result().lastRound().testMetrics().get("rows"));
    assertEquals(45.0, trained.result().lastRound().trainMetrics().get("rows"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.where",
        "data.format",
        "data.workers",
        "data.categorical.a",
        "data",
        "output.dir",
        "tracking.mlflow.uri",
        "checkpoint",
        "algorithm.round"
      })
  void keysWithoutMeaning_areRefusedByName(String key) {
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class,
            () -> Training.of(Family.LINEAR).with(key, "secret-7").train(plane()));

    assertTrue(refused.getMessage().contains(key), refused.getMessage());
    assertFalse(refused.getMessage().contains("secret-7"), refused.getMessage());
  }

  @Test
  void rowsThatCannotBeUsed_areNamedByPlaceAndRule() {
    assertRefused(rowsWith(0.5, 1.0), "worker w1, row 2: a label must be exactly 0 or 1");
    assertRefused(
        rowsWith(1.0, Double.NaN),
        "worker w1, column a, row 2: must be a finite number, and is NaN or infinite");
    assertThrows(
        IllegalArgumentException.class, () -> InProcessRows.of("a").add("w", 1.0, 2.0, 3.0));
    assertThrows(IllegalArgumentException.class, () -> InProcessRows.of("a", "a"));
  }

  private static InProcessRows rowsWith(double label, double feature) {
    return InProcessRows.of("a")
        .add("w0", 1.0, 1.0)
        .add("w1", 0.0, 2.0)
        .add("w1", label, feature)
        .add("w2", 0.0, 1.0);
  }

  private static void assertRefused(InProcessRows rows, String message) {
    DataException refused =
        assertThrows(DataException.class, () -> Training.of(Family.LOGISTIC).train(rows));
    assertEquals(message, refused.getMessage());
  }

  @Test
  void fewerWorkersThanTheMinimum_trainNothing() {
    CohortException refused =
        assertThrows(
            CohortException.class, () -> Training.of(Family.LINEAR).minWorkers(4).train(plane()));

    assertEquals(
        "too few workers: 3 took part, but aggregation.min-workers is 4", refused.getMessage());
  }
}
