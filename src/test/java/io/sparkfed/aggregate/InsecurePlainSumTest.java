package io.sparkfed.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.sparkfed.testing.RecordingFederation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InsecurePlainSumTest extends SumContractTest {

  @Override
  protected RingSum sum(int minWorkers) {
    return new InsecurePlainSum(minWorkers);
  }

  /** The name says it: if this ever fails, the name must change. */
  @Test
  void aggregate_anyCohort_showsTheDriverEveryMessage() {
    Map<String, long[]> held = Map.of("a", vector(1), "b", vector(2));
    RecordingFederation<long[]> federation =
        new RecordingFederation<>(new InProcessFederation<>(held));

    aggregate(1, held, federation);

    assertEquals(2, federation.seenByDriver().size());
    assertInstanceOf(PlainMessage.class, federation.seenByDriver().get(0));
  }
}
