package io.sparkfed.federated.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.evaluation.Limit;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.hint.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NoisedFiguresTest {
  private static final NoisedMetrics NONE =
      new NoisedMetrics(Map.of(), Map.of(), Double.NaN, List.of());

  @Test
  void notes_ofFiguresWithLimits_sayThemOfTheirRows() {
    NoisedMetrics test =
        new NoisedMetrics(
            Map.of("rmse", 1.5, "r2", Double.NaN),
            Map.of("rmse", 0.1),
            2.25,
            List.of(new Limit("rmse is without up to %s", 41.2, false)));

    List<String> notes =
        new NoisedFigures(Optional.of(NONE), Optional.of(test))
            .notes().stream().map(Message::toString).toList();

    assertEquals(
        List.of(
            "noise hides whether there are training rows: no figure of them can be told. Rows with a"
                + " label that the model has not are left out",
            "noise hides these figures of test rows: r2",
            "figures of test rows: rmse is without up to 42 rows"),
        notes);
  }

  @Test
  void notes_ofWhatNobodyAskedFor_areNone() {
    assertEquals(List.of(), new NoisedFigures(Optional.empty(), Optional.empty()).notes());
  }
}
