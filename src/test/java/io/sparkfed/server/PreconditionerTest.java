package io.sparkfed.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PreconditionerTest {
  private static final SymmetricMatrix MATRIX =
      SymmetricMatrix.of(3, new double[] {4.0, 1.0, 0.5, 3.0, 0.25, 2.0});

  /** The solution of the damped system by hand: its residual is zero for each output. */
  @Test
  void solve_severalOutputs_isTheInverseTimesEachOutputsPart() {
    ModelShape shape = new ModelShape(2, true, 2);
    double[] gradient = {1.0, -2.0, 0.5, 3.0, -1.0, 0.25};

    double[] solved = Preconditioner.of(shape, MATRIX).orElseThrow().solve(gradient);

    double[] back = new double[gradient.length];
    for (int k = 0; k < 2; k++) {
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          double entry = MATRIX.get(i, j) * (i == j ? 1.0001 : 1.0);
          back[shape.place(k, i)] += entry * solved[shape.place(k, j)];
        }
      }
    }
    assertArrayEquals(gradient, back, 1e-12);
  }

  @Test
  void of_indefiniteMatrix_isNone() {
    SymmetricMatrix indefinite = SymmetricMatrix.of(2, new double[] {1.0, 2.0, 1.0});

    assertEquals(Optional.empty(), Preconditioner.of(new ModelShape(2, false), indefinite));
  }

  @Test
  void of_columnOfZeros_leavesItsSlopeAsItIs() {
    SymmetricMatrix matrix = SymmetricMatrix.of(2, new double[] {4.0, 0.0, 0.0});

    double[] solved =
        Preconditioner.of(new ModelShape(2, false), matrix)
            .orElseThrow()
            .solve(new double[] {4.0004, 5.0});

    assertArrayEquals(new double[] {1.0, 5.0}, solved, 1e-12);
  }
}
