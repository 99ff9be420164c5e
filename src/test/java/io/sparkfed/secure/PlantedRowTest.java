package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.EvaluationWithin;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.wire.WireWriter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The strongest attack on a row: by somebody who sees all sums of a run, knows every other row and
 * the row that is looked for, and has to say each time whether it was there. Nothing is better than
 * the likelihood ratio (Neyman and Pearson), which for Gaussian noise is the sums' part along what
 * the row adds.
 */
class PlantedRowTest {
  private static final int RUNS = 400;
  private static final int GRADIENTS = 4;
  private static final double DELTA = 1e-5;
  private static final List<String> WORKERS = List.of("a", "b", "c");
  private static final ModelShape SHAPE = new ModelShape(4, true, 1);
  private static final RowCut CUT = new RowCut(Scaling.identity(SHAPE), Math.sqrt(5.0), 1.0, 1);
  private static final Question<Shard> PRODUCTS = new ProductsWithin(SHAPE, CUT);

  /** At the model 0 a row's slope is 1/2: the planted row's gradient, of length 1.1, is cut. */
  private static final Question<Shard> GRADIENT =
      new GradientWithin(
          new double[5], Family.LOGISTIC.loss(2, 1.35), SHAPE, CUT, new double[0], 0.75);

  /** The planted row's loss, at this intercept, is at the end of its band: 1. */
  private static final Question<Shard> EVALUATION =
      new EvaluationWithin(
          BoundedSums.of(
              Family.LOGISTIC,
              Family.LOGISTIC.loss(2, 1.35),
              MetricSettings.of(Family.LOGISTIC),
              Optional.empty(),
              0.0),
          AskedRows.TEST,
          SHAPE,
          CUT,
          new double[] {0.0, 0.0, 0.0, 0.0, -0.541});

  private final ThrowAwayKeys keys = new ThrowAwayKeys(new byte[32]);
  private int sessions;

  /** Rows within [-1, 1]; the one that is planted at the first worker reaches every bound. */
  private static List<Shard> shards(Optional<Part> planted) {
    Random random = new Random(3);
    return WORKERS.stream()
        .map(
            worker -> {
              ShardBuilder rows = new ShardBuilder(worker, 4, Storage.DOUBLE);
              for (int i = 0; i < 20; i++) {
                double[] x = random.doubles(4, -1.0, 1.0).toArray();
                rows.addDense(x, i % 2, 1.0, 0.0, i % 4 == 0 ? Part.TEST : Part.TRAIN);
              }
              if (worker.equals("a")) {
                planted.ifPresent(
                    part ->
                        rows.addDense(new double[] {1.0, -1.0, 1.0, -1.0}, 1.0, 1.0, 0.0, part));
              }
              return rows.build(0.0, 1L, false, SHAPE);
            })
        .toList();
  }

  /** Returns a sum as the driver opens it. */
  private double[] opened(NoisyAnswer<Shard> asked, List<Shard> shards, boolean hasNoise) {
    byte[] session = new WireWriter().integer(sessions++).toByteArray();
    long[] sum = new long[0];
    for (int k = 0; k < WORKERS.size(); k++) {
      Owner owner = keys.open(WORKERS.get(k));
      Shard held = shards.get(k);
      UnaryOperator<long[]> noise =
          exact ->
              owner.released(
                  asked,
                  held,
                  new byte[32],
                  3,
                  exact,
                  hash -> owner.keys().derive("it", session, hash));
      long[] own =
          asked.of(
              WORKERS.get(k),
              shards.get(k),
              new OwnersSide(
                  Clip.NONE, () -> new byte[32], hasNoise ? noise : UnaryOperator.identity()));
      sum = Arrays.copyOf(sum, own.length);
      for (int j = 0; j < own.length; j++) {
        sum[j] += own[j];
      }
    }
    return asked.decode(sum);
  }

