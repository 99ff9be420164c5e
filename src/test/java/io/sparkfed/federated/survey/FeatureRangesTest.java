package io.sparkfed.federated.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.FeatureException;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Table;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureRangesTest {

  private static PlanBuilder plan() {
    return new PlanBuilder()
        .family(Family.LINEAR)
        .features(3)
        .rounds(20)
        .optimizer(new Newton(1e-12));
  }

  /** A sentinel in one row, or a whole column: the column is named, never its value or worker. */
  @ParameterizedTest
  @ValueSource(doubles = {1e40, 1e150, -1.7976931348623157e308, 1e300})
  void train_featureTooLarge_isNamed(double sentinel) {
    Table table = Table.random(3L, 60, 3, Family.LINEAR);
    table.x()[7][1] = sentinel;
    Map<String, Table> workers = PlanBuilder.deal(table, 3);

    FeatureException e = assertThrows(FeatureException.class, () -> plan().train(workers));

    assertTrue(e.getMessage().startsWith("feature 2 must not have values larger than 1e24"));
    assertTrue(e.named(List.of("age", "bp", "cd")).getMessage().startsWith("feature bp must not"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-150, 1e-24, 4.9e-324})
  void train_featureTooSmall_isNamed(double scale) {
    Table table = Table.random(3L, 60, 3, Family.LINEAR);
    for (double[] row : table.x()) {
      row[2] = scale * Math.rint(4.0 + row[2]);
    }
    Map<String, Table> workers = PlanBuilder.deal(table, 3);

    FeatureException e = assertThrows(FeatureException.class, () -> plan().train(workers));

    assertTrue(e.getMessage().startsWith("feature 3 must not have values so small"));
  }

  /** A column that is 0 everywhere says nothing, and that is all. */
  @Test
  void train_columnOfZeros_isLeftOut() {
    Table table = Table.random(3L, 60, 3, Family.LINEAR);
    for (double[] row : table.x()) {
      row[2] = 0.0;
    }

    assertEquals(0.0, plan().train(PlanBuilder.deal(table, 3)).model().values()[2]);
  }

  /** Averaging keeps its last good model, and says which feature it was. */
  @Test
  void train_averagingOfAFeatureTooLarge_isToldWithTheDivergence() {
    Table table = Table.random(3L, 60, 3, Family.LINEAR);
    table.x()[7][1] = 1e200;

    TrainingResult result =
        new PlanBuilder().features(3).rounds(3).train(PlanBuilder.deal(table, 3));

    String message = InKeys.divergence(result);
    assertTrue(message.contains("feature 2 has values larger than 1e24"), message);
  }
}
