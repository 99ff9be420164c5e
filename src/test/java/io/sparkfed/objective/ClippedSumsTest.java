package io.sparkfed.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.testing.Table;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sums against the same made of decimal numbers of forty digits, row by row. */
class ClippedSumsTest {
  private static final MathContext DIGITS = new MathContext(40);
  private static final int ROWS = 300;

  /** A row's z in the units of a scaling, with the intercept's 1. */
  private static BigDecimal[] decimal(double[] x, ModelShape shape, Scaling scaling) {
    BigDecimal[] z = new BigDecimal[SampledGram.order(shape)];
    Arrays.fill(z, BigDecimal.ONE);
    for (int j = 0; j < x.length; j++) {
      z[j] = new BigDecimal(x[j]);
      if (!scaling.isIdentity()) {
        z[j] =
            z[j].subtract(new BigDecimal(scaling.means()[j]))
                .multiply(new BigDecimal(scaling.factors()[j]), DIGITS);
      }
    }
    return z;
  }

  private static BigDecimal[] times(double[] packed, BigDecimal[] z) {
    BigDecimal[] out = z.clone();
    for (int i = 0; packed.length > 0 && i < z.length; i++) {
      out[i] = BigDecimal.ZERO;
      for (int j = 0; j < z.length; j++) {
        out[i] =
            out[i].add(
                z[j].multiply(new BigDecimal(packed[SymmetricMatrix.at(z.length, i, j)])), DIGITS);
      }
    }
    return out;
  }

  private static BigDecimal length(BigDecimal[] z) {
    BigDecimal squares = BigDecimal.ZERO;
    for (BigDecimal entry : z) {
      squares = squares.add(entry.multiply(entry), DIGITS);
    }
    return squares.sqrt(DIGITS);
  }

  private static double[] gradient(
      Examples rows,
      VectorLoss loss,
      ModelShape shape,
      RowCut cut,
      double[] model,
      double[] whitening,
      double clip) {
    BigDecimal[] sums = new BigDecimal[shape.size()];
    Arrays.fill(sums, BigDecimal.ZERO);
    double[] x = new double[shape.features()];
    for (int i = 0; i < rows.rows(); i++) {
      rows.copyRow(i, x, 0);
      BigDecimal[] z = decimal(x, shape, cut.scaling());
      double[] slopes = new double[shape.outputs()];
      for (int k = 0; k < slopes.length; k++) {
        BigDecimal score = new BigDecimal(rows.offset(i));
        for (int j = 0; j < z.length; j++) {
          score = score.add(z[j].multiply(new BigDecimal(model[shape.place(k, j)])), DIGITS);
        }
        slopes[k] = score.doubleValue();
      }
      loss.gradient(slopes, rows.label(i), slopes);
      BigDecimal[] r = Arrays.stream(slopes).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
      BigDecimal[] turned = times(whitening, z);
      BigDecimal weight = new BigDecimal(Math.min(rows.weight(i), cut.mostWeight()));
      weight = weight.divide(new BigDecimal(cut.mostWeight()), DIGITS);
      BigDecimal term = weight.multiply(length(r)).multiply(length(turned), DIGITS);
      BigDecimal factor =
          term.compareTo(new BigDecimal(clip)) > 0
              ? weight.multiply(new BigDecimal(clip)).divide(term, DIGITS)
              : weight;
      for (int k = 0; k < slopes.length; k++) {
        for (int j = 0; j < z.length; j++) {
          int at = shape.place(k, j);
          sums[at] = sums[at].add(factor.multiply(r[k]).multiply(turned[j]), DIGITS);
        }
      }
    }
    return Arrays.stream(sums).mapToDouble(BigDecimal::doubleValue).toArray();
  }

  private static double[] products(
      Examples rows, ModelShape shape, RowCut cut, double middle, double scale, double mostLabel) {
    int order = SampledGram.order(shape);
    int size = order + (scale == 0.0 ? 0 : 1);
    BigDecimal[] sums = new BigDecimal[SymmetricMatrix.packedLength(size)];
    Arrays.fill(sums, BigDecimal.ZERO);
    double[] x = new double[shape.features()];
    for (int i = 0; i < rows.rows(); i++) {
      rows.copyRow(i, x, 0);
      BigDecimal[] z = decimal(x, shape, cut.scaling());
      BigDecimal length = length(z);
      BigDecimal norm = new BigDecimal(cut.norm());
      BigDecimal factor = length.compareTo(norm) > 0 ? norm.divide(length, DIGITS) : BigDecimal.ONE;
      BigDecimal[] a = Arrays.copyOf(z, size);
      if (size > order) {
        double label = scale * (rows.label(i) - middle);
        a[order] = new BigDecimal(Math.max(-mostLabel, Math.min(mostLabel, label)));
      }
      for (int j = 0; j < size; j++) {
        a[j] = a[j].multiply(factor, DIGITS);
      }
      BigDecimal weight =
          new BigDecimal(Math.min(rows.weight(i), cut.mostWeight()) / cut.mostWeight());
      for (int j = 0, at = 0; j < size; j++) {
        for (int m = j; m < size; m++, at++) {
          BigDecimal root = m == j ? BigDecimal.ONE : new BigDecimal(2).sqrt(DIGITS);
          sums[at] = sums[at].add(weight.multiply(root).multiply(a[j]).multiply(a[m]), DIGITS);
        }
      }
    }
    return Arrays.stream(sums).mapToDouble(BigDecimal::doubleValue).toArray();
  }

