package io.sparkfed.federated.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Whoever sends what doesn't verify is in no sum, and in the notes of the result. */
class LeftOutNotesTest {

  /** Sums through one ring. */
  private record Through(RingSum ring) implements SumFactory {
    @Override
    public VectorSum sumOf(Layout layout) {
      return new FixedPointSum(ring, layout);
    }

    @Override
    public SortedMap<String, Integer> leftOut() {
      return ring.leftOut();
    }
  }

  /** Workers of which w002 signs what it doesn't send. */
  private record OneForges(Federation<Shard> honest) implements Federation<Shard> {
    @Override
    public List<String> workers() {
      return honest.workers();
    }

    @Override
    public <M> List<M> visit(Visit visit, WorkerTask<Shard, M> task) {
      List<M> messages = new ArrayList<>(honest.visit(visit, task));
      int at = visit.cohort().indexOf("w002");
      if (at >= 0 && visit.phase() == Phase.WORK) {
        byte[] message = (byte[]) messages.get(at);
        message[message.length - 1] ^= 1;
      }
      return messages;
    }

    @Override
    public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
      return honest.visitAggregators(visit, task);
    }
  }

  @Test
  void train_oneWorkerForges_isCountedAndNamedAndInNoRound() {
    Table table = Table.random(3L, 60, 2, Family.LINEAR);
    ThrowAwayKeys keys = ThrowAwayKeys.random();
    for (RingSum ring :
        List.of(
            new MaskedSum(keys, 2),
            new SealedSum(keys, Set.of("one"), 2),
            new SealedSum(keys, Set.of("one", "other"), 2))) {
      PlanBuilder plan = new PlanBuilder().sums(new Through(ring)).rounds(2);

      TrainingResult result =
          plan.train(new OneForges(PlanBuilder.federation(PlanBuilder.deal(table, 6))));

      assertTrue(result.divergence().isEmpty());
      result.rounds().forEach(round -> assertEquals(5, round.round() == 0 ? 5 : round.workers()));
      // The range of sums over all, in each round and at the end, that of updates, two of these.
      assertEquals(
          "left out of sums as it broke a rule, 6 times: worker w002: a signature must be its"
              + " sender's",
          result.notes().get(result.notes().size() - 1).toString());
    }
  }
}
