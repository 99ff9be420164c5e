package io.sparkfed.benchmark;

import dev.ludovic.netlib.blas.JavaBLAS;
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
import io.sparkfed.objective.LinearDerivatives;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What {@link KernelBenchmark} measures; each thread has data of its own, larger than the caches.
 */
public class KernelCases {

  /** A thread's own CPU time, which other processes on the machine don't lengthen. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Cpu {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Calls of the benchmark. */
    public long operations;

    /** CPU time of them. */
    public long cpuNanos;

    private long start;

    /** Starts to count. */
    @Setup(Level.Iteration)
    public void start() {
      operations = 0;
      cpuNanos = 0;
      start = THREADS.getCurrentThreadCpuTime();
    }

    /** Ends the count. */
    @TearDown(Level.Iteration)
    public void end() {
      cpuNanos = THREADS.getCurrentThreadCpuTime() - start;
    }
  }

  /** As STREAM's. */
  @State(Scope.Thread)
  public static class Triad {
    static final int LENGTH = 8_000_000;

    private final double[] a = new double[LENGTH];
    private final double[] b = new double[LENGTH];
    private final double[] c = new double[LENGTH];

    /** Fills the arrays. */
    @Setup(Level.Trial)
    public void fill() {
      Arrays.fill(b, 1.0);
      Arrays.fill(c, 2.0);
    }
  }

  /** The peer of sweeps. */
  @Benchmark
  public double triad(Triad t, Cpu cpu) {
    cpu.operations++;
    double[] a = t.a;
    double[] b = t.b;
    double[] c = t.c;
    for (int i = 0; i < a.length; i++) {
      a[i] = b[i] + 3.0 * c[i];
    }
    return a[0];
  }

  /** Rows of a logistic or softmax regression. */
  @State(Scope.Thread)
  public static class Sweep {
    @Param("200000")
    int rows;

    @Param("50")
    int features;

    @Param("50")
    int present;

    @Param("1")
    int outputs;

    @Param("DOUBLE")
    Storage storage;

    private LinearObjective objective;
    private double[] w;
    private double[] gradient;

    /** Makes the rows. */
    @Setup(Level.Trial)
    public void make() {
      ModelShape shape = new ModelShape(features, true, outputs);
      Examples examples = examples(rows, features, present, outputs, storage);
      VectorLoss loss = outputs == 1 ? LogisticLoss.INSTANCE : new SoftmaxLoss(outputs);
      objective =
          new LinearObjective(loss, examples, shape, Scaling.identity(shape), 0.0, Reduction.MEAN);
      w = new double[shape.size()];
      Arrays.setAll(w, j -> 0.01 * (j % 7));
      gradient = new double[w.length];
    }
  }

  /** Margins, losses and gradient of all rows. */
  @Benchmark
  public double sweep(Sweep s, Cpu cpu) {
    cpu.operations++;
    return s.objective.valueAndGradient(s.w, s.gradient);
  }

  /** Rows of a logistic regression whose Hessian is wanted. */
  @State(Scope.Thread)
  public static class Hessian {
    @Param("40000")
    int rows;

    @Param("50")
    int features;

    private Examples examples;
    private ModelShape shape;
    private double[] w;
    private double[] scaled;
    private double[] sums;

    /** Makes the rows. */
    @Setup(Level.Trial)
    public void make() {
      shape = new ModelShape(features, false);
      examples = examples(rows, features, features, 1, Storage.DOUBLE);
      w = new double[shape.size()];
      scaled = new double[rows * features];
      for (int i = 0; i < rows; i++) {
        examples.copyRow(i, scaled, i * features);
      }
      sums = new double[features * features];
    }
  }

  /** Value, gradient and Hessian. */
  @Benchmark
  public double hessian(Hessian h, Cpu cpu) {
    cpu.operations++;
    return LinearDerivatives.at(
            h.w, LogisticLoss.INSTANCE, h.examples, h.shape, Scaling.identity(h.shape))
        .value();
  }

  /** The peer of the Hessian: X'X alone, by the BLAS in Java that Spark falls back to. */
  @Benchmark
  public double dsyrk(Hessian h, Cpu cpu) {
    cpu.operations++;
    int p = h.features;
    JavaBLAS.getInstance().dsyrk("U", "N", p, h.rows, 1.0, h.scaled, 0, p, 0.0, h.sums, 0, p);
    return h.sums[0];
  }

  private static Examples examples(
      int rows, int features, int present, int outputs, Storage storage) {
    SeededRandom random = new SeededRandom(1);
    ShardBuilder builder = new ShardBuilder("benchmark", features, storage);
    double[] values = new double[present];
    int[] columns = new int[present];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < present; j++) {
        values[j] = random.nextDouble() - 0.5;
        int from = (int) ((long) features * j / present);
        int to = (int) ((long) features * (j + 1) / present);
        columns[j] = from + random.nextInt(to - from);
      }
      double label = random.nextInt(Math.max(2, outputs));
      if (present < features) {
        builder.addSparse(columns, values, label, 1.0, Part.TRAIN);
      } else {
        builder.addDense(values, label, 1.0, Part.TRAIN);
      }
    }
    return builder.build(0.0, 1L, false, new ModelShape(features, true, outputs)).train();
  }
}