  private static Examples rows(Family family, boolean isSparse, Storage storage, Random random) {
    Table table = Table.random(3L, ROWS, 5, family);
    ShardBuilder builder = new ShardBuilder("a", 5, storage);
    for (int i = 0; i < ROWS; i++) {
      double[] x = table.x()[i].clone();
      x[4] = random.nextInt(3) == 0 ? 1.0 : 0.0;
      x[3] = isSparse && random.nextInt(3) > 0 ? 0.0 : x[3];
      double weight = random.nextInt(4) == 0 ? 3.0 * random.nextDouble() : 1.0;
      double offset = 0.3 * random.nextGaussian();
      if (isSparse) {
        int[] columns = IntStream.range(0, 5).filter(j -> x[j] != 0.0).toArray();
        double[] values = IntStream.of(columns).mapToDouble(j -> x[j]).toArray();
        builder.addSparse(columns, values, table.y()[i], weight, offset, Part.TRAIN);
      } else {
        builder.addDense(x, table.y()[i], weight, offset, Part.TRAIN);
      }
    }
    return builder.build(0.0, 1L, false, new ModelShape(5, true)).train();
  }

  private static Scaling scaling(ModelShape shape, int kind) {
    double[] factors = {1.0, 0.5, 2.0, 0.7, 1.5};
    double[][] means = {{0, 0, 0, 0, 0}, {0.3, -0.2, 0.1, 0.0, 0.5}, {40, -0.2, 0.1, 0.0, 0.5}};
    return kind == 0
        ? Scaling.identity(shape)
        : Scaling.standardize(shape, means[kind - 1], factors);
  }

