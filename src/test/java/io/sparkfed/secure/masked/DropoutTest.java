package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.AggregationException;
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
      // Adverts are kept for later sums of an instance.
      MaskedSum shared = new MaskedSum(ThrowAwayKeys.random(), 2);
      for (int subset = 0; subset < 1 << n; subset++) {
        Map<String, Phase> at = new HashMap<>();
        for (int i = 0; i < n; i++) {
          if ((subset >> i & 1) == 1) {
            at.put(workers.get(i), phase);
          }
        }
        MaskedSum sum =
            phase == Phase.ADVERTISE ? new MaskedSum(ThrowAwayKeys.random(), 2) : shared;
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
                  at.put(worker, List.of(Phase.values()).get(random.nextInt(4)));
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
    int present = held.size() - count(at, Phase.ADVERTISE);
    SortedSet<String> survivors = new TreeSet<>(held.keySet());
    at.forEach(
        (worker, phase) -> {
          if (phase != Phase.REVEAL) {
            survivors.remove(worker);
          }
        });
    int threshold = Topology.threshold(Math.max(1, present));
    PhaseFederation federation = new PhaseFederation(held, new Failing(at, missing));
    Visit visit = new Visit("sum", 1, List.copyOf(held.keySet()));
    String what = held.size() + " workers, at least " + minWorkers + ", failing " + at;

    if (survivors.size() < Math.max(minWorkers, threshold)) {
      assertThrows(CohortException.class, () -> sum.sum(federation, visit, Rehearsal.SEND), what);
    } else if (survivors.size() - count(at, Phase.REVEAL) < threshold) {
      AggregationException refused =
          assertThrows(
              AggregationException.class, () -> sum.sum(federation, visit, Rehearsal.SEND), what);
      assertEquals(
          "secure aggregation refused a message and opened nothing:"
              + " too few holders revealed their shares",
          refused.getMessage());
    } else {
      Opened<long[]> opened = sum.sum(federation, visit, Rehearsal.SEND);
      assertArrayEquals(sumOf(held, survivors), opened.value(), what);
      assertEquals(survivors.size(), opened.workers());
      assertEquals(held.size() - survivors.size(), opened.dropouts());
    }
  }

  private static int count(Map<String, Phase> at, Phase phase) {
    return (int) at.values().stream().filter(phase::equals).count();
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
