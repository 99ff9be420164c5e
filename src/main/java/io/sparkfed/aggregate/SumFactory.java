package io.sparkfed.aggregate;

/**
 * Opens sums of vectors, one for each purpose: a sum may adapt itself to what travels through it.
 */
@FunctionalInterface
public interface SumFactory {

  /**
   * Returns a sum of vectors of one purpose.
   *
   * @param scaledLength how many leading coordinates share one scale, such as an update; the rest
   *     are sums of any magnitude
   */
  Aggregation<double[], double[]> sumOf(int scaledLength);
}
