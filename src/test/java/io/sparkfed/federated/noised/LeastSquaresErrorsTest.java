package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.math.SymmetricMatrix;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Errors of least squares against weights that are solved over and over, and against R's rule. */
class LeastSquaresErrorsTest {
  private static final double[] PRODUCTS = {900.0, 200.0, -150.0, 700.0, 100.0, 800.0};
  private static final double[] WEIGHTS = {0.8, -0.5, 0.3};

  private static double[] toColumns(double[] v) {
    return new double[] {2.0 * v[0], v[1], v[2] - 0.5 * v[0]};
  }

  /** Noise alone: so many rows that none of the error is from what rows were drawn. */
  @Test
  void of_noiseAlone_isTheDeviationOfWeightsThatAreSolvedWithIt() {
    double deviation = 12.0;
    double perLabel = 1.5;
    SymmetricMatrix products = SymmetricMatrix.of(3, PRODUCTS);
    double[] withLabels = SymmetricMatrix.times(PRODUCTS, WEIGHTS);
    double[] sums = new double[3];
    double[] squares = new double[3];
    Random random = new Random(1);
    int draws = 40_000;
    for (int draw = 0; draw < draws; draw++) {
      double[] packed = PRODUCTS.clone();
      double[] labels = withLabels.clone();
      for (int i = 0; i < 3; i++) {
        for (int j = i; j < 3; j++) {
          packed[SymmetricMatrix.at(3, i, j)] +=
              random.nextGaussian() * deviation / (i == j ? 1.0 : Math.sqrt(2.0));
        }
        labels[i] += random.nextGaussian() * deviation / Math.sqrt(2.0) / perLabel;
      }
      double[] found = toColumns(SymmetricMatrix.of(3, packed).cholesky().solve(labels));
      for (int j = 0; j < 3; j++) {
        sums[j] += found[j] / draws;
        squares[j] += found[j] * found[j] / draws;
      }
    }
    double[] expected = new double[3];
    for (int j = 0; j < 3; j++) {
      expected[j] = Math.sqrt(squares[j] - sums[j] * sums[j]);
    }

    double[] found =
        new LeastSquaresErrors(deviation, perLabel, 1.0)
            .of(products, WEIGHTS, 1000.0, 1e12, LeastSquaresErrorsTest::toColumns)
            .each();

    for (int j = 0; j < 3; j++) {
      assertEquals(expected[j], found[j], 0.03 * expected[j]);
    }
  }

  /** Without noise it is the usual one, and rows of weight 4 are four copies. */
  @Test
  void of_noNoise_isTheUsualError() {
    SymmetricMatrix products = SymmetricMatrix.of(2, new double[] {50.0, 0.0, 80.0});
    double[] weights = {1.0, 2.0};
    double usual = 300.0 / 98.0;

    assertArrayEquals(
        new double[] {Math.sqrt(usual / 50.0), Math.sqrt(usual / 80.0)},
        new LeastSquaresErrors(0.0, 1.0, 1.0).of(products, weights, 300.0, 100.0, v -> v).each(),
        1e-14);
    assertArrayEquals(
        new double[] {Math.sqrt(usual / 200.0), Math.sqrt(usual / 320.0)},
        new LeastSquaresErrors(0.0, 1.0, 4.0).of(products, weights, 300.0, 100.0, v -> v).each(),
        1e-14);
  }

  /** In each case one thing is too little for intervals, and somewhat more is enough. */
  @Test
  void of_whatNoiseHides_isNone() {
    SymmetricMatrix products = SymmetricMatrix.of(2, new double[] {50.0, 0.0, 80.0});
    double[] weights = {0.1, 0.2};

    assertEquals("", obstacle(products, weights, 4.0, 300.0, 100.0));
    assertEquals(NoisedErrors.NOISE, obstacle(products, weights, 13.0, 300.0, 100.0));
    assertEquals(NoisedErrors.NOISE, obstacle(products, weights, 4.0, 8.0, 100.0));
    assertEquals(NoisedErrors.NOISE, obstacle(products, weights, 4.0, 300.0, 2.0));
    // The second order moves large weights of many columns by more than half an error.
    double[] large = new double[12];
    large[0] = 500.0;
    assertEquals(NoisedErrors.NOISE, obstacle(diagonal(9.9), large, 1.0, 1e8, 1e12));
    assertEquals("", obstacle(diagonal(20.0), large, 1.0, 1e8, 1e12));
  }

  private static SymmetricMatrix diagonal(double value) {
    double[] packed = new double[SymmetricMatrix.packedLength(12)];
    for (int j = 0; j < 12; j++) {
      packed[SymmetricMatrix.at(12, j, j)] = value;
    }
    return SymmetricMatrix.of(12, packed);
  }

  private static String obstacle(
      SymmetricMatrix products, double[] weights, double deviation, double residuals, double rows) {
    return new LeastSquaresErrors(deviation, 1.0, 1.0)
        .of(products, weights, residuals, rows, v -> v)
        .obstacle();
  }
}
