package io.sparkfed.aggregate;

/** A sum of vectors that workers add noise to, with what is public of the noise. */
public interface ReleasedSum extends VectorSum {

  /**
   * Returns the standard deviation of the noise on each number of a sum.
   *
   * @param cohort how many workers are asked
   * @param workers how many are in the sum
   */
  double deviation(Question<?> question, int cohort, int workers);
}
