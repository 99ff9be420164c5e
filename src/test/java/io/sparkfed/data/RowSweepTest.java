package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.ScoreBlock;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Kernels;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.model.ModelShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Oracle: the definition, row by row, in plain loops. */
class RowSweepTest {
  private static final double RELATIVE = 1e-12;

  @ParameterizedTest
  @CsvSource({
    "0, 3, 1, 1.0",
    "1, 1, 1, 1.0",
    "7, 9, 1, 1.0",
    "203, 50, 1, 1.0",
    "203, 50, 1, 0.2",
    "40, 333, 1, 0.02",
    "0, 3, 4, 1.0",
    "9, 1, 2, 1.0",
    "77, 13, 10, 1.0",
    "77, 13, 17, 0.2"
  })
  void sweep_anyBlocksAndKernels_isTheDefinitionWithEqualBits(
      int rows, int features, int outputs, double density) {
    for (Storage storage : Storage.values()) {
      Examples examples = examples(rows, features, outputs, density, storage);
      assertEquals(density <= 0.5, examples.isSparse());
      ModelShape shape = new ModelShape(features, true, outputs);
      double[] w = new double[shape.size()];
      SeededRandom random = new SeededRandom(9);
      for (int j = 0; j < w.length; j++) {
        w[j] = random.nextGaussian() / 4.0;
      }
      double[] first = swept(examples, shape, w, Kernels.plain(), 64, null);
      for (int block : new int[] {1, 3, 8, 50, 1000}) {
        int[] order = inOrder(rows);
        for (Kernels kernels : List.of(Kernels.plain(), Kernels.best())) {
          assertSameBits(first, swept(examples, shape, w, kernels, block, null));
          assertSameBits(first, swept(examples, shape, w, kernels, block, order));
        }
      }
      double[] expected = byDefinition(examples, shape, w);
      double size = 1.0;
      for (double value : expected) {
        size = Math.max(size, Math.abs(value));
      }
      assertArrayEquals(expected, first, RELATIVE * size);
    }
  }

  @Test
  void sweep_onManyThreads_hasEqualBits() throws Exception {
    Examples examples = examples(500, 21, 3, 1.0, Storage.FLOAT);
    ModelShape shape = new ModelShape(21, true, 3);
    double[] w = new double[shape.size()];
    Arrays.fill(w, 0.1);
    double[] alone = swept(examples, shape, w, Kernels.best(), 16, null);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<double[]>> tasks = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        int block = 1 + i;
        tasks.add(() -> swept(examples, shape, w, Kernels.best(), block, null));
      }
      for (Future<double[]> result : threads.invokeAll(tasks)) {
        assertSameBits(alone, result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  void packedBytes_againstRawNumbers_areFewer(Storage storage) {
    double most = storage == Storage.DOUBLE ? 1.3 : 0.7;
    for (int features : new int[] {3, 10, 50, 500}) {
      double raw = 8.0 * 1000 * (features + 1);
      long dense = examples(1000, features, 1, 1.0, storage).packedBytes();
      assertTrue(dense <= most * raw, features + " features: " + dense / raw);
    }
    Examples sparse = examples(1000, 500, 1, 0.1, storage);
    double entries = 0.0;
    for (int i = 0; i < sparse.rows(); i++) {
      entries += sparse.entries(i, new int[500], new double[500]);
    }
    // An entry is a double and the number of its column.
    double raw = 12.0 * entries + 8.0 * 1000;
    assertTrue(sparse.packedBytes() <= most * raw, "sparse: " + sparse.packedBytes() / raw);
  }

  private static int[] inOrder(int rows) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    return order;
  }

  private static VectorLoss loss(int outputs) {
    return outputs == 1 ? LogisticLoss.INSTANCE : new SoftmaxLoss(outputs);
  }

  /** Gradient, then value. */
  private static double[] swept(
      Examples examples, ModelShape shape, double[] w, Kernels kernels, int block, int[] order) {
    VectorLoss loss = loss(shape.outputs());
    RowSweep sweep = new RowSweep(examples, shape, kernels, block);
    ScoreBlock scores = new ScoreBlock(sweep.most(), shape.outputs(), sweep.stride());
    double[] out = new double[shape.size() + 1];
    double value = 0.0;
    sweep.begin(w);
    for (int from = 0; from < examples.rows(); from += sweep.most()) {
      int to = Math.min(examples.rows(), from + sweep.most());
      if (order == null) {
        sweep.take(from, to);
      } else {
        sweep.take(order, from, to);
      }
      scores.take(sweep.count(), sweep.scores(), sweep.labels());
      loss.valuesAndGradients(scores);
      for (int i = 0; i < sweep.count(); i++) {
        value += scores.values()[i];
      }
      sweep.addGradient();
    }
    sweep.gradient(out);
    out[shape.size()] = value;
    return out;
  }

  private static double[] byDefinition(Examples examples, ModelShape shape, double[] w) {
    VectorLoss loss = loss(shape.outputs());
    int p = shape.features();
    double[] out = new double[shape.size() + 1];
    double[] x = new double[p];
    double[] scores = new double[shape.outputs()];
    for (int i = 0; i < examples.rows(); i++) {
      examples.copyRow(i, x, 0);
      for (int k = 0; k < scores.length; k++) {
        scores[k] = w[shape.weightCount() + k] + examples.offset(i);
        for (int j = 0; j < p; j++) {
          scores[k] += x[j] * w[k * p + j];
        }
      }
      out[shape.size()] += loss.value(scores, examples.label(i));
      loss.gradient(scores, examples.label(i), scores);
      for (int k = 0; k < scores.length; k++) {
        for (int j = 0; j < p; j++) {
          out[k * p + j] += x[j] * scores[k];
        }
        out[shape.weightCount() + k] += scores[k];
      }
    }
    return out;
  }

  private static Examples examples(
      int rows, int features, int outputs, double density, Storage storage) {
    SeededRandom random = new SeededRandom(5);
    ShardBuilder builder = new ShardBuilder("w", features, storage);
    for (int i = 0; i < rows; i++) {
      double[] x = new double[features];
      int[] columns = new int[features];
      int entries = 0;
      for (int j = 0; j < features; j++) {
        if (random.nextDouble() < density) {
          x[entries] = random.nextGaussian();
          columns[entries++] = j;
        }
      }
      double label = random.nextInt(Math.max(2, outputs));
      double offset = outputs == 1 ? random.nextDouble() : 0.0;
      if (density < 1.0) {
        double[] values = Arrays.copyOf(x, entries);
        int[] at = Arrays.copyOf(columns, entries);
        builder.addSparse(
            at, values, label, 1.0, storage == Storage.FLOAT ? 0.0 : offset, Part.TRAIN);
      } else {
        builder.addDense(x, label, 1.0, storage == Storage.FLOAT ? 0.0 : offset, Part.TRAIN);
      }
    }
    return builder.build(0.0, 1L, false, new ModelShape(features, true, outputs)).train();
  }

  private static void assertSameBits(double[] expected, double[] actual) {
    for (int j = 0; j < expected.length; j++) {
      assertEquals(Double.doubleToLongBits(expected[j]), Double.doubleToLongBits(actual[j]));
    }
  }
}
