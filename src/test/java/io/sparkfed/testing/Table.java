package io.sparkfed.testing;

import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Rows written out: features, labels and instance weights.
 *
 * @param x features, n x p
 * @param y labels, length n
 * @param weights instance weights, length n
 */
public record Table(double[][] x, double[] y, double[] weights) {

  /** Returns a table with all weights 1. */
  public static Table of(double[][] x, double[] y) {
    double[] ones = new double[y.length];
    Arrays.fill(ones, 1.0);
    return new Table(x, y, ones);
  }

  /**
   * Returns rows with correlated features and labels of the family, drawn with Java's generator.
   */
  public static Table random(long seed, int rows, int features, Family family) {
    Random random = new Random(seed);
    double[][] x = new double[rows][features];
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      double score = 0.3;
      for (int j = 0; j < features; j++) {
        x[i][j] = random.nextGaussian() + (j > 0 ? 0.3 * x[i][j - 1] : 0.0);
        score += (j % 2 == 0 ? 1.0 : -0.7) * x[i][j];
      }
      double noise = random.nextGaussian();
      y[i] = label(family, score + noise);
    }
    return of(x, y);
  }

  /** Returns a label of the family's domain that goes with a noisy score; softmax has 3 classes. */
  private static double label(Family family, double noisy) {
    return switch (family) {
      case LINEAR, HUBER -> noisy;
      case LOGISTIC, SVM, SQUARED_HINGE -> noisy > 0.0 ? 1.0 : 0.0;
      case SOFTMAX -> noisy < -0.7 ? 2.0 : noisy < 0.7 ? 0.0 : 1.0;
      case POISSON -> Math.floor(Math.exp(0.5 * noisy) + 0.5);
      case GAMMA -> Math.exp(0.5 * noisy);
    };
  }

  /** Returns the number of rows. */
  public int rows() {
    return y.length;
  }

  /** Returns the number of features. */
  public int features() {
    return x[0].length;
  }

  /** Returns the same rows with other weights. */
  public Table withWeights(double... other) {
    return new Table(x, y, other);
  }

  /** Returns the rows {@code from} to {@code to - 1}. */
  public Table slice(int from, int to) {
    return select(IntStream.range(from, to).toArray());
  }

  /** Returns the chosen rows in the order given; a row may be chosen more than once. */
  public Table select(int... chosen) {
    return new Table(
        Arrays.stream(chosen).mapToObj(i -> x[i]).toArray(double[][]::new),
        Arrays.stream(chosen).mapToDouble(i -> y[i]).toArray(),
        Arrays.stream(chosen).mapToDouble(i -> weights[i]).toArray());
  }

  /** Returns one feature's values. */
  public double[] column(int feature) {
    return Arrays.stream(x).mapToDouble(row -> row[feature]).toArray();
  }

  /** Returns the rows with {@code (x_j - means[j]) / deviations[j]} in place of {@code x_j}. */
  public Table standardized(double[] means, double[] deviations) {
    double[][] z = new double[rows()][features()];
    for (int i = 0; i < rows(); i++) {
      for (int j = 0; j < features(); j++) {
        z[i][j] = (x[i][j] - means[j]) / deviations[j];
      }
    }
    return new Table(z, y, weights);
  }

  /** Adds all rows as dense rows. */
  public void addTo(ShardBuilder builder, Part part) {
    for (int i = 0; i < rows(); i++) {
      builder.addDense(x[i], y[i], weights[i], part);
    }
  }

  /** Adds all rows by their non-zero entries. */
  public void addSparseTo(ShardBuilder builder, Part part) {
    for (int i = 0; i < rows(); i++) {
      double[] row = x[i];
      int[] columns = IntStream.range(0, row.length).filter(j -> row[j] != 0.0).toArray();
      double[] values = Arrays.stream(columns).mapToDouble(j -> row[j]).toArray();
      builder.addSparse(columns, values, y[i], weights[i], part);
    }
  }

  /** Returns a shard whose training rows these are. */
  public Shard shard(String worker) {
    ShardBuilder builder = new ShardBuilder(worker, features());
    addTo(builder, Part.TRAIN);
    return builder.build(0.0, 1L, false, new ModelShape(features(), true));
  }

  /** Returns the packed rows with these offsets. */
  public Examples examples(double[] offsets) {
    ShardBuilder builder = new ShardBuilder("any", features());
    for (int i = 0; i < rows(); i++) {
      builder.addDense(x[i], y[i], weights[i], offsets[i], Part.TRAIN);
    }
    return builder.build(0.0, 1L, false, new ModelShape(features(), true)).train();
  }

  /** Returns the packed rows. */
  public Examples examples() {
    return shard("any").train();
  }
}
