package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Oracle: sums of exact products in {@link BigDecimal}; and the plain kernels for the bits. */
class KernelsTest {
  private static final double RELATIVE = 1e-12;

  private static final double[] SPECIAL = {
    0.0,
    -0.0,
    Double.NaN,
    1e300,
    -1e300,
    Double.NEGATIVE_INFINITY,
    Double.POSITIVE_INFINITY,
    -745.1,
    -745.2,
    -708.5,
    -740.0,
    709.7,
    709.8,
    Double.MIN_VALUE
  };

  private final SeededRandom random = new SeededRandom(7);

  /**
   * Surefire starts its JVM with the module; otherwise the tests of equal bits would test nothing.
   */
  @Test
  void best_withTheModule_isInTheVectorApi() {
    assertTrue(Kernels.best().description().startsWith("Vector API"), Kernels.best().description());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,8", "3,2", "5,7", "8,9", "17,50", "64,51", "33,500", "0,5", "2,33"})
  void dots_ofAnySize_areTheSumsWithEqualBits(int rows, int width) {
    int from = 3;
    double[] x = numbers(from + rows * width + Kernels.LANES);
    double[] w = Arrays.copyOf(numbers(width), Kernels.padded(width));
    double[] plain =
        sameBits(
            kernels -> {
              double[] out = new double[Kernels.padded(rows)];
              kernels.dots(x, from, width, rows, width, w, new double[8 * rows], out);
              return out;
            });
    for (int r = 0; r < rows; r++) {
      int start = from + r * width;
      assertNear(width, j -> new double[] {x[start + j], w[j]}, plain[r]);
      assertEquals(plain[r], Kernels.dot(x, start, w, 0, width));
      float[] floats = new float[width];
      double[] widened = new double[width];
      for (int j = 0; j < width; j++) {
        floats[j] = (float) x[start + j];
        widened[j] = floats[j];
      }
      assertEquals(Kernels.dot(widened, 0, w, 0, width), Kernels.dot(floats, 0, w, 0, width));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,2", "5,7", "8,9", "17,50", "64,51", "33,500", "0,5"})
  void addRows_ofAnySize_addsTheSumsWithEqualBits(int rows, int width) {
    double[] x = numbers(rows * width + Kernels.LANES);
    double[] factors = numbers(rows);
    double[] plain =
        sameBits(
            kernels -> {
              double[] sums = new double[Kernels.padded(width)];
              int cut = rows / 3;
              kernels.addRows(x, 0, width, cut, width, factors, sums);
              double[] rest = Arrays.copyOfRange(factors, cut, rows);
              kernels.addRows(x, cut * width, width, rows - cut, width, rest, sums);
              return Arrays.copyOf(sums, width);
            });
    for (int j = 0; j < width; j++) {
      int column = j;
      assertNear(rows, r -> new double[] {x[r * width + column], factors[r]}, plain[j]);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,8", "3,2,16", "5,7,8", "6,50,16", "64,51,24", "0,5,8"})
  void multiply_andAddProducts_areTheSumsWithEqualBits(int rows, int width, int outputs) {
    double[] x = numbers(rows * width + Kernels.LANES);
    double[] w = numbers(width * outputs);
    double[] s = numbers(rows * outputs);
    double[] scores =
        sameBits(
            kernels -> {
              double[] out = new double[rows * outputs];
              kernels.multiply(x, 0, width, rows, width, w, outputs, out);
              return out;
            });
    double[] sums =
        sameBits(
            kernels -> {
              double[] out = new double[width * outputs];
              kernels.addProducts(x, 0, width, rows, width, s, outputs, out);
              return out;
            });
    for (int k = 0; k < outputs; k++) {
      int output = k;
      for (int r = 0; r < rows; r++) {
        int row = r;
        assertNear(
            width,
            j -> new double[] {x[row * width + j], w[j * outputs + output]},
            scores[r * outputs + k]);
      }
      for (int j = 0; j < width; j++) {
        int column = j;
        assertNear(
            rows,
            r -> new double[] {x[r * width + column], s[r * outputs + output]},
            sums[j * outputs + k]);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,8,8", "3,16,24", "9,24,24", "64,56,56", "0,8,8"})
  void addSymmetricProducts_areTheSumsWithEqualBits(int rows, int width, int stride) {
    double[] x = numbers(rows * stride);
    double[] d = numbers(rows);
    double[] sums =
        sameBits(
            kernels -> {
              double[] out = new double[width * width];
              kernels.addSymmetricProducts(x, stride, rows, width, d, new double[8 * rows], out);
              for (int j = 0; j < width; j++) {
                Arrays.fill(out, j * width, j * width + j, 0.0);
              }
              return out;
            });
    for (int j = 0; j < width; j++) {
      for (int k = j; k < width; k++) {
        int a = j;
        int b = k;
        assertNear(
            rows,
            r -> new double[] {d[r] * x[r * stride + a], x[r * stride + b]},
            sums[j * width + k]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 1000})
  void elementwise_anyCount_haveEqualBits(int count) {
    double[] values = numbers(count);
    double[] positive = new double[count];
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] *= 400.0;
      positive[i] = Elementary.exp(-Math.abs(values[i]));
      floats[i] = (float) values[i];
    }
    sameBits(kernels -> elementwise(values, count, kernels::exp));
    sameBits(kernels -> elementwise(positive, count, kernels::log1p));
    double[] wide =
        sameBits(
            kernels -> {
              double[] out = new double[count];
              kernels.widen(floats, 0, out, 0, count);
              return out;
            });
    for (int i = 0; i < count; i++) {
      assertEquals(floats[i], wide[i]);
    }
  }

  @Test
  void exp_ofSpecialValues_hasEqualBits() {
    sameBits(kernels -> elementwise(SPECIAL, SPECIAL.length, kernels::exp));
  }

  /** Oracle: the formulas by the library's logarithm and exponential; labels may be fractions. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 64, 1000})
  void logistic_anyCount_isItsFormulasWithEqualBits(int count) {
    double[] scores = numbers(count);
    double[] labels = numbers(count);
    for (int i = 0; i < count; i++) {
      scores[i] *= 10.0;
      labels[i] = Math.abs(labels[i]) % 1.0;
    }
    double[] made = sameBits(kernels -> logistic(kernels, scores, labels));
    for (int i = 0; i < count; i++) {
      double e = StrictMath.exp(-Math.abs(scores[i]));
      double mean = (scores[i] >= 0.0 ? 1.0 : e) / (1.0 + e);
      double loss = Math.max(scores[i], 0.0) - labels[i] * scores[i] + StrictMath.log1p(e);
      assertEquals(loss, made[i], RELATIVE * (1.0 + Math.abs(scores[i])));
      assertEquals(mean - labels[i], made[count + i], RELATIVE);
      assertEquals(e / (1.0 + e) / (1.0 + e), made[2 * count + i], RELATIVE);
    }
  }

  @Test
  void logistic_ofSpecialValues_hasEqualBits() {
    double[] labels = new double[SPECIAL.length];
    for (double label : new double[] {0.0, 1.0}) {
      Arrays.fill(labels, label);
      sameBits(kernels -> logistic(kernels, SPECIAL, labels));
    }
  }

  /** Oracle: the definition by the library's logarithm and exponential. Ties are among the rows. */
  @ParameterizedTest
  @CsvSource({"0,2,8", "1,2,8", "7,3,8", "8,10,16", "9,10,16", "64,17,24"})
  void softmax_anyCount_isItsFormulasWithEqualBits(int count, int classes, int stride) {
    double[] scores = numbers(Kernels.padded(count) * stride);
    double[] labels = new double[Kernels.padded(count)];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(classes);
    }
    double[] made = sameBits(kernels -> softmax(kernels, count, classes, scores, stride, labels));
    for (int i = 0; i < count; i++) {
      double sum = 0.0;
      for (int k = 0; k < classes; k++) {
        sum += StrictMath.exp(scores[i * stride + k]);
      }
      int label = (int) labels[i];
      assertEquals(StrictMath.log(sum) - scores[i * stride + label], made[i], 10.0 * RELATIVE);
      for (int k = 0; k < classes; k++) {
        double slope = StrictMath.exp(scores[i * stride + k]) / sum - (k == label ? 1.0 : 0.0);
        assertEquals(slope, made[count + i * classes + k], RELATIVE);
      }
    }
  }

  @Test
  void softmax_ofSpecialValues_hasEqualBits() {
    double[] labels = new double[Kernels.padded(SPECIAL.length)];
    for (int shift = 0; shift < SPECIAL.length; shift++) {
      double[] scores = new double[labels.length * 8];
      for (int i = 0; i < SPECIAL.length; i++) {
        for (int k = 0; k < 3; k++) {
          scores[i * 8 + k] = SPECIAL[(i + k * shift) % SPECIAL.length];
        }
        labels[i] = i % 3;
      }
      sameBits(kernels -> softmax(kernels, SPECIAL.length, 3, scores, 8, labels));
    }
  }

  /** Losses, then slopes; losses must not depend on whether slopes are wanted. */
  private static double[] softmax(
      Kernels kernels, int count, int classes, double[] scores, int stride, double[] labels) {
    int padded = Kernels.padded(count);
    double[] terms = new double[padded * classes];
    double[] bases = new double[padded];
    double[] losses = new double[padded];
    double[] alone = new double[padded];
    double[] slopes = scores.clone();
    kernels.softmax(count, classes, slopes, stride, labels, terms, bases, alone, false);
    assertArrayEquals(bits(scores), bits(slopes));
    kernels.softmax(count, classes, slopes, stride, labels, terms, bases, losses, true);
    assertArrayEquals(bits(Arrays.copyOf(alone, count)), bits(Arrays.copyOf(losses, count)));
    double[] out = Arrays.copyOf(losses, count + count * classes);
    for (int i = 0; i < count; i++) {
      System.arraycopy(slopes, i * stride, out, count + i * classes, classes);
    }
    return out;
  }

  /** Losses, slopes and curvatures; slopes must not depend on what else is wanted. */
  private static double[] logistic(Kernels kernels, double[] scores, double[] labels) {
    int count = scores.length;
    int padded = Kernels.padded(count);
    double[] y = Arrays.copyOf(labels, padded);
    double[] slopes = Arrays.copyOf(scores, padded);
    double[] alone = slopes.clone();
    double[] losses = new double[padded];
    double[] curvatures = new double[padded];
    kernels.logistic(count, slopes, y, new double[padded], losses, curvatures);
    kernels.logistic(count, alone, y, new double[padded], null, null);
    assertArrayEquals(bits(Arrays.copyOf(slopes, count)), bits(Arrays.copyOf(alone, count)));
    double[] out = new double[3 * count];
    System.arraycopy(losses, 0, out, 0, count);
    System.arraycopy(slopes, 0, out, count, count);
    System.arraycopy(curvatures, 0, out, 2 * count, count);
    return out;
  }

  private interface InPlace {
    void apply(double[] values, int count);
  }

  private static double[] elementwise(double[] values, int count, InPlace function) {
    double[] out = Arrays.copyOf(values, Kernels.padded(count));
    function.apply(out, count);
    return Arrays.copyOf(out, count);
  }

  private static double[] sameBits(Function<Kernels, double[]> run) {
    double[] plain = run.apply(Kernels.plain());
    assertArrayEquals(bits(plain), bits(run.apply(Kernels.best())));
    return plain;
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToLongBits).toArray();
  }

  /** Relative to the sum of absolute products, as sums may cancel. */
  private static void assertNear(int terms, IntFunction<double[]> factors, double actual) {
    BigDecimal sum = BigDecimal.ZERO;
    double size = 0.0;
    for (int i = 0; i < terms; i++) {
      double[] pair = factors.apply(i);
      sum = sum.add(new BigDecimal(pair[0]).multiply(new BigDecimal(pair[1])));
      size += Math.abs(pair[0] * pair[1]);
    }
    assertEquals(sum.doubleValue(), actual, RELATIVE * size);
  }

  private double[] numbers(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(5) == 0 ? 0.0 : random.nextGaussian();
    }
    return values;
  }
}
