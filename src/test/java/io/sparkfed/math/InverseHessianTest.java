package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InverseHessianTest {
  private static final int SIZE = 4;

  /**
   * The dense update, Nocedal and Wright (6.17): {@code (I - r s y') H (I - r y s') + r s s'} with
   * {@code r = 1/y's}, over the last {@code memory} of five steps.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 8})
  void direction_afterSteps_isMinusTheDenseBfgsInverseTimesTheGradient(int memory) {
    Random random = new Random(3L);
    double[][] steps = new double[5][];
    double[][] changes = new double[5][];
    InverseHessian estimate = InverseHessian.identity(memory);
    for (int i = 0; i < 5; i++) {
      steps[i] = random.doubles(SIZE, -1.0, 1.0).toArray();
      changes[i] = new double[SIZE];
      for (int j = 0; j < SIZE; j++) {
        changes[i][j] = (j + 1.0) * steps[i][j];
      }
      estimate = estimate.after(steps[i], changes[i]);
    }
    double[] gradient = random.doubles(SIZE, -1.0, 1.0).toArray();

    double[][] inverse = new double[SIZE][SIZE];
    double scale = dot(steps[4], changes[4]) / dot(changes[4], changes[4]);
    for (int j = 0; j < SIZE; j++) {
      inverse[j][j] = scale;
    }
    for (int i = Math.max(0, 5 - memory); i < 5; i++) {
      inverse = updated(inverse, steps[i], changes[i]);
    }
    double[] expected = new double[SIZE];
    for (int j = 0; j < SIZE; j++) {
      expected[j] = -dot(inverse[j], gradient);
    }
    assertArrayEquals(expected, estimate.direction(gradient), 1e-12);
  }

  @Test
  void after_noGrowthAlongTheStep_remembersNothing() {
    InverseHessian identity = InverseHessian.identity(2);
    double[] step = {1.0, 0.0};

    assertSame(identity, identity.after(step, new double[] {-1.0, 0.0}));
    assertSame(identity, identity.after(step, new double[] {0.0, 1.0}));
    assertSame(identity, identity.after(step, new double[] {Double.NaN, 0.0}));
    assertTrue(identity.isIdentity());
    assertArrayEquals(new double[] {-3.0, 2.0}, identity.direction(new double[] {3.0, -2.0}));
  }

  /** A value: a later step changes neither it nor the arrays it was made of. */
  @Test
  void after_returnsAnother_andCopiesItsArguments() {
    InverseHessian identity = InverseHessian.identity(2);
    double[] step = {1.0, 0.0};
    double[] change = {2.0, 0.0};
    InverseHessian once = identity.after(step, change);
    step[0] = 7.0;
    change[0] = 7.0;

    assertTrue(identity.isIdentity());
    assertFalse(once.isIdentity());
    assertEquals(-0.5, once.direction(new double[] {1.0, 0.0})[0]);
  }

  private static double dot(double[] a, double[] b) {
    return Vectors.dot(a, 0, b, a.length);
  }

  private static double[][] updated(double[][] inverse, double[] s, double[] y) {
    double r = 1.0 / dot(s, y);
    double[][] left = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        left[i][j] = (i == j ? 1.0 : 0.0) - r * s[i] * y[j];
      }
    }
    double[][] result = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        double sum = r * s[i] * s[j];
        for (int k = 0; k < SIZE; k++) {
          for (int m = 0; m < SIZE; m++) {
            sum += left[i][k] * inverse[k][m] * left[j][m];
          }
        }
        result[i][j] = sum;
      }
    }
    return result;
  }
}
