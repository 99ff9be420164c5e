package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which phases a training goes through. */
class TrainingPhasesTest {

  private static InProcessRows rows() {
    InProcessRows rows = InProcessRows.of("a", "b");
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      double a = random.nextGaussian();
      rows.add("w" + i % 3, random.nextInt(2), a, random.nextGaussian());
    }
    return rows;
  }

  /** Returns the phases in order, each as often as it follows another one. */
  private static List<RunPhase> phases(Training training) {
    List<RunPhase> heard = new ArrayList<>();
    training.train(
        rows(),
        new TrainingListener() {
          @Override
          public void roundFinished(RoundSummary round) {}

          @Override
          public void entered(RunPhase phase) {
            if (heard.isEmpty() || heard.get(heard.size() - 1) != phase) {
              heard.add(phase);
            }
          }
        });
    return heard;
  }

  @ParameterizedTest
  @CsvSource({
    "insecure-plain, fed-avg, MOMENTS ROUNDS STATISTICS",
    "insecure-plain, fed-newton, MOMENTS WARM_START ROUNDS STATISTICS",
    "insecure-plain, auto, MOMENTS WARM_START ROUNDS STATISTICS",
  })
  void withoutKeys_phasesFollowEachOther(String mode, String preset, String expected) {
    Training training =
        Training.of(Family.LOGISTIC)
            .preset(preset)
            .minWorkers(3)
            .with("algorithm.rounds", 4)
            .with("aggregation.mode", mode);

    assertEquals(expected, String.join(" ", phases(training).stream().map(Enum::name).toList()));
  }

  /** Keys are made when the first sum needs them; the phase before goes on afterwards. */
  @Test
  void keys_areAPhaseOfTheirOwn() {
    List<RunPhase> heard =
        phases(
            Training.of(Family.LOGISTIC)
                .preset("fed-newton")
                .minWorkers(3)
                .with("algorithm.rounds", 4)
                .with("aggregation.mode", "masked"));

    assertEquals(
        List.of(RunPhase.MOMENTS, RunPhase.KEYS, RunPhase.MOMENTS, RunPhase.WARM_START),
        heard.subList(0, 4));
    assertEquals(1, heard.stream().filter(phase -> phase == RunPhase.WARM_START).count());
    assertEquals(RunPhase.STATISTICS, heard.get(heard.size() - 1));
  }
}
