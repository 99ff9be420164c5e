package io.sparkfed.aggregate;

import java.util.function.Function;

/**
 * The result of an aggregation with its measurements, none of which belongs to a single worker.
 *
 * @param value the result
 * @param workers how many workers' values are in it
 * @param dropouts how many workers of the cohort are not
 * @param messageBytes payload bytes of the messages that left the workers
 * @param saturated how many coordinates, over all workers, were cut to the range of the sum
 */
public record Opened<R>(R value, int workers, int dropouts, long messageBytes, long saturated) {

  /** Returns the same measurements with a decoded value. */
  public <T> Opened<T> map(Function<R, T> decode) {
    return new Opened<>(decode.apply(value), workers, dropouts, messageBytes, saturated);
  }
}
