package io.sparkfed.objective;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import io.sparkfed.data.Examples;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.testing.ChildJvm;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * The Vector API's methods are shared by all code of a JVM. Where they have seen two classes of
 * vectors, the compiler puts those of our loops on the heap: minutes for seconds.
 */
class BesideMllibTest {
  private static final int FEATURES = 19;
  private static final int ROWS = 1200;
  private static final int TRIALS = 1500;

  /**
   * Bytes a row: what a vector or two take. A row passes a hundred vectors: 5000 bytes, if they all
   * are on the heap.
   */
  private static final long MOST_A_ROW = 200;

  /** Prints the fewest bytes that derivatives of the rows took, after MLlib's kernels have run. */
  public static void main(String[] args) {
    BLAS blas = JavaBLAS.getInstance();
    double[] a = new double[300 * 300];
    double[] y = new double[300];
    for (int i = 0; i < 2000; i++) {
      blas.dgemv("N", 300, 50, 1.0, a, 300, y, 1, 1.0, y.clone(), 1);
      blas.daxpy(300, 0.5, a, 1, y, 1);
    }
    Examples rows = rows();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    ModelShape shape = new ModelShape(FEATURES, true);
    for (int trial = 0; trial < TRIALS; trial++) {
      long before = threads.getThreadAllocatedBytes(id);
      LinearDerivatives.at(
          new double[shape.size()], LogisticLoss.INSTANCE, rows, shape, Scaling.identity(shape));
      least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
    }
    System.out.println(least);
  }

  private static Examples rows() {
    SeededRandom random = new SeededRandom(5);
    ShardBuilder builder = new ShardBuilder("w", FEATURES);
    for (int i = 0; i < ROWS; i++) {
      double[] x = new double[FEATURES];
      for (int j = 0; j < FEATURES; j++) {
        x[j] = random.nextGaussian();
      }
      builder.addDense(x, random.nextInt(2), 1.0, Part.TRAIN);
    }
    return builder.build(0.0, 1L, false, new ModelShape(FEATURES, true)).train();
  }

  @Test
  void derivatives_afterMllibsKernelsRan_putNoVectorsOnTheHeap() throws Exception {
    String printed = ChildJvm.run(BesideMllibTest.class, "--add-modules=jdk.incubator.vector");

    assertTrue(Long.parseLong(printed) < MOST_A_ROW * ROWS, printed + " bytes");
  }
}
