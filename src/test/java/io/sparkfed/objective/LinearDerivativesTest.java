package io.sparkfed.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.data.FeatureMoments;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Kernels;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.testing.FiniteDifferences;
import io.sparkfed.testing.Table;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearDerivativesTest {
  private static final int FEATURES = 3;

  /** Row counts around the size of a block. */
  @ParameterizedTest
  @CsvSource({
    "LINEAR, 1, true",
    "LINEAR, 7, false",
    "LOGISTIC, 8, true",
    "LOGISTIC, 3, false",
    "LOGISTIC, 41, true",
    "SOFTMAX, 1, true",
    "SOFTMAX, 8, false",
    "SOFTMAX, 23, true"
  })
  void at_anyPoint_areTheDerivativesOfTheValue(Family family, int rows, boolean intercept) {
    Table table =
        Table.random(2L, rows, FEATURES, family)
            .withWeights(new Random(4L).doubles(rows, 0.0, 3.0).toArray());
    VectorLoss loss = family.loss(3, 1.35);
    ModelShape shape = new ModelShape(FEATURES, intercept, loss.outputs());
    Scaling scaling = FeatureMoments.of(table.examples(), shape);
    double[] w = new Random(5L).doubles(shape.size(), -1.0, 1.0).toArray();

    LinearDerivatives at = LinearDerivatives.at(w, loss, table.examples(), shape, scaling);

    assertEquals(objective(loss, table, shape, scaling).value(w), at.value(), 1e-12);
    assertArrayEquals(
        FiniteDifferences.gradient(
            v -> LinearDerivatives.at(v, loss, table.examples(), shape, scaling).value(), w),
        at.gradient(),
        1e-7);
    SymmetricMatrix hessian = SymmetricMatrix.of(shape.size(), at.hessian());
    for (int i = 0; i < shape.size(); i++) {
      int row = i;
      double[] expected =
          FiniteDifferences.gradient(
              v -> LinearDerivatives.at(v, loss, table.examples(), shape, scaling).gradient()[row],
              w);
      for (int j = 0; j < shape.size(); j++) {
        assertEquals(expected[j], hessian.get(i, j), 1e-7);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void at_sparseRows_areThoseOfDenseRows(boolean intercept) {
    Table table = Table.random(6L, 10, FEATURES, Family.LOGISTIC);
    for (double[] row : table.x()) {
      row[1] = 0.0;
      row[2] = row[0] > 0.0 ? 0.0 : row[2];
    }
    ModelShape shape = new ModelShape(FEATURES, intercept);
    ShardBuilder sparse = new ShardBuilder("w", FEATURES);
    table.addSparseTo(sparse, Part.TRAIN);
    Scaling scaling = FeatureMoments.of(table.examples(), shape);
    double[] w = new Random(7L).doubles(shape.size(), -1.0, 1.0).toArray();
    VectorLoss loss = Family.LOGISTIC.loss();

    LinearDerivatives dense = LinearDerivatives.at(w, loss, table.examples(), shape, scaling);
    LinearDerivatives packed =
        LinearDerivatives.at(w, loss, sparse.build(0.0, 1L, false, shape).train(), shape, scaling);

    assertEquals(dense.value(), packed.value(), 1e-12);
    assertArrayEquals(dense.gradient(), packed.gradient(), 1e-12);
    assertArrayEquals(dense.hessian(), packed.hessian(), 1e-12);
  }

  @ParameterizedTest
  @CsvSource({"LOGISTIC, 1", "LOGISTIC, 151", "SOFTMAX, 70"})
  void at_anyBlocksAndKernels_haveEqualBits(Family family, int rows) {
    Table table = Table.random(8L, rows, 19, family);
    VectorLoss loss = family.loss(3, 1.35);
    ModelShape shape = new ModelShape(19, true, loss.outputs());
    Scaling scaling = FeatureMoments.of(table.examples(), shape);
    double[] w = new Random(5L).doubles(shape.size(), -1.0, 1.0).toArray();
    LinearDerivatives first = LinearDerivatives.at(w, loss, table.examples(), shape, scaling);
    for (int block : new int[] {1, 5, 64, 1000}) {
      for (Kernels kernels : List.of(Kernels.plain(), Kernels.best())) {
        LinearDerivatives other =
            LinearDerivatives.ofDense(w, loss, table.examples(), shape, scaling, kernels, block);

        assertEquals(first.value(), other.value());
        assertArrayEquals(first.gradient(), other.gradient());
        assertArrayEquals(first.hessian(), other.hessian());
      }
    }
  }

  private static LinearObjective objective(
      VectorLoss loss, Table table, ModelShape shape, Scaling scaling) {
    return new LinearObjective(loss, table.examples(), shape, scaling, 0.0, Reduction.SUM);
  }
}
