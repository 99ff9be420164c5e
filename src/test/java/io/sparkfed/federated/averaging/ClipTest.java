package io.sparkfed.federated.averaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.Weighting;
import io.sparkfed.model.Family;
import io.sparkfed.model.Standardize;
import io.sparkfed.secure.UnderPolicies;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.KeysWithPolicies;
import io.sparkfed.secure.keys.Limits;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.server.Newton;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.testing.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * An owner's bound on the length of its updates holds whatever the driver asks for, and is told.
 */
class ClipTest {

  @Test
  void clipped_longerThanTheBound_hasItsLengthAndDirection() {
    Clip bound = new Clip(2.0);

    assertArrayEquals(new double[] {1.2, -1.6}, bound.clipped(new double[] {3, -4}), 1e-15);
    // Squares that overflow or vanish must not.
    assertArrayEquals(new double[] {1.2, -1.6}, bound.clipped(new double[] {3e200, -4e200}), 1e-15);
    double[] within = {1.2, -1.6};
    assertArrayEquals(within, bound.clipped(within));
    Clip tiny = new Clip(2e-200);
    assertArrayEquals(
        new double[] {1.2e-200, -1.6e-200}, tiny.clipped(new double[] {3e-180, -4e-180}), 1e-210);
  }

  private static Map<String, Table> workers() {
    Map<String, Table> workers = new TreeMap<>();
    for (String worker : new String[] {"a", "b", "c"}) {
      workers.put(worker, Table.random(worker.charAt(0), 30, 2, Family.LINEAR));
    }
    return workers;
  }

  /** From zero, one step, equal weights: the model is minus the mean of the bounded gradients. */
  @Test
  void train_oneOwnerWithABound_boundsItsUpdateAloneAndCountsIt() {
    PlanBuilder plan =
        new PlanBuilder()
            .solver(new GradientDescent(1, 1.0))
            .weighting(Weighting.EQUAL)
            .divergenceFactor(1e9)
            .rounds(1);
    double[][] ends = new double[3][];
    int i = 0;
    for (Map.Entry<String, Table> worker : workers().entrySet()) {
      ends[i++] =
          plan.train(Map.of(worker.getKey(), worker.getValue(), "twin", worker.getValue()))
              .model()
              .values();
    }
    double norm = 0.0;
    for (double value : ends[1]) {
      norm += value * value;
    }
    double bound = 0.1 * Math.sqrt(norm);
    double[] expected = new double[3];
    for (int j = 0; j < 3; j++) {
      expected[j] = (ends[0][j] + 0.1 * ends[1][j] + ends[2][j]) / 3.0;
    }

    for (RingSum sum : allModes("b", bound)) {
      TrainingResult result = plan.sum(sum).train(workers());

      assertArrayEquals(expected, result.model().values(), 1e-12);
      assertEquals(1, result.rounds().get(1).measured(Measurement.CLIPPED));
      assertEquals(0, result.rounds().get(0).measured(Measurement.CLIPPED));
    }
  }

  /** All kinds of sums where one owner bounds its updates. */
  private static List<RingSum> allModes(String bounded, double bound) {
    KeyRing keys =
        new KeysWithPolicies()
            .with(
                bounded,
                new Policy(2, 2, 10_000, new Clip(bound), Policy.CORRUPTED, Optional.empty()),
                Limits.NONE);
    return List.of(
        new UnderPolicies(keys, new InsecurePlainSum(2), new byte[32]),
        new MaskedSum(keys, 2),
        new SealedSum(keys, Set.of("trusted"), 2),
        new SealedSum(keys, Set.of("one", "other"), 2));
  }

  @Test
  void train_withoutBounds_clipsNothing() {
    TrainingResult result = new PlanBuilder().rounds(3).train(workers());

    assertEquals(
        0, result.rounds().stream().mapToLong(round -> round.measured(Measurement.CLIPPED)).sum());
  }

  /** Sums of rows' values can't be bounded, so the owner drops out: too few are left here. */
  @Test
  void train_losslessOrStandardizedWithABound_ownerDropsOut() {
    for (RingSum sum : allModes("a", 1e-9)) {
      for (PlanBuilder plan :
          List.of(
              new PlanBuilder().optimizer(new Newton(1e-10)),
              new PlanBuilder().warmStart(new GradientDescent(1, 0.1)).optimizer(new Newton(1e-10)),
              new PlanBuilder().standardize(Standardize.FEDERATED))) {
        Map<String, Table> two = workers();
        two.remove("c");
        CohortException refused =
            assertThrows(CohortException.class, () -> plan.sum(sum).train(two));
        String said =
            ": every worker must take part, and not all did. Owners' policies don't allow sums of"
                + " rows' values, which a bound on updates does not hold (clip); see"
                + " policy.properties in the owners' folders, and the workers' own logs";
        assertTrue(refused.getMessage().endsWith(said), refused.getMessage());
      }
    }
  }
}
