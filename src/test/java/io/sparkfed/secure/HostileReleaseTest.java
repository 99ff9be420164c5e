package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.federated.CountWithin;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.LengthsWithin;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Release;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A driver that lies: whatever numbers it sends, a worker refuses them without a look at its rows,
 * or a row moves the answer by no more than the worker pays for. No row decides whether there is
 * one.
 */
class HostileReleaseTest {
  private static final int TRIALS = 20_000;
  private static final Zcdp COST = Zcdp.within(1.0, 1e-5);
  private static final BigInteger VARIANCE = BigInteger.ONE.shiftLeft(70);
  private static final Family[] FAMILIES = Family.values();

  /** Numbers that break arithmetic. */
  private static final double[] ODD = {
    0.0,
    -1.0,
    1e-320,
    Double.MIN_VALUE,
    1e-300,
    1e-170,
    1e-30,
    1e30,
    1e154,
    1e170,
    1e300,
    Double.MAX_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private static double number(Random random, double usual) {
    return random.nextInt(6) == 0 ? ODD[random.nextInt(ODD.length)] : usual;
  }

  private static double[] numbers(Random random, int length) {
    double each = number(random, 1.0);
    return random
        .doubles(length, -2.0, 2.0)
        .map(v -> random.nextInt(20) == 0 ? number(random, v) : v * each)
        .toArray();
  }

  private static Shard shard(ModelShape shape, double[][] rows) {
    ShardBuilder builder = new ShardBuilder("a", shape.features(), Storage.DOUBLE);
    for (double[] row : rows) {
      int p = shape.features();
      builder.addDense(Arrays.copyOf(row, p), row[p], row[p + 1], 0.0, Part.TRAIN);
    }
    return builder.build(0.0, 1L, false, shape);
  }

  private static double[] row(Random random, ModelShape shape) {
    double[] row = new double[shape.features() + 2];
    for (int j = 0; j < shape.features(); j++) {
      row[j] = number(random, random.nextGaussian());
    }
    row[shape.features()] = number(random, random.nextInt(2));
    row[shape.features() + 1] = number(random, 1.0);
    return row;
  }

  private static Scaling scaling(Random random, ModelShape shape) {
    double[] deviations = new double[shape.features()];
    for (int j = 0; j < deviations.length; j++) {
      deviations[j] = number(random, 1.0);
    }
    return random.nextBoolean()
        ? Scaling.identity(shape)
        : Scaling.standardize(shape, numbers(random, shape.features()), deviations);
  }

  private static Question<Shard> question(Random random, ModelShape shape, VectorLoss loss) {
    int persons = random.nextInt(8) == 0 ? ODD_COUNTS[random.nextInt(ODD_COUNTS.length)] : 1;
    if (random.nextInt(6) == 0) {
      return new CountWithin(persons);
    }
    RowCut cut =
        new RowCut(scaling(random, shape), number(random, 2.0), number(random, 1.0), persons);
    if (random.nextInt(6) == 0) {
      return new LengthsWithin(loss, shape, cut);
    }
    int order = shape.size() / shape.outputs();
    if (random.nextInt(3) > 0) {
      double[] whitening =
          random.nextBoolean()
              ? new double[0]
              : numbers(random, SymmetricMatrix.packedLength(order));
      return new GradientWithin(
          numbers(random, shape.size()), loss, shape, cut, whitening, number(random, 1.0));
    }
    return random.nextBoolean()
        ? new ProductsWithin(shape, cut)
        : new ProductsWithin(
            shape, cut, number(random, 0.0), number(random, 1.0), number(random, 1.0));
  }

  private static final int[] ODD_COUNTS = {Integer.MIN_VALUE, -1, 0, 2, 1000, Integer.MAX_VALUE};

  /** What a question without sense is refused by, or its result. */
  private static <T> Optional<T> unlessRefused(Supplier<T> made) {
    try {
      return Optional.of(made.get());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<long[]> exact(NoisyAnswer<Shard> answer, Shard shard) {
    OwnersSide owner = new OwnersSide(Clip.NONE, () -> new byte[0], UnaryOperator.identity());
    return unlessRefused(() -> answer.of("a", shard, owner));
  }

  @Test
  void of_anyNumbersOfADriver_areRefusedWhateverTheRowsOrPaidFor() {
    Random random = new Random(11);
    int[] answered = new int[2];
    for (int trial = 0; trial < TRIALS; trial++) {
      VectorLoss loss = FAMILIES[trial % FAMILIES.length].loss(3, 1.35);
      ModelShape shape =
          new ModelShape(1 + random.nextInt(4), random.nextInt(3) > 0, loss.outputs());
      Optional<Question<Shard>> asked = unlessRefused(() -> question(random, shape, loss));
      int fractionBits = random.nextInt(3) == 0 ? random.nextInt(2400) - 1200 : 29;
      int workers = random.nextInt(4) == 0 ? 1 << random.nextInt(31) : 4;
      Optional<NoisyAnswer<Shard>> answer =
          asked.flatMap(
              q ->
                  unlessRefused(
                      () -> new NoisyAnswer<>(q, fractionBits, workers, VARIANCE, 1, COST)));
      if (answer.isEmpty()) {
        continue;
      }
      double[][] rows = new double[1 + random.nextInt(4)][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = row(random, shape);
      }
      Optional<long[]> with = exact(answer.get(), shard(shape, rows));
      Optional<long[]> without =
          exact(answer.get(), shard(shape, Arrays.copyOf(rows, rows.length - 1)));

      String of = asked.get() + ", f = " + fractionBits;
      assertEquals(without.isPresent(), with.isPresent(), of);
      answered[with.isPresent() ? 1 : 0]++;
      if (with.isPresent()) {
        double said = answer.get().release().orElseThrow().sensitivity().doubleValue();
        double moved = moved(with.get(), without.get());
        assertTrue(moved <= said, () -> moved + " where " + said + " is said: " + of);
      }
    }
    assertTrue(answered[1] > TRIALS / 10, Arrays.toString(answered));
  }

  private static double moved(long[] one, long[] other) {
    double squares = 0.0;
    for (int j = 0; j < one.length; j++) {
      double difference = (double) one[j] - (double) other[j];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }

  /** A grid on which rows weigh nothing must not make the noise cheap. */
  @Test
  void release_coarseGrid_costsWhatRoundingMoves() {
    Question<Shard> count = new CountWithin(1);
    Release fine = new NoisyAnswer<>(count, 30, 4, VARIANCE, 1, COST).release().orElseThrow();
    Release coarse = new NoisyAnswer<>(count, -30, 4, VARIANCE, 1, COST).release().orElseThrow();

    assertEquals(Math.pow(2.0, 30) + 1.0, fine.sensitivity().doubleValue());
    assertTrue(coarse.sensitivity().doubleValue() >= 1.0);
  }

  /** An owner that counts grids would answer no run of a fifth epsilon. */
  @Test
  void rounding_otherNoise_isTheSameGrid() {
    Question<Shard> count = new CountWithin(1);
    byte[] one = NoisyAnswer.of(count, 4, COST, 1, COST).rounding();

    assertArrayEquals(one, NoisyAnswer.of(count, 4, COST.times(2), 3, COST.times(9)).rounding());
    assertFalse(Arrays.equals(one, NoisyAnswer.of(count, 5, COST, 1, COST).rounding()));
  }

  /** What is told of a sum must not follow from what the driver says of its noise. */
  @Test
  void of_noiseOfNoUse_isRefused() {
    Question<Shard> count = new CountWithin(1);
    for (BigInteger little :
        List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.TEN.negate(), BigInteger.TWO.pow(19))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new NoisyAnswer<>(count, 0, 4, little, 1, COST),
          little::toString);
    }
    // Enough for a share to be Gaussian, too little for the row: it costs as much as it tells.
    Release dear =
        new NoisyAnswer<>(count, 30, 4, BigInteger.TWO.pow(20), 1, COST).release().orElseThrow();
    assertTrue(dear.cost().rho().compareTo(new BigDecimal("100000")) > 0);
    assertThrows(
        IllegalArgumentException.class,
        () -> new NoisyAnswer<>(count, 30, 4, VARIANCE, 0, COST).release());
    assertThrows(IllegalArgumentException.class, () -> new CountWithin(0));
    assertThrows(IllegalArgumentException.class, () -> new CountWithin(-7));
  }
}
