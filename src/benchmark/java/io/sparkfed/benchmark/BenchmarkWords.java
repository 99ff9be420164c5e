package io.sparkfed.benchmark;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.Words;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import java.io.Serializable;

/**
 * Vectors that a benchmark makes up: a function of the worker, which has no bytes of its own.
 *
 * @param <S> what a worker holds
 * @param vector returns a worker's vector
 */
record BenchmarkWords<S>(Vector<S> vector) implements Words<S> {

  /** A worker's vector. */
  @FunctionalInterface
  interface Vector<S> extends Serializable {
    long[] of(String worker, S held);
  }

  /** Holds the function, wherever it is read. */
  private record BenchmarkForm<S>(Vector<S> vector) implements Form<Words<S>> {
    @Override
    public Words<S> read(byte[] bytes, Site site) {
      return new BenchmarkWords<>(vector);
    }
  }

  @Override
  public long[] of(String worker, S held) {
    return vector.of(worker, held);
  }

  @Override
  public byte[] toBytes() {
    return new byte[0];
  }

  @Override
  public byte[] subject() {
    return new byte[0];
  }

  @Override
  public Ring ring() {
    return Ring.OF_WORDS;
  }

  @Override
  public Form<Words<S>> form() {
    return new BenchmarkForm<>(vector);
  }
}