  private static double[] whitening(int order) {
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        packed[at] = i == j ? 1.0 + i : 0.2 * (i + 1) / (j + 1);
      }
    }
    return packed;
  }

  @Test
  void gradient_anyFamilyStorageAndScaling_isTheDecimalSum() {
    Random random = new Random(8);
    for (Family family : Family.values()) {
      VectorLoss loss = family.loss(3, 1.35);
      for (int kind = 0; kind < 4; kind++) {
        for (boolean isSparse : new boolean[] {false, true}) {
          for (boolean hasIntercept : new boolean[] {false, true}) {
            Storage storage = kind == 1 ? Storage.FLOAT : Storage.DOUBLE;
            Examples rows = rows(family, isSparse, storage, random);
            ModelShape shape = new ModelShape(5, hasIntercept, loss.outputs());
            RowCut cut = new RowCut(scaling(shape, kind), 2.0, 2.0, 1);
            double[] model = random.doubles(shape.size(), -0.5, 0.5).toArray();
            for (double[] a : List.of(new double[0], whitening(SampledGram.order(shape)))) {
              double clip = 1.25;
              double[] expected = gradient(rows, loss, shape, cut, model, a, clip);
              double[] found = ClippedSums.gradient(model, loss, rows, shape, cut, a, clip);
              // A margin of 2^-24, and what exp and slopes are rounded by.
              assertArrayEquals(
                  expected, found, ROWS * clip * 1.3e-7, family + " " + kind + " " + isSparse);
            }
          }
        }
      }
    }
  }

  @Test
  void products_anyStorageAndScaling_areTheDecimalSums() {
    Random random = new Random(9);
    for (int kind = 0; kind < 4; kind++) {
      for (boolean isSparse : new boolean[] {false, true}) {
        for (boolean hasIntercept : new boolean[] {false, true}) {
          Examples rows = rows(Family.LINEAR, isSparse, Storage.DOUBLE, random);
          ModelShape shape = new ModelShape(5, hasIntercept);
          RowCut cut = new RowCut(scaling(shape, kind), 2.0, 2.0, 1);
          for (double scale : new double[] {0.0, 0.5}) {
            double[] expected = products(rows, shape, cut, 0.25, scale, 1.0);
            double[] found = ClippedSums.products(rows, shape, cut, 0.25, scale, 1.0);
            assertArrayEquals(expected, found, ROWS * 5.0 * 1.3e-7, kind + " " + isSparse);
          }
        }
      }
    }
  }

  /** Each at most 1, of rows that weigh something, and of no others. */
  @Test
  void squaredLengths_anyStorageAndScaling_areTheDecimalSum() {
    Random random = new Random(10);
    for (int kind = 0; kind < 4; kind++) {
      for (boolean isSparse : new boolean[] {false, true}) {
        for (boolean hasIntercept : new boolean[] {false, true}) {
          Examples rows = rows(Family.LINEAR, isSparse, Storage.DOUBLE, random);
          ModelShape shape = new ModelShape(5, hasIntercept);
          for (double norm : new double[] {0.01, 2.0, 50.0}) {
            RowCut cut = new RowCut(scaling(shape, kind), norm, 2.0, 1);
            double expected = 0.0;
            double[] x = new double[shape.features()];
            for (int i = 0; i < rows.rows(); i++) {
              rows.copyRow(i, x, 0);
              double part = length(decimal(x, shape, cut.scaling())).doubleValue() / norm;
              expected += rows.weight(i) > 0.0 ? Math.min(1.0, part * part) : 0.0;
            }
            double found = ClippedSums.squaredLengths(Family.LINEAR.loss(), rows, shape, cut);
            assertEquals(expected, found, 1e-9 * (1.0 + expected), kind + " " + isSparse);
          }
        }
      }
    }
  }

  private static double[] hessian(
      Examples rows,
      Loss loss,
      ModelShape shape,
      RowCut cut,
      double[] model,
      double[] a,
      double most,
      double clip) {
    int entries = SymmetricMatrix.packedLength(shape.size());
    BigDecimal[] sums = new BigDecimal[entries + (clip > 0.0 ? 2 : 0)];
    Arrays.fill(sums, BigDecimal.ZERO);
    double[] x = new double[shape.features()];
    for (int i = 0; i < rows.rows(); i++) {
      rows.copyRow(i, x, 0);
      BigDecimal[] z = decimal(x, shape, cut.scaling());
      BigDecimal score = new BigDecimal(rows.offset(i));
      for (int j = 0; j < z.length; j++) {
        score = score.add(z[j].multiply(new BigDecimal(model[j])), DIGITS);
      }
      BigDecimal[] turned = times(a, z);
      double weight = Math.min(rows.weight(i), cut.mostWeight()) / cut.mostWeight();
      double curvature = weight * loss.curvature(score.doubleValue(), rows.label(i));
      double squares = length(turned).pow(2).doubleValue();
      double slope = weight * loss.gradient(score.doubleValue(), rows.label(i));
      double length = clip > 0.0 ? Math.abs(slope) * Math.sqrt(squares) / clip : 0.0;
      BigDecimal factor =
          length >= 1.0 ? BigDecimal.ZERO : new BigDecimal(Math.min(curvature, most / squares));
      if (clip > 0.0) {
        double kept = Math.min(length, 1.0);
        double off = Math.signum(slope) * Math.max(0.0, Math.min(length, 2.0) - 1.0);
        sums[entries] = sums[entries].add(new BigDecimal(0.5 * most * kept * kept), DIGITS);
        sums[entries + 1] = sums[entries + 1].add(new BigDecimal(most * off), DIGITS);
      }
      for (int j = 0, at = 0; j < z.length; j++) {
        for (int m = j; m < z.length; m++, at++) {
          BigDecimal root = m == j ? BigDecimal.ONE : new BigDecimal(2).sqrt(DIGITS);
          sums[at] =
              sums[at].add(factor.multiply(root).multiply(turned[j]).multiply(turned[m]), DIGITS);
        }
      }
    }
    return Arrays.stream(sums).mapToDouble(BigDecimal::doubleValue).toArray();
  }

  @Test
  void hessian_anyStorageAndScaling_isTheDecimalSum() {
    Random random = new Random(10);
    for (Family family : List.of(Family.LOGISTIC, Family.POISSON, Family.LINEAR)) {
      for (int kind = 0; kind < 4; kind++) {
        for (boolean isSparse : new boolean[] {false, true}) {
          Examples rows = rows(family, isSparse, Storage.DOUBLE, random);
          ModelShape shape = new ModelShape(5, true);
          RowCut cut = new RowCut(scaling(shape, kind), 2.0, 2.0, 1);
          double[] model = random.doubles(6, -0.5, 0.5).toArray();
          for (double[] a : List.of(new double[0], whitening(6))) {
            double[] expected = hessian(rows, family.loss(), shape, cut, model, a, 3.0, 0.0);
            double[] found = ClippedSums.hessian(model, family.loss(), rows, shape, cut, a, 3.0);
            assertArrayEquals(expected, found, ROWS * 3.0 * 1.3e-7, family + " " + kind);
            expected = hessian(rows, family.loss(), shape, cut, model, a, 3.0, 1.5);
            found = ClippedSums.hessianOfCut(model, family.loss(), rows, shape, cut, a, 3.0, 1.5);
            assertArrayEquals(expected, found, ROWS * 3.0 * 1.3e-7, family + " of cut " + kind);
          }
        }
      }
    }
  }

  @Test
  void gradient_rowOfNoNumberOrLabel_addsNothing() {
    double[][] x = {{1, 2}, {3, -1}, {0.5, 0.25}};
    double[] y = {1, 0, 1};
    ModelShape shape = new ModelShape(2, true);
    RowCut cut = new RowCut(Scaling.identity(shape), 2.0, 1.0, 1);
    double[] model = {0.3, -0.2, 0.1};
    double[] expected =
        ClippedSums.gradient(
            model, LogisticLoss.INSTANCE, Table.of(x, y).examples(), shape, cut, new double[0], 9);
    double[][] hostile = {{Double.NaN, 1}, {1, Double.NEGATIVE_INFINITY}, {1, 1}, {1e308, 1}};
    double[] labels = {0, 1, Double.NaN, 1};
    double[][] all = new double[7][];
    double[] ofAll = new double[7];
    for (int i = 0; i < 7; i++) {
      all[i] = i < 3 ? x[i] : hostile[i - 3];
      ofAll[i] = i < 3 ? y[i] : labels[i - 3];
    }
    double[] found =
        ClippedSums.gradient(
            model,
            LogisticLoss.INSTANCE,
            Table.of(all, ofAll).examples(),
            shape,
            cut,
            new double[0],
            9);

    assertArrayEquals(expected, found, 1e-15);
  }

  /** Each asks for its own whitening, of the same rows, at the same time. */
  @Test
  void gradient_askedSideBySideWithOtherWhitenings_isTheirOwn() {
    Examples rows = rows(Family.LOGISTIC, false, Storage.DOUBLE, new Random(4));
    ModelShape shape = new ModelShape(5, true);
    RowCut cut = new RowCut(Scaling.identity(shape), 2.0, 1.0, 1);
    double[] model = new double[6];
    double[][] all = new double[7][];
    double[][] expected = new double[7][];
    for (int k = 0; k < all.length; k++) {
      all[k] = whitening(6);
      all[k][0] += k;
      expected[k] = gradient(rows, LogisticLoss.INSTANCE, shape, cut, model, all[k], 0.5);
    }
    IntStream.range(0, 400)
        .parallel()
        .forEach(
            t -> {
              int k = t % all.length;
              assertArrayEquals(
                  expected[k],
                  ClippedSums.gradient(
                      model, LogisticLoss.INSTANCE, rows, shape, cut, all[k].clone(), 0.5),
                  ROWS * 0.5 * 1.3e-7);
            });
  }

  @Test
  void mostRows_moreFeatures_areFewerAndEnough() {
    assertTrue(ClippedSums.mostRows(new ModelShape(50, true), true, false) > 6_000_000);
    assertTrue(ClippedSums.mostRows(new ModelShape(1000, true), true, true) > 900_000);
    assertTrue(ClippedSums.mostRows(new ModelShape(1000, true), true, false) < 1_000_000);
    assertTrue(ClippedSums.mostRows(new ModelShape(100_000, true), false, true) > 600_000);
    assertEquals(1 << 27, ClippedSums.mostRows(new ModelShape(100_000, true), false, false));
  }

  @Test
  void gradient_whiteningOfAnotherOrderOrNoMatrix_isRefused() {
    ModelShape shape = new ModelShape(2, true);
    RowCut cut = new RowCut(Scaling.identity(shape), 2.0, 1.0, 1);
    Examples rows = Table.of(new double[][] {{1, 2}}, new double[] {1}).examples();
    for (double[] a : List.of(new double[3], new double[6], new double[] {1, 0, 0, 1, 0, 1e200})) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              ClippedSums.gradient(new double[3], LogisticLoss.INSTANCE, rows, shape, cut, a, 1.0));
    }
    assertEquals(1.0009765625, ClippedSums.bound(1.0));
  }
}
