package io.sparkfed.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.sparkfed.data.Examples;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.testing.ChildJvm;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * Bytes that local steps allocate once the compiler is done with them: before that, code in the
 * Vector API allocates. They are counted in a JVM that runs nothing else, as what other tests ran
 * there decides what the compiler makes of methods that all share.
 */
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int FEATURES = 19;
  private static final int ROWS = 300;

  /** Many times what the compiler needs, as it works in the background of a busy machine. */
  private static final int MOST_TRIALS = 4000;

  /** Prints a line per case: its name, and the fewest bytes that more steps took. */
  public static void main(String[] args) {
    for (int outputs : new int[] {1, 3}) {
      for (double density : new double[] {1.0, 0.3}) {
        for (Storage storage : Storage.values()) {
          System.out.printf(
              "steps of %d outputs, density %s, %s = %d%n",
              outputs, density, storage, ofSteps(outputs, density, storage));
        }
      }
    }
    ofSolvers(1, 0.0);
    ofSolvers(3, 0.001);
  }

  @Test
  void steps_inTheSteadyState_allocateNothing() throws Exception {
    String[] options = {
      "--add-modules=jdk.incubator.vector",
      // It gives up on a loop where assumptions failed too often while it was still learning.
      "-XX:PerMethodTrapLimit=1000",
      "-XX:PerBytecodeTrapLimit=40"
    };

    List<String> lines = ChildJvm.run(AllocationTest.class, options).lines().toList();

    assertEquals(4 * Storage.values().length + 4, lines.size());
    assertEquals(List.of(), lines.stream().filter(line -> !line.endsWith(" = 0")).toList());
  }

  private static long ofSteps(int outputs, double density, Storage storage) {
    LinearObjective objective = objective(outputs, density, storage, 0.0);
    int d = (FEATURES + 1) * outputs;
    double[] w = new double[d];
    double[] gradient = new double[d];
    int[] order = new int[ROWS];
    Arrays.setAll(order, i -> ROWS - 1 - i);
    return fewestBytes(
        times -> {
          for (int i = 0; i < times; i++) {
            objective.value(w);
            objective.valueAndGradient(w, gradient);
            objective.gradient(w, gradient);
            objective.gradient(w, order, 17, 49, gradient);
          }
        },
        times -> {});
  }

  /** What a solver allocates must not depend on its number of steps. */
  private static void ofSolvers(int outputs, double l1) {
    LinearObjective objective = objective(outputs, 1.0, Storage.DOUBLE, l1);
    double[] start = new double[(FEATURES + 1) * outputs];
    long descent =
        fewestBytes(
            times ->
                new GradientDescent(5 * times, 0.01).solve(objective, start, new SeededRandom(1)),
            times -> new GradientDescent(5, 0.01).solve(objective, start, new SeededRandom(1)));
    long minibatch =
        fewestBytes(
            times -> new MinibatchSgd(times, 32, 0.01).solve(objective, start, new SeededRandom(1)),
            times -> new MinibatchSgd(1, 32, 0.01).solve(objective, start, new SeededRandom(1)));
    System.out.printf("descent of %d outputs, l1 %s = %d%n", outputs, l1, descent);
    System.out.printf("minibatch of %d outputs, l1 %s = %d%n", outputs, l1, minibatch);
  }

  private static long fewestBytes(IntConsumer steps, IntConsumer base) {
    long least = Long.MAX_VALUE;
    for (int trial = 0; trial < MOST_TRIALS && least != 0; trial++) {
      least = Math.min(least, bytes(steps, 10) - bytes(base, 1));
    }
    return least;
  }

  private static long bytes(IntConsumer steps, int times) {
    long id = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(id);
    steps.accept(times);
    return THREADS.getThreadAllocatedBytes(id) - before;
  }

  private static LinearObjective objective(
      int outputs, double density, Storage storage, double l1) {
    SeededRandom random = new SeededRandom(5);
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
      double label = random.nextInt(Math.max(2, outputs));
      if (density < 1.0) {
        builder.addSparse(
            Arrays.copyOf(columns, entries), Arrays.copyOf(x, entries), label, 1.0, Part.TRAIN);
      } else {
        builder.addDense(x, label, 1.0, Part.TRAIN);
      }
    }
    ModelShape shape = new ModelShape(FEATURES, true, outputs);
    Examples rows = builder.build(0.0, 1L, false, shape).train();
    VectorLoss loss = outputs == 1 ? LogisticLoss.INSTANCE : new SoftmaxLoss(outputs);
    double[] means = new double[FEATURES];
    double[] deviations = new double[FEATURES];
    Arrays.fill(deviations, 2.0);
    Scaling scaling = Scaling.standardize(shape, means, deviations);
    return new LinearObjective(loss, rows, shape, scaling, new Penalty(l1, 0.1), Reduction.MEAN);
  }
}
