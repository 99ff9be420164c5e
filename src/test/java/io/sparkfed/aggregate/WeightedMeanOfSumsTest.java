package io.sparkfed.aggregate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.RecordingFederation;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A weighted mean over workers, as the quotient of two sums. */
class WeightedMeanOfSumsTest {
  private static final Layout LAYOUT =
      Layout.empty().scaled("update", 2).exact("weight").exact("extras", 2);

  /** What a worker holds. */
  private record Update(double weight, double[] update, double... extras) {}

  /** (1 (1, 2) + 3 (5, -2)) / 4 = (4, -1). */
  @Test
  void mean_twoWorkers_isTheClosedForm() {
    Opened<NamedVector> opened =
        sum(
            Map.of(
                "a", new Update(1.0, new double[] {1.0, 2.0}, 10.0, 1.0),
                "b", new Update(3.0, new double[] {5.0, -2.0}, 20.0, 0.0)));

    assertArrayEquals(new double[] {4.0, -1.0}, opened.value().mean("update", "weight"));
    assertEquals(4.0, opened.value().get("weight"));
    assertArrayEquals(new double[] {30.0, 1.0}, opened.value().all("extras"));
    assertEquals(2, opened.workers());
    // A word for each coordinate of the update, seven for weight and extras each, one for
    // saturation; before that, the range of the update was chosen among 128 buckets, and that of
    // each of the others among 256.
    assertEquals(2 * (2 + 3 * 7 + 1 + 128 + 3 * 256) * 8, opened.messageBytes());
  }

  @Test
  void mean_workerOfWeightZero_countsNothingButItsExtras() {
    NamedVector opened =
        sum(Map.of(
                "a", new Update(2.0, new double[] {1.0, 2.0}, 1.0, 0.0),
                "b", new Update(0.0, new double[] {100.0, 100.0}, 1.0, 0.0)))
            .value();

    assertArrayEquals(new double[] {1.0, 2.0}, opened.mean("update", "weight"));
    assertArrayEquals(new double[] {2.0, 0.0}, opened.all("extras"));
  }

  @Test
  void mean_dropout_isInNeitherNumeratorNorDenominator() {
    Opened<NamedVector> opened =
        sum(
            Map.of(
                "a", new Update(1.0, new double[] {1.0, 1.0}, 0.0, 0.0),
                "b", new Update(1.0, new double[] {3.0, 3.0}, 0.0, 0.0),
                "c", new Update(5.0, new double[] {7.0}, 0.0, 0.0)));

    assertArrayEquals(new double[] {2.0, 2.0}, opened.value().mean("update", "weight"));
    assertEquals(1, opened.dropouts());
  }

  @Test
  void mean_noWeightAtAll_isRefused() {
    NamedVector opened =
        sum(Map.of("a", new Update(0.0, new double[] {1.0, 2.0}, 0.0, 0.0))).value();

    assertEquals(
        "the workers' weights must have a sum > 0",
        assertThrows(AggregationException.class, () -> opened.mean("update", "weight"))
            .getMessage());
  }

  /** 1e300 is finite and so is 1e10; their product is what leaves the worker. */
  @Test
  void sum_weightedUpdateOverflows_isRefused() {
    assertThrows(
        NonFiniteUpdateException.class,
        () -> sum(Map.of("a", new Update(1e10, new double[] {1e300, 0.0}, 0.0, 0.0))));
  }

  @Test
  void setScaled_vectorOfTheWorker_isNotChanged() {
    double[] mine = {1.0, 2.0};

    NamedVector vector = LAYOUT.zeros().setScaled("update", 3.0, mine).set("weight", 3.0);

    assertArrayEquals(new double[] {3.0, 6.0, 3.0, 0.0, 0.0}, vector.values());
    assertArrayEquals(new double[] {1.0, 2.0}, mine);
  }

  private static Opened<NamedVector> sum(Map<String, Update> held) {
    Visit visit = new Visit("test", 1, held.keySet().stream().sorted().toList());
    return new FixedPointSum(new InsecurePlainSum(1), LAYOUT)
        .sum(
            new RecordingFederation<>(new InProcessFederation<>(new TreeMap<>(held))),
            visit,
            Asked.<Update>vector(
                LAYOUT,
                (worker, own) ->
                    LAYOUT
                        .zeros()
                        .setScaled("update", own.weight(), own.update())
                        .set("weight", own.weight())
                        .setAll("extras", own.extras())
                        .values()))
        .map(LAYOUT::read);
  }
}
