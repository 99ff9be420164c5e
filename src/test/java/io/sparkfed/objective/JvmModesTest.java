package io.sparkfed.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.PoissonLoss;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Kernels;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.testing.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values, gradients and Hessians have the same bits in JVMs that compute differently: this one,
 * which has compiled nothing or much, and new ones with other options.
 */
class JvmModesTest {
  private static final int FEATURES = 11;
  private static final int ROWS = 61;

  /** Prints the digest of a new JVM, and what kernels it has. */
  public static void main(String[] args) {
    System.out.println(digest() + " " + Kernels.best().description());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xint",
        "-XX:TieredStopAtLevel=1",
        "-Dsparkfed.kernels=plain --add-modules=jdk.incubator.vector",
        "-XX:UseAVX=2 --add-modules=jdk.incubator.vector",
        "--add-modules=jdk.incubator.vector"
      })
  void derivatives_inAnotherJvm_haveEqualBits(String options) throws Exception {
    String[] printed = ChildJvm.run(JvmModesTest.class, options.split(" ", -1)).split(" ", 2);

    assertEquals(digest(), printed[0]);
    boolean wantsVectors = options.endsWith("jdk.incubator.vector") && !options.contains("plain");
    assertEquals(wantsVectors, isVector(printed[1]));
  }

  /** A digest that did not depend on the numbers would make the test above pass. */
  @Test
  void digest_ofOtherRows_isAnother() {
    assertTrue(!digest(1L).equals(digest(2L)));
  }

  private static boolean isVector(String kernels) {
    return kernels.startsWith("Vector API");
  }

  private static String digest() {
    return digest(1L);
  }

  private static String digest(long seed) {
    CRC32 sum = new CRC32();
    for (Storage storage : Storage.values()) {
      for (double density : new double[] {1.0, 0.3}) {
        add(sum, LogisticLoss.INSTANCE, seed, density, storage);
        add(sum, new SoftmaxLoss(3), seed, density, storage);
        add(sum, PoissonLoss.INSTANCE, seed, density, storage);
      }
    }
    return Long.toHexString(sum.getValue());
  }

  private static void add(CRC32 sum, VectorLoss loss, long seed, double density, Storage storage) {
    ModelShape shape = new ModelShape(FEATURES, true, loss.outputs());
    Examples rows = examples(seed, shape, density, storage);
    Scaling scaling = Scaling.identity(shape);
    double[] w = new double[shape.size()];
    Arrays.setAll(w, j -> 0.1 * (j % 7) - 0.3);
    double[] gradient = new double[w.length];
    LinearObjective objective =
        new LinearObjective(loss, rows, shape, scaling, 0.1, Reduction.MEAN);
    addBits(sum, objective.value(w), objective.valueAndGradient(w, gradient));
    addBits(sum, gradient);
    LinearDerivatives derivatives = LinearDerivatives.at(w, loss, rows, shape, scaling);
    addBits(sum, derivatives.value());
    addBits(sum, derivatives.gradient());
    addBits(sum, derivatives.hessian());
  }

  private static void addBits(CRC32 sum, double... values) {
    for (double value : values) {
      sum.update(Long.toHexString(Double.doubleToLongBits(value)).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Examples examples(long seed, ModelShape shape, double density, Storage storage) {
    SeededRandom random = new SeededRandom(seed);
    ShardBuilder builder = new ShardBuilder("w", FEATURES, storage);
    for (int i = 0; i < ROWS; i++) {
      double[] x = new double[FEATURES];
      int[] columns = new int[FEATURES];
      int entries = 0;
      for (int j = 0; j < FEATURES; j++) {
        if (random.nextDouble() < density) {
          x[entries] = random.nextGaussian();
          columns[entries++] = j;
        }
      }
      double label = random.nextInt(Math.max(2, shape.outputs()));
      double weight = 0.5 + random.nextDouble();
      if (density < 1.0) {
        builder.addSparse(
            Arrays.copyOf(columns, entries), Arrays.copyOf(x, entries), label, weight, Part.TRAIN);
      } else {
        builder.addDense(x, label, weight, Part.TRAIN);
      }
    }
    return builder.build(0.0, 1L, false, shape).train();
  }
}
