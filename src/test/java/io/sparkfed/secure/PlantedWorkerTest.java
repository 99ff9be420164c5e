package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.federated.HiddenWorkers;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.server.ServerMomentum;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The strongest attack on a worker: by somebody who sees all that whole trainings open, knows every
 * other worker's rows and those that are looked for, and has to say each time whether these
 * counted. What is asked in a round depends on what was opened before, and the attacker has that,
 * too.
 */
class PlantedWorkerTest {
  private static final int RUNS = 400;
  private static final int ROUNDS = 4;
  private static final double DELTA = 1e-5;
  private static final ModelShape SHAPE = new ModelShape(4, true, 1);

  /** Short beside the planted worker's updates, wherever noise leads: these are cut. */
  private static final double NORM = 0.01;

  private static final Family FAMILY = Family.LOGISTIC;
  private static final Shard NOTHING = rows("a", new Random(0), 0);
  private static final Map<String, Shard> OTHERS =
      Map.of("b", rows("b", new Random(1), 20), "c", rows("c", new Random(2), 20));

  /** Alike, so that updates are long, and figures are as far from zeros as they can be. */
  private static final Shard PLANTED = rows("a", new Random(3), -20);

  private int seeds;

  /** Rows within [-1, 1]; a negative number of them is that of one row again and again. */
  private static Shard rows(String worker, Random random, int count) {
    ShardBuilder rows = new ShardBuilder(worker, 4, Storage.DOUBLE);
    for (int i = 0; i < Math.abs(count); i++) {
      double[] x = count < 0 ? new double[] {1, -1, 1, -1} : random.doubles(4, -1.0, 1.0).toArray();
      double label = count < 0 ? 1.0 : i % 2;
      rows.addDense(x, label, 1.0, 0.0, i % 4 == 0 ? Part.TEST : Part.TRAIN);
    }
    return rows.build(0.0, 1L, false, SHAPE);
  }

  /** Sums as they are opened, in view of the attacker. */
  private static final class Watched implements SumFactory {
    private final UnderPolicies ring;
    private final boolean hasNoise;
    private final Map<String, Shard> shards;
    private double evidence;
    private int sums;

    Watched(int seed, boolean hasNoise, Map<String, Shard> shards) {
      byte[] secret = Arrays.copyOf(new WireWriter().integer(seed).toByteArray(), 32);
      this.ring =
          new UnderPolicies(new ThrowAwayKeys(secret), new InsecurePlainSum(1), new byte[32]);
      this.hasNoise = hasNoise;
      this.shards = shards;
    }

    @Override
    public VectorSum sumOf(Layout layout) {
      throw new AssertionError("only sums with noise are asked for");
    }

    /** A plain sum relies on one worker: with h times the cost, shares are those of h. */
    @Override
    public ReleasedSum released(Zcdp cost, Zcdp plan, int honest) {
      NoisySum sum = new NoisySum(ring, cost.times(honest), plan, 1);
      return new ReleasedSum() {
        @Override
        public double deviation(Question<?> question, int cohort, int workers) {
          return sum.deviation(question, cohort, workers);
        }

        @Override
        @SuppressWarnings("unchecked")
        public <S> Opened<double[]> sum(
            Federation<S> federation, Visit visit, Question<S> question) {
          NoisyAnswer<Shard> asked =
              NoisyAnswer.of((Question<Shard>) question, 3, sum.cost(), 1, plan);
          Opened<double[]> opened = hasNoise ? sum.sum(federation, visit, question) : exact(asked);
          look(asked, opened.value());
          return opened;
        }
      };
    }

    private Opened<double[]> exact(NoisyAnswer<Shard> asked) {
      double[] sum = new double[asked.question().layout().length()];
      shards.forEach((worker, shard) -> add(1.0, words(asked, worker, shard), sum));
      for (int j = 0; j < sum.length; j++) {
        sum[j] = Math.scalb(sum[j], -asked.fractionBits());
      }
      return new Opened<>(sum, 3, 0, 0, 0);
    }

