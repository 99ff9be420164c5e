package io.sparkfed.benchmark;

import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import java.io.Serializable;

/**
 * What a benchmark has workers do: a function, which has no bytes of its own.
 *
 * @param <S> what a worker holds
 * @param vector returns what leaves a worker
 */
record BenchmarkTask<S>(Vector<S> vector) implements WorkerTask<S, double[]> {

  /** What leaves a worker. */
  @FunctionalInterface
  interface Vector<S> extends Serializable {
    double[] of(String worker, S held);
  }

  /** Holds the function, wherever it is read. */
  private record BenchmarkForm<S>(Vector<S> vector) implements Form<WorkerTask<S, double[]>> {
    @Override
    public WorkerTask<S, double[]> read(byte[] bytes, Site site) {
      return new BenchmarkTask<>(vector);
    }
  }

  @Override
  public double[] run(String worker, S held) {
    return vector.of(worker, held);
  }

  @Override
  public byte[] toBytes() {
    return new byte[0];
  }

  @Override
  public Form<WorkerTask<S, double[]>> form() {
    return new BenchmarkForm<>(vector);
  }
}
