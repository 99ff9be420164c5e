package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.math.Eigen;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.privacy.Zcdp;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Intervals against models that were fitted over and over: their own noise, their own labels. */
class NoisedErrorsTest {
  private static final int ROUNDS = 8;
  private static final int AVERAGED = 4;
  private static final double STEP = 8.0;
  private static final String FAR = "the last gradients are too far from the optimum";
  private static final double NORMAL = 1.959963984540054;

  /** At the first iterate. */
  private static final double[] NO_WAY = new double[2];

  /** How a fit came out: its coefficients, and their errors if there are any. */
  private record Fit(double[] coefficients, double[] errors, double[] naive) {}

  private static double dot(double[] a, double[] b) {
    double sum = 0.0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static double[] gaussians(Random random, int length, double deviation) {
    return DoubleStream.generate(() -> deviation * random.nextGaussian()).limit(length).toArray();
  }

  /** Correlated features within [-1, 1], and the intercept's 1. */
  private static double[][] rows(Random random, int count, int features) {
    double[][] x = new double[count][features + 1];
    for (double[] row : x) {
      double common = random.nextGaussian();
      for (int j = 0; j < features; j++) {
        double value = 0.4 * (0.5 * common + random.nextGaussian());
        row[j] = Math.max(-1.0, Math.min(1.0, value));
      }
      row[features] = 1.0;
    }
    return x;
  }

  private static SymmetricMatrix noised(Random random, double[][] sum, double deviation) {
    int order = sum.length;
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        packed[at] =
            sum[i][j] + random.nextGaussian() * (i == j ? deviation : deviation / Math.sqrt(2.0));
      }
    }
    return SymmetricMatrix.of(order, packed);
  }

  private static void addOuter(double[][] sum, double factor, double[] row) {
    for (int i = 0; i < row.length; i++) {
      double own = factor * row[i];
      for (int j = i; j < row.length; j++) {
        sum[i][j] += own * row[j];
      }
    }
  }

  private static double[] times(double[] packed, double[] vector) {
    double[] out = new double[vector.length];
    for (int i = 0; i < out.length; i++) {
      for (int j = 0; j < out.length; j++) {
        out[i] += packed[SymmetricMatrix.at(out.length, i, j)] * vector[j];
      }
    }
    return out;
  }

  /** A logistic fit as a private training makes it, with the sums' noise drawn here. */
  private static Fit fit(double[][] x, double[][] gram, double[] truth, Zcdp all, Random random) {
    int order = truth.length;
    double n = x.length;
    boolean[] labels = new boolean[x.length];
    for (int i = 0; i < x.length; i++) {
      labels[i] = random.nextDouble() < 1.0 / (1.0 + Math.exp(-dot(x[i], truth)));
    }
    double rho = all.rho().doubleValue();
    double ofHessian = 0.1 * rho;
    double ofProducts = 0.2 * (rho - ofHessian);
    double ofGradient = (rho - ofHessian - ofProducts) / ROUNDS;
    double deviation = order / Math.sqrt(2.0 * ofProducts);
    double[] a = whitening(noised(random, gram, deviation), n, deviation);
    double[][] z = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      z[i] = times(a, x[i]);
    }
    double clip = NoisedErrors.CLIP * Math.sqrt(order);
    double noise = clip / Math.sqrt(2.0 * ofGradient);
    double[] u = new double[order];
    double[] sum = new double[order];
    for (int round = 1; round <= ROUNDS; round++) {
      double[] gradient = gaussians(random, order, noise);
      for (int i = 0; i < z.length; i++) {
        double slope = 1.0 / (1.0 + Math.exp(-dot(z[i], u))) - (labels[i] ? 1.0 : 0.0);
        double length = Math.abs(slope) * Math.sqrt(dot(z[i], z[i]));
        double factor = slope * Math.min(1.0, clip / length);
        for (int j = 0; j < order; j++) {
          gradient[j] += factor * z[i][j];
        }
      }
      for (int j = 0; j < order; j++) {
        u[j] -= STEP / n * gradient[j];
        sum[j] += round > ROUNDS - AVERAGED ? u[j] / AVERAGED : 0.0;
      }
    }
    double most = 0.25 * 2.0 * order;
    double[][] hessian = new double[order][order];
    for (double[] row : z) {
      double mean = 1.0 / (1.0 + Math.exp(-dot(row, sum)));
      addOuter(hessian, Math.min(mean * (1.0 - mean), most / dot(row, row)), row);
    }
    double ofEntry = most / Math.sqrt(2.0 * ofHessian);
    SymmetricMatrix told = noised(random, hessian, ofEntry);
    UnaryOperator<double[]> back = vector -> times(a, vector);
    double[] errors =
        new NoisedErrors(STEP, n, noise, ROUNDS, AVERAGED, 1.0).of(told, ofEntry, sum, back).each();
    double[] naive =
        new NoisedErrors(STEP, n, 0.0, ROUNDS, AVERAGED, 1.0).of(told, ofEntry, sum, back).each();
    return new Fit(back.apply(sum), errors, naive);
  }

  private static double[] whitening(SymmetricMatrix products, double n, double deviation) {
    int order = products.order();
    Eigen eigen = Eigen.of(products);
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        for (int k = 0; k < order; k++) {
          double value = Math.max(eigen.values()[k], deviation * Math.sqrt(order));
          packed[at] +=
              Math.sqrt(n / value)
                  * eigen.vectors()[k * order + i]
                  * eigen.vectors()[k * order + j];
        }
      }
    }
    return packed;
  }

  private static double[] truth(int features) {
    double[] truth = new double[features + 1];
    for (int j = 0; j < features; j++) {
      truth[j] = 0.8 * Math.cos(2.0 * j);
    }
    truth[features] = -0.3;
    return truth;
  }

  private static double[][] gram(double[][] x) {
    double[][] gram = new double[x[0].length][x[0].length];
    for (double[] row : x) {
      addOuter(gram, 1.0, row);
    }
    return gram;
  }

  /** 300 fits of 20,000 rows with 10 features at epsilon 1. */
  @Test
  void of_fitsWithOwnNoiseAndLabels_coverTheTruthAsOftenAsTheySay() {
    double[] truth = truth(10);
    double[][] x = rows(new Random(1), 20_000, 10);
    double[][] gram = gram(x);
    Zcdp all = Zcdp.within(1.0, 1e-5);
    int covered = 0;
    int naive = 0;
    int intervals = 0;
    for (int repetition = 0; repetition < 300; repetition++) {
      Fit fit = fit(x, gram, truth, all, new Random(1000 + repetition));
      for (int j = 0; j < truth.length; j++) {
        double off = Math.abs(fit.coefficients[j] - truth[j]);
        covered += off <= NORMAL * fit.errors[j] ? 1 : 0;
        naive += off <= NORMAL * fit.naive[j] ? 1 : 0;
        intervals++;
      }
    }
    double share = covered / (double) intervals;

    assertTrue(share >= 0.92 && share <= 0.98, "covered " + share + ", naive " + naive);
    // Without the noise they are too short, so the test can see it.
    assertTrue(naive < covered - 0.01 * intervals, naive + " of " + covered);
  }

  @Test
  void of_fewRows_isNone() {
    double[][] x = rows(new Random(1), 1_000, 10);
    Fit fit = fit(x, gram(x), truth(10), Zcdp.within(1.0, 1e-5), new Random(2));

    assertArrayEquals(new double[0], fit.errors);
  }

  /** One step alone, and two whose mean is taken, reckoned by hand. */
  @Test
  void of_fewSteps_isTheClosedForm() {
    SymmetricMatrix hessian = SymmetricMatrix.of(2, new double[] {195.0, 0.0, 200.0});
    UnaryOperator<double[]> same = vector -> vector;
    double[] one =
        new NoisedErrors(1.0, 200.0, 6.0, 1, 1, 1.0).of(hessian, 0.0, NO_WAY, same).each();
    double ofOne = 0.03 * 0.03;

    assertArrayEquals(
        new double[] {Math.sqrt(ofOne + 1.0 / 195.0), Math.sqrt(ofOne + 0.005)}, one, 1e-15);
    double[] two =
        new NoisedErrors(1.0, 200.0, 6.0, 2, 2, 1.0).of(hessian, 0.0, NO_WAY, same).each();
    // The first step's noise is in both iterates, the second time times M; the second's in one.
    double first = Math.pow((1.0 + 0.025) / 2.0, 2.0) + 0.25;
    assertArrayEquals(
        new double[] {Math.sqrt(ofOne * first + 1.0 / 195.0), Math.sqrt(ofOne * 0.5 + 0.005)},
        two,
        1e-15);
    UnaryOperator<double[]> turned = v -> new double[] {2.0 * v[0], v[0] + v[1], 0.0};
    double[] other =
        new NoisedErrors(1.0, 200.0, 0.0, 1, 1, 1.0).of(hessian, 0.0, NO_WAY, turned).each();
    assertArrayEquals(
        new double[] {2.0 / Math.sqrt(195.0), Math.sqrt(1.0 / 195.0 + 0.005), 0.0}, other, 1e-15);
  }

  /**
   * Of the way (4, 2) two steps have left a 1600th in the first direction, and in the other none.
   */
  @Test
  void of_wayThatIsLeft_isInTheErrors() {
    SymmetricMatrix hessian = SymmetricMatrix.of(2, new double[] {195.0, 0.0, 200.0});
    UnaryOperator<double[]> turned = v -> new double[] {2.0 * v[0], v[0] + v[1]};
    double[] way = {4.0, 2.0};

    double[] errors =
        new NoisedErrors(1.0, 200.0, 0.0, 2, 1, 1.0).of(hessian, 0.0, way, turned).each();

    double left = 4.0 * 0.025 * 0.025;
    assertArrayEquals(
        new double[] {
          Math.sqrt(4.0 / 195.0 + 4.0 * left * left), Math.sqrt(1.0 / 195.0 + 0.005 + left * left)
        },
        errors,
        1e-15);
  }

  @Test
  void of_eigenvaluesThatNoiseMakesOrStepsThatDontContract_isNone() {
    SymmetricMatrix hessian = SymmetricMatrix.of(2, new double[] {25.0, 0.0, 100.0});
    UnaryOperator<double[]> same = vector -> vector;

    assertEquals(
        NoisedErrors.NOISE,
        new NoisedErrors(4.0, 200.0, 1.0, 8, 4, 1.0).of(hessian, 7.0, NO_WAY, same).obstacle());
    assertEquals(
        "", new NoisedErrors(4.0, 200.0, 1.0, 8, 4, 1.0).of(hessian, 6.0, NO_WAY, same).obstacle());
    assertEquals(
        FAR,
        new NoisedErrors(8.2, 200.0, 1.0, 8, 4, 1.0).of(hessian, 0.0, NO_WAY, same).obstacle());
    assertEquals(
        FAR,
        new NoisedErrors(1.0, 200.0, 1.0, 8, 4, 1.0).of(hessian, 0.0, NO_WAY, same).obstacle());
  }
}
