package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricMatrixTest {

  @Test
  void get_bothTriangles_areTheSame() {
    SymmetricMatrix matrix = SymmetricMatrix.of(3, new double[] {1, 2, 3, 4, 5, 6});

    assertEquals(2.0, matrix.get(0, 1));
    assertEquals(2.0, matrix.get(1, 0));
    assertEquals(5.0, matrix.get(2, 1));
    assertArrayEquals(new double[] {1, 4, 6}, matrix.diagonal());
    assertArrayEquals(
        new double[] {2, 2, 3, 6, 5, 9}, matrix.plusDiagonal(new double[] {1, 2, 3}).packed());
    assertThrows(IllegalArgumentException.class, () -> SymmetricMatrix.of(3, new double[5]));
  }

  /** The inverse of Hilbert's matrix of order 4 is known in whole numbers. */
  @Test
  void inverse_ofHilbertsMatrix_isTheKnownOne() {
    SymmetricMatrix inverse = hilbert(4).cholesky().inverse();

    double[] known = {16, -120, 240, -140, 1200, -2700, 1680, 6480, -4200, 2800};
    for (int k = 0; k < known.length; k++) {
      assertEquals(known[k], inverse.packed()[k], 1e-10 * Math.abs(known[k]));
    }
  }

  @Test
  void solve_randomMatrix_solvesTheEquations() {
    int d = 20;
    Random random = new Random(3L);
    double[][] x = new double[50][d];
    double[] packed = new double[SymmetricMatrix.packedLength(d)];
    for (double[] row : x) {
      for (int j = 0; j < d; j++) {
        row[j] = random.nextGaussian() * Math.pow(10.0, j % 7);
      }
      for (int i = 0, at = 0; i < d; i++) {
        for (int j = i; j < d; j++, at++) {
          packed[at] += row[i] * row[j];
        }
      }
    }
    SymmetricMatrix matrix = SymmetricMatrix.of(d, packed);
    double[] truth = random.doubles(d, -1.0, 1.0).toArray();
    double[] b = new double[d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        b[i] += matrix.get(i, j) * truth[j];
      }
    }

    double[] solution = matrix.cholesky().solve(b);

    for (int j = 0; j < d; j++) {
      // The terms of b differ by up to 1e6 in size from those of a small coordinate.
      assertEquals(truth[j], solution[j], 1e-7);
    }
  }

  @Test
  void conditionNumber_oneByOneAndCorrelation_isTheClosedForm() {
    assertEquals(1.0, SymmetricMatrix.of(1, new double[] {7e-9}).cholesky().conditionNumber());
    // [[1, r], [r, 1]]: (1 + r) / (1 - r), whatever the units.
    SymmetricMatrix correlated = SymmetricMatrix.of(2, new double[] {4e10, 1.8e5, 1.0});
    assertEquals(19.0, correlated.cholesky().conditionNumber(), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-200, 1e-8, 1.0, 1e8, 1e150})
  void cholesky_dependentColumn_namesItInAnyUnits(double unit) {
    // The third column is the sum of the first two.
    double[] packed = {2, 1, 3, 2, 3, 6};
    SymmetricMatrix singular = SymmetricMatrix.of(3, packed).times(unit);

    assertEquals(2, assertThrows(SingularMatrixException.class, singular::cholesky).column());
  }

  @Test
  void cholesky_zeroOrNegativeDiagonal_isSingularThere() {
    SymmetricMatrix zero = SymmetricMatrix.of(2, new double[] {1, 0, 0});
    SymmetricMatrix indefinite = SymmetricMatrix.of(2, new double[] {1, 2, 1});

    assertEquals(1, assertThrows(SingularMatrixException.class, zero::cholesky).column());
    assertEquals(1, assertThrows(SingularMatrixException.class, indefinite::cholesky).column());
    assertArrayEquals(
        new double[] {3.0, 5.0}, zero.withoutZeroRows().cholesky().solve(new double[] {3, 5}));
  }

  private static SymmetricMatrix hilbert(int d) {
    double[] packed = new double[SymmetricMatrix.packedLength(d)];
    for (int i = 0, at = 0; i < d; i++) {
      for (int j = i; j < d; j++, at++) {
        packed[at] = 1.0 / (i + j + 1.0);
      }
    }
    return SymmetricMatrix.of(d, packed);
  }
}
