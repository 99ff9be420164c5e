package io.sparkfed.aggregate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.WeightedMean.Mean;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.testing.RecordingFederation;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WeightedMeanTest {

  /** (1 (1, 2) + 3 (5, -2)) / 4 = (4, -1). */
  @Test
  void aggregate_twoWorkers_isTheClosedForm() {
    Opened<Mean> opened =
        aggregate(
            Map.of(
                "a", update(1.0, new double[] {1.0, 2.0}, 10.0, 1.0),
                "b", update(3.0, new double[] {5.0, -2.0}, 20.0, 0.0)));

    assertArrayEquals(new double[] {4.0, -1.0}, opened.value().update());
    assertEquals(4.0, opened.value().totalWeight());
    assertArrayEquals(new double[] {30.0, 1.0}, opened.value().sums());
    assertEquals(2, opened.workers());
    // A word for each coordinate of the update, six for weight and sums each, one for saturation;
    // before that, the range was chosen among 128 buckets.
    assertEquals(2 * (2 + 3 * 10 + 1 + 128) * 8, opened.messageBytes());
  }

  @Test
  void aggregate_workerOfWeightZero_countsNothingButItsSums() {
    Opened<Mean> opened =
        aggregate(
            Map.of(
                "a", update(2.0, new double[] {1.0, 2.0}, 1.0),
                "b", update(0.0, new double[] {100.0, 100.0}, 1.0)));

    assertArrayEquals(new double[] {1.0, 2.0}, opened.value().update());
    assertArrayEquals(new double[] {2.0}, opened.value().sums());
  }

  @Test
  void aggregate_dropout_isInNeitherNumeratorNorDenominator() {
    Opened<Mean> opened =
        aggregate(
            Map.of(
                "a", update(1.0, new double[] {1.0, 1.0}),
                "b", update(1.0, new double[] {3.0, 3.0}),
                "c", update(5.0, new double[] {7.0})));

    assertArrayEquals(new double[] {2.0, 2.0}, opened.value().update());
    assertEquals(1, opened.dropouts());
  }

  @Test
  void aggregate_noWeightAtAll_isRefused() {
    AggregationException refused =
        assertThrows(
            AggregationException.class,
            () -> aggregate(Map.of("a", update(0.0, new double[] {1.0, 2.0}))));

    assertEquals("the workers' weights must have a sum > 0", refused.getMessage());
  }

  /** 1e300 is finite and so is 1e10; their product is what leaves the worker. */
  @Test
  void aggregate_weightedUpdateOverflows_isRefused() {
    assertThrows(
        NonFiniteUpdateException.class,
        () -> aggregate(Map.of("a", update(1e10, new double[] {1e300, 0.0}))));
  }

  @Test
  void aggregate_updateOfTheWorker_isNotChanged() {
    WeightedUpdate mine = update(3.0, new double[] {1.0, 2.0}, 5.0);

    double[] vector = WeightedMean.encode(mine, 2);

    assertArrayEquals(new double[] {3.0, 6.0, 3.0, 5.0}, vector);
    assertArrayEquals(new double[] {1.0, 2.0}, mine.update());
    assertFalse(vector == mine.update());
  }

  private static Opened<Mean> aggregate(Map<String, WeightedUpdate> held) {
    Map<String, double[][]> shards = new TreeMap<>();
    held.forEach(
        (worker, u) -> shards.put(worker, new double[][] {u.update(), {u.weight()}, u.sums()}));
    Visit<String> visit = new Visit<>("test", 1, shards.keySet().stream().sorted().toList(), "");
    return new WeightedMean(new FixedPointSum(new InsecurePlainSum(1), 2), 2)
        .aggregate(
            new RecordingFederation<>(new InProcessFederation<>(shards)),
            visit,
            (worker, shard, nothing) -> new WeightedUpdate(shard[0], shard[1][0], shard[2]));
  }

  private static WeightedUpdate update(double weight, double[] update, double... sums) {
    return new WeightedUpdate(update, weight, sums);
  }
}
