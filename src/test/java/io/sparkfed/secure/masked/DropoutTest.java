package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.PhaseFederation.Call;
import io.sparkfed.secure.masked.PhaseFederation.Line;
import io.sparkfed.secure.masked.PhaseFederation.Phase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever drops out whenever: the exact sum of those whose vectors came, or a typed failure. */
class DropoutTest {

  /** Workers by the phase they fail in: their message is missing, or the empty one. */
  private record Failing(Map<String, Phase> at, boolean missing) implements Line {
    @Override
    public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
      Phase failing = at.get(worker);
      if (failing == null || phase.compareTo(failing) < 0) {
        return call.run(frame);
      }
      return missing ? null : new byte[0];
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6})
  void aggregate_everySubsetFailingInEveryPhase_opensTheSurvivorsSumOrNothing(int n) {
    SortedMap<String, long[]> held = Rehearsal.vectors(n, 3, n);
    List<String> workers = List.copyOf(held.keySet());
    for (Phase phase : Phase.values()) {
      // Cards are kept for later sums of an instance.
      MaskedSum shared = new MaskedSum(ThrowAwayKeys.random(), 2);
      for (int subset = 0; subset < 1 << n; subset++) {
        Map<String, Phase> at = new HashMap<>();
        for (int i = 0; i < n; i++) {
          if ((subset >> i & 1) == 1) {
            at.put(workers.get(i), phase);
          }
        }
        MaskedSum sum = phase == Phase.CARD ? new MaskedSum(ThrowAwayKeys.random(), 2) : shared;
        check(sum, 2, held, at, subset % 2 == 0);
      }
    }
  }

  @Test
  void aggregate_workersFailingInDifferentPhases_opensTheSurvivorsSumOrNothing() {
    Random random = new Random(1L);
    for (int trial = 0; trial < 60; trial++) {
      int n = 3 + random.nextInt(8);
      int minWorkers = 2 + random.nextInt(n - 1);
      SortedMap<String, long[]> held = Rehearsal.vectors(n, 2, trial);
      Map<String, Phase> at = new HashMap<>();
      held.keySet()
          .forEach(
              worker -> {
                if (random.nextInt(4) == 0) {
                  at.put(worker, List.of(Phase.values()).get(random.nextInt(3)));
                }
              });
      MaskedSum sum = new MaskedSum(ThrowAwayKeys.random(), minWorkers);
      check(sum, minWorkers, held, at, random.nextBoolean());
    }
  }

  private static void check(
      MaskedSum sum,
      int minWorkers,
      SortedMap<String, long[]> held,
      Map<String, Phase> at,
      boolean missing) {
    SortedSet<String> present = without(held.keySet(), at, Set.of(Phase.CARD));
    SortedSet<String> survivors = without(present, at, Set.of(Phase.MASK));
    SortedSet<String> answering = without(survivors, at, Set.of(Phase.REVEAL));
    PhaseFederation federation = new PhaseFederation(held, new Failing(at, missing));
    Visit visit = new Visit("sum", 1, List.copyOf(held.keySet()));
    String what = held.size() + " workers, at least " + minWorkers + ", failing " + at;

    if (survivors.size() < least(present.size(), minWorkers)) {
      assertThrows(CohortException.class, () -> sum.sum(federation, visit, Rehearsal.SEND), what);
      return;
    }
    // What is not opened is tried once more over the same, and then over those who answered.
    boolean lost =
        (!survivors.equals(present) && !answering.equals(survivors))
            || answering.size() < threshold(present.size(), minWorkers);
    SortedSet<String> opened = lost ? answering : survivors;
    if (opened.size() < least(opened.size(), minWorkers)) {
      assertThrows(CohortException.class, () -> sum.sum(federation, visit, Rehearsal.SEND), what);
      return;
    }
    Opened<long[]> result = sum.sum(federation, visit, Rehearsal.SEND);
    assertArrayEquals(sumOf(held, opened), result.value(), what);
    assertEquals(opened.size(), result.workers());
    assertEquals(held.size() - opened.size(), result.dropouts());
  }

  private static int threshold(int workers, int minWorkers) {
    return Graph.of(Math.max(1, workers), minWorkers, MaskingAssumptions.DEFAULT).threshold();
  }

  private static int least(int workers, int minWorkers) {
    return Math.max(minWorkers, threshold(workers, minWorkers));
  }

  private static SortedSet<String> without(
      Set<String> workers, Map<String, Phase> at, Set<Phase> failing) {
    SortedSet<String> rest = new TreeSet<>(workers);
    rest.removeIf(worker -> at.containsKey(worker) && failing.contains(at.get(worker)));
    return rest;
  }

  private static long[] sumOf(SortedMap<String, long[]> held, Set<String> workers) {
    long[] sum = new long[held.get(held.firstKey()).length];
    for (String worker : workers) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += held.get(worker)[j];
      }
    }
    return sum;
  }
}