    /**
     * What is more likely with the worker's rows than without them is evidence: the logarithm of
     * how much more (Neyman and Pearson).
     */
    private void look(NoisyAnswer<Shard> asked, double[] opened) {
      long[] looked = words(asked, "a", PLANTED);
      double[] left = new double[looked.length];
      OTHERS.forEach((worker, shard) -> add(-1.0, words(asked, worker, shard), left));
      double variance = 3.0 * asked.release().orElseThrow().share().doubleValue();
      for (int j = 0; j < left.length; j++) {
        left[j] += Math.scalb(opened[j], asked.fractionBits());
        evidence += looked[j] * (left[j] - looked[j] / 2.0) / variance;
      }
      sums++;
    }

    private static long[] words(NoisyAnswer<Shard> asked, String worker, Shard shard) {
      return asked.of(
          worker, shard, new OwnersSide(Clip.NONE, () -> new byte[32], UnaryOperator.identity()));
    }

    private static void add(double sign, long[] words, double[] out) {
      for (int j = 0; j < out.length; j++) {
        out[j] += sign * words[j];
      }
    }
  }

  /** Returns what the attacker makes of one training: more, if the worker's rows counted. */
  private double looked(double epsilon, boolean isSplit, boolean isPlanted, boolean hasNoise) {
    Map<String, Shard> shards = new TreeMap<>(OTHERS);
    shards.put("a", isPlanted ? PLANTED : NOTHING);
    Watched watched = new Watched(seeds++, hasNoise, shards);
    HiddenWorkers hidden = new HiddenWorkers(epsilon, DELTA, NORM, 0.2, isSplit, 3);
    new PlanBuilder()
        .family(FAMILY)
        .features(4)
        .rounds(ROUNDS)
        .server(new ServerMomentum(1.0, 0.9))
        .sums(watched)
        .privacy(hidden.plan(FAMILY, SHAPE))
        .train(new InProcessFederation<>(shards));
    assertEquals(ROUNDS + 1, watched.sums);
    return watched.evidence;
  }

  private double[] runs(
      double epsilon, boolean isSplit, boolean isPlanted, boolean hasNoise, int count) {
    return IntStream.range(0, count)
        .mapToDouble(i -> looked(epsilon, isSplit, isPlanted, hasNoise))
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void looked_withoutNoise_isAlwaysRight(boolean isSplit) {
    double[] with = runs(1.0, isSplit, true, false, 10);
    double[] without = runs(1.0, isSplit, false, false, 10);

    assertEquals(1.0, PlantedRowTest.advantage(with, without));
  }

  /**
   * The bounds are {@code 2 Phi(mu / 2) - 1}, with {@code mu} the root of {@code 2 rho}, over all
   * rounds and the figures together; the worker is the worst there is, so the attack comes near
   * them.
   */
  @ParameterizedTest
  @CsvSource({"1, true, 0.0984", "8, true, 0.5670", "1, false, 0.0984", "8, false, 0.5670"})
  void looked_withNoise_isHardlyBetterThanGuessing(double epsilon, boolean isSplit, double bound) {
    double[] with = runs(epsilon, isSplit, true, true, RUNS);
    double[] without = runs(epsilon, isSplit, false, true, RUNS);
    double rate = (1.0 + bound) / 2.0;
    double error = Math.sqrt(2.0 * rate * (1.0 - rate) / RUNS);

    assertTrue(PlantedRowTest.advantage(with, without) <= bound + 3.0 * error);
    // At 0 both cases are equally likely: no threshold is better in the long run.
    double atBest = PlantedRowTest.alarms(with, 0.0) - PlantedRowTest.alarms(without, 0.0);
    assertEquals(bound, atBest, 3.0 * error);
    assertTrue(epsilon < 8.0 || atBest >= 0.3);
  }
}
