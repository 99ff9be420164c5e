package io.sparkfed.secure;

import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Rows that try to move a sum by more than they may. */
final class HostileRows {
  private static final double[] HOSTILE = {
    1e300, -1e300, 1e155, -0.0, 0.0, Double.MIN_VALUE, -1e-310, 1e-160, 1e9, 1.0, -1.0, 1e-9
  };
  private static final double[] NO_NUMBERS = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };
  private static final double[] WEIGHTS = {
    0.0, 1.0, 0.5, 1e9, Double.MIN_VALUE, 1e300, Double.NaN, Double.POSITIVE_INFINITY, -1.0
  };

  private HostileRows() {}

  record Row(double[] x, double label, double weight, double offset) {}

  /** How a trial's rows are stored. */
  record Stored(boolean isSparse, Storage storage) {
    Shard shard(List<Row> rows, ModelShape shape) {
      ShardBuilder builder = new ShardBuilder("a", shape.features(), storage);
      for (Row row : rows) {
        if (isSparse) {
          int[] columns = IntStream.range(0, row.x.length).filter(j -> row.x[j] != 0.0).toArray();
          double[] values = IntStream.of(columns).mapToDouble(j -> row.x[j]).toArray();
          builder.addSparse(columns, values, row.label, row.weight, row.offset, Part.TRAIN);
        } else {
          builder.addDense(row.x, row.label, row.weight, row.offset, Part.TRAIN);
        }
      }
      return builder.build(0.0, 1L, false, shape);
    }
  }

  private static double number(Random random, Storage storage) {
    double usual = random.nextGaussian() * Math.pow(10.0, random.nextInt(5) - 2);
    return switch (random.nextInt(storage == Storage.FLOAT ? 12 : 16)) {
      case 0, 1, 2 -> 0.0;
      case 12 -> HOSTILE[random.nextInt(HOSTILE.length)];
      case 13 ->
          random.nextInt(20) == 0
              ? NO_NUMBERS[random.nextInt(NO_NUMBERS.length)]
              : HOSTILE[random.nextInt(HOSTILE.length)];
      default -> usual;
    };
  }

  private static double label(Random random, Family family) {
    return switch (random.nextInt(30)) {
      case 0 -> 1e300;
      case 1 -> -1e9;
      case 2 -> Double.NaN;
      case 3 -> Double.POSITIVE_INFINITY;
      default ->
          switch (family) {
            case LINEAR, HUBER -> random.nextGaussian() * 10.0;
            case SOFTMAX -> random.nextInt(3);
            case GAMMA -> Math.exp(random.nextGaussian());
            default -> random.nextInt(2);
          };
    };
  }

  /** Returns a row. */
  static Row row(Random random, Family family, int features, Stored stored, boolean plain) {
    double[] x = new double[features];
    for (int j = 0; j < features; j++) {
      x[j] = number(random, stored.storage);
    }
    boolean isOdd = random.nextInt(4) == 0;
    return new Row(
        x,
        label(random, family),
        isOdd ? WEIGHTS[random.nextInt(WEIGHTS.length)] : 1.0,
        plain ? 0.0 : isOdd ? number(random, stored.storage) : random.nextGaussian());
  }

  /** Returns a scaling of one of four kinds. */
  static Scaling scaling(Random random, ModelShape shape) {
    int kind = random.nextInt(4);
    if (kind == 0) {
      return Scaling.identity(shape);
    }
    double[] means = new double[shape.features()];
    double[] deviations = new double[shape.features()];
    for (int j = 0; j < means.length; j++) {
      deviations[j] = 0.5 + 3.0 * random.nextDouble();
      means[j] = kind == 1 ? 0.0 : random.nextGaussian() * (kind == 2 ? 0.5 : 200.0);
    }
    return Scaling.standardize(shape, means, deviations);
  }
}
