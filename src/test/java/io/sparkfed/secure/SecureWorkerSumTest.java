package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortSum;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.SumContractTest;
import io.sparkfed.testing.RecordingFederation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecureWorkerSumTest extends SumContractTest {

  @Override
  protected Aggregation<long[], long[]> sum(int minWorkers) {
    return new SecureWorkerSum(minWorkers);
  }

  @Test
  void aggregate_anyCohort_showsTheDriverOneVerdictAndNoMessage() {
    Map<String, long[]> held = Map.of("a", vector(1, 10), "b", vector(2, 20));
    RecordingFederation<long[]> federation =
        new RecordingFederation<>(new InProcessFederation<>(held));

    aggregate(2, held, federation);

    assertEquals(0, federation.plainVisits());
    assertEquals(1, federation.seenByDriver().size());
    CohortSum.Verdict verdict =
        assertInstanceOf(CohortSum.Verdict.class, federation.seenByDriver().get(0));
    assertArrayEquals(vector(3, 30), verdict.sums());
  }

  /**
   * A refused sum must not travel either: with one worker left it would be that worker's vector.
   */
  @Test
  void aggregate_refusedSum_showsTheDriverNoNumber() {
    List<Map<String, long[]>> refusals =
        List.of(
            Map.of("a", vector(1, 10)),
            Map.of("a", vector(1, 10), "b", FAILS),
            Map.of("a", vector(1, 10), "b", NOT_FINITE),
            Map.of("a", vector(1, 10), "b", vector(1)));
    for (Map<String, long[]> held : refusals) {
      RecordingFederation<long[]> federation =
          new RecordingFederation<>(new InProcessFederation<>(held));
      assertThrows(AggregationException.class, () -> aggregate(2, held, federation));

      CohortSum.Verdict verdict = (CohortSum.Verdict) federation.seenByDriver().get(0);
      assertEquals(0, verdict.sums().length);
      assertEquals(0, federation.plainVisits());
    }
  }
}
