package io.sparkfed.secure.sealed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.testing.Asked;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A worker that sends what doesn't verify loses its place in the sum, by name, and nobody else. */
class LeftOutTest {
  private static final Words<long[]> SEND = Asked.words((worker, held) -> held);

  private final ThrowAwayKeys keys = ThrowAwayKeys.random();
  private final Map<String, long[]> held =
      new TreeMap<>(
          Map.of(
              "a", new long[] {1},
              "b", new long[] {10},
              "c", new long[] {100},
              "d", new long[] {1000}));

  /** What worker b sends instead. */
  private interface Change {
    byte[] of(SealedUpdate genuine, SealingTask<?> task);
  }

  /** Workers of which b is hostile. */
  private final class Hostile implements Federation<long[]> {
    private final Federation<long[]> honest = new InProcessFederation<>(held);
    private final Change change;

    Hostile(Change change) {
      this.change = change;
    }

    @Override
    public List<String> workers() {
      return honest.workers();
    }

    @Override
    @SuppressWarnings("unchecked")
    public <M> List<M> visit(Visit visit, WorkerTask<long[], M> task) {
      List<M> messages = new ArrayList<>(honest.visit(visit, task));
      int at = visit.cohort().indexOf("b");
      if (at >= 0 && task instanceof SealingTask<?> sealing) {
        SealedUpdate genuine = SealedUpdate.parse((byte[]) messages.get(at));
        messages.set(at, (M) change.of(genuine, sealing));
      }
      return messages;
    }

    @Override
    public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
      return honest.visitAggregators(visit, task);
    }
  }

  private void leftOut(String what, Change change) {
    for (Set<String> aggregators : List.of(Set.of("agg-1"), Set.of("agg-1", "agg-2"))) {
      SealedSum sum = new SealedSum(keys, aggregators, 3);

      Opened<long[]> opened =
          sum.sum(new Hostile(change), new Visit("sum", 1, List.copyOf(held.keySet())), SEND);

      assertArrayEquals(new long[] {1101}, opened.value());
      assertEquals(3, opened.workers());
      assertEquals(1, opened.dropouts());
      assertEquals(Map.of(what, 1), sum.leftOut());
    }
  }

  private byte[] signed(
      String worker, SealingTask<?> task, SealedUpdate genuine, List<byte[]> sealedKeys) {
    return SealedUpdate.make(
            keys.open(worker).keys(),
            worker,
            task.frame().session().id(),
            genuine.modelHash(),
            genuine.subject(),
            genuine.words(),
            sealedKeys,
            genuine.body())
        .toBytes();
  }

  @Test
  void sum_garbageOrAForgedMessage_isLeftOut() {
    byte[] garbage = new byte[200];
    new Random(1L).nextBytes(garbage);
    leftOut("an unknown sender: a message must not be cut short", (own, task) -> garbage);
    leftOut(
        "worker b: a signature must be its sender's",
        (own, task) -> {
          byte[] flipped = own.toBytes();
          flipped[flipped.length - 1] ^= 1;
          return flipped;
        });
    leftOut(
        "an unknown sender: a sealed vector must be of a worker of the cohort",
        (own, task) -> signed("z", task, own, own.keys()));
    leftOut(
        "worker b: a message must have a key for each aggregator",
        (own, task) -> signed("b", task, own, List.of()));
  }

  /** Most decide which length is right. */
  @Test
  void sum_vectorOfAnotherLength_isLeftOut() {
    leftOut(
        "worker b: sealed vectors must have one length",
        (own, task) ->
            SealedUpdate.make(
                    keys.open("b").keys(),
                    "b",
                    task.frame().session().id(),
                    own.modelHash(),
                    own.subject(),
                    own.words() - 1,
                    own.keys(),
                    own.body())
                .toBytes());
  }

  /** Well signed, and yet nothing that aggregators could open: they say whose it is. */
  @Test
  void sum_messageThatDoesNotOpenAtAnAggregator_isLeftOutAndNamed() {
    leftOut(
        "worker b: a message must open at aggregator agg-1",
        (own, task) -> {
          List<byte[]> others = own.keys().stream().map(byte[]::clone).toList();
          others.forEach(key -> key[40] ^= 1);
          return signed("b", task, own, others);
        });
  }

  /** What is genuine of another question is not what was asked for. */
  @Test
  void sum_answerToAnotherQuestion_isLeftOut() {
    leftOut(
        "worker b: a sealed vector must be what was asked for",
        (own, task) -> {
          keys.forgetAll();
          return new SealingSide(
                  keys.open("b"), "b", task.frame().session(), Kdf.sha256(new byte[] {1}))
              .seal(
                  FlaggedVector.of(() -> held.get("b"), () -> new byte[32]),
                  task.frame().session().ring(),
                  new byte[32])
              .toBytes();
        });
  }
}
