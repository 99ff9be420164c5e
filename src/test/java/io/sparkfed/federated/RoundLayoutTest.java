package io.sparkfed.federated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.PlainMessage;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.RecordingFederation;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The length that is told before a training against what leaves the workers in one. */
class RoundLayoutTest {

  private enum Case {
    AVERAGED(3),
    NEWTON(3),
    /** So many that a Hessian has one scale. */
    WIDE_NEWTON(130),
    LBFGS(3);

    final int features;

    Case(int features) {
      this.features = features;
    }

    PlanBuilder plan() {
      PlanBuilder plan =
          new PlanBuilder().family(Family.LOGISTIC).features(features).l2(1.0).aucError(0.5);
      return switch (this) {
        case AVERAGED -> plan;
        case NEWTON, WIDE_NEWTON -> plan.optimizer(new Newton(1e-12));
        case LBFGS -> plan.optimizer(new Lbfgs(10, 1e-12));
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_plan_isTheLengthOfWhatLeavesAWorker(Case one) {
    Map<String, Shard> shards = new TreeMap<>();
    Random random = new Random(1);
    for (String worker : List.of("a", "b", "c")) {
      ShardBuilder rows = new ShardBuilder(worker, one.features);
      for (int i = 0; i < 6; i++) {
        double[] x = random.doubles(one.features).toArray();
        rows.addDense(x, i % 2, 1.0, 0.0, Part.TRAIN);
      }
      shards.put(worker, rows.build(0.0, 1, false, new ModelShape(one.features, true)));
    }
    RecordingFederation<Shard> federation =
        new RecordingFederation<>(new InProcessFederation<>(shards));

    one.plan().train(federation);

    // No visit for narrower bins of the AUC: the last one is a round's.
    List<Object> seen = federation.seenByDriver();
    PlainMessage last = (PlainMessage) seen.get(seen.size() - 1);
    assertEquals(
        FixedPointSum.words(RoundLayout.of(one.plan().build(), shards.size())),
        last.sums().length,
        one.name());
  }
}
