package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.training.FederatedTrainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A private fit that is gone on with says all that one in one go says. */
class ResumedNotesTest {

  private static Set<String> notes(TrainingResult result) {
    Set<String> notes = new TreeSet<>();
    result.notes().forEach(note -> notes.add(note.toString()));
    return notes;
  }

  /** At so small an epsilon noise hides products, and is longer than gradients. */
  @Test
  void resume_afterAnyRound_saysWhatItsBeginningSaid() {
    NoisedStudy study = NoisedStudy.heartDisease();
    TrainingPlan plan = study.plan(0.002, 0.0, 1);
    List<TrainingState> states = new ArrayList<>();

    Set<String> told =
        notes(new FederatedTrainer(study.federation(), plan, round -> {}, states::add).train());

    assertEquals(plan.rounds(), states.size());
    for (String begin : List.of("the noise of a round is", "the products of features are not")) {
      assertTrue(told.stream().anyMatch(note -> note.startsWith(begin)), told.toString());
    }
    for (TrainingState state : states) {
      Set<String> resumed =
          notes(new FederatedTrainer(study.federation(), plan, round -> {}).resume(state));
      assertEquals(told.size() + 1, resumed.size(), resumed.toString());
      told.forEach(
          note -> assertEquals(true, resumed.contains(note), resumed + " without " + note));
    }
  }
}