  /**
   * A run: a fifth of its budget for products, and for each of four gradients; all of it for the
   * evaluation, as no row is among both parts.
   */
  private static List<NoisyAnswer<Shard>> run(double epsilon) {
    Zcdp plan = Zcdp.within(epsilon, DELTA);
    Zcdp fifth = plan.part(new BigDecimal("0.2"));
    return Stream.concat(
            Stream.of(
                NoisyAnswer.of(PRODUCTS, 3, fifth, 3, plan),
                NoisyAnswer.of(EVALUATION, 3, plan, 3, plan)),
            Stream.generate(() -> NoisyAnswer.of(GRADIENT, 3, fifth, 3, plan)).limit(GRADIENTS))
        .toList();
  }

  /**
   * Returns what the attacker makes of one run: more, if the row was there. Each sum counts along
   * what the row adds, by the inverse of the noise's variance.
   */
  private double looked(
      List<NoisyAnswer<Shard>> run, Part part, boolean isPlanted, boolean hasNoise) {
    double evidence = 0.0;
    Optional<Part> planted = Optional.of(part);
    for (NoisyAnswer<Shard> asked : run) {
      double[] without = opened(asked, shards(Optional.empty()), false);
      double[] with = opened(asked, shards(planted), false);
      double[] seen = opened(asked, shards(planted.filter(any -> isPlanted)), hasNoise);
      double variance = asked.release().orElseThrow().share().doubleValue() * 3.0;
      double unit = Math.scalb(1.0, -2 * asked.fractionBits()) * variance;
      for (int j = 0; j < seen.length; j++) {
        evidence += (with[j] - without[j]) * (seen[j] - (with[j] + without[j]) / 2.0) / unit;
      }
    }
    return evidence;
  }

  /** Returns the most that true alarms exceed false ones by, over all thresholds. */
  static double advantage(double[] with, double[] without) {
    return DoubleStream.concat(Arrays.stream(with), Arrays.stream(without))
        .map(threshold -> alarms(with, threshold) - alarms(without, threshold))
        .max()
        .orElseThrow();
  }

  /** Returns how often evidence is at least that of the threshold. */
  static double alarms(double[] evidence, double threshold) {
    return Arrays.stream(evidence).filter(e -> e >= threshold).count() / (double) evidence.length;
  }

  private double[] runs(
      List<NoisyAnswer<Shard>> run, Part part, boolean isPlanted, boolean hasNoise, int count) {
    return IntStream.range(0, count)
        .mapToDouble(i -> looked(run, part, isPlanted, hasNoise))
        .toArray();
  }

  @ParameterizedTest
  @EnumSource(Part.class)
  void looked_withoutNoise_isAlwaysRight(Part part) {
    List<NoisyAnswer<Shard>> run = run(1.0);
    assertEquals(
        1.0, advantage(runs(run, part, true, false, 10), runs(run, part, false, false, 10)));
  }

  /**
   * The bounds are {@code 2 Phi(mu / 2) - 1}, with {@code mu} the root of {@code 2 rho}; the row is
   * the worst there is, so the attack comes near them.
   */
  @ParameterizedTest
  @CsvSource({"1, TRAIN, 0.0984", "8, TRAIN, 0.5670", "1, TEST, 0.0984", "8, TEST, 0.5670"})
  void looked_withNoise_isHardlyBetterThanGuessing(double epsilon, Part part, double bound) {
    List<NoisyAnswer<Shard>> run = run(epsilon);
    double[] with = runs(run, part, true, true, RUNS);
    double[] without = runs(run, part, false, true, RUNS);
    double rate = (1.0 + bound) / 2.0;
    double error = Math.sqrt(2.0 * rate * (1.0 - rate) / RUNS);

    assertTrue(advantage(with, without) <= bound + 3.0 * error);
    // At 0 both cases are equally likely: no threshold is better in the long run.
    double atBest = alarms(with, 0.0) - alarms(without, 0.0);
    assertEquals(bound, atBest, 3.0 * error);
    assertTrue(epsilon < 8.0 || atBest >= 0.03);
  }
}
