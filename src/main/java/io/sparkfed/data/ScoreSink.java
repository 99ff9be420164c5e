package io.sparkfed.data;

/** Sees the scores of rows while a pass over them has them at hand. */
@FunctionalInterface
public interface ScoreSink {
  /** Looks at nothing. */
  ScoreSink NONE = (from, count, scores, stride, labels) -> {};

  /**
   * Takes the scores of the rows {@code from .. from + count - 1}, in the order of the rows.
   *
   * @param scores K for each row, row i's from {@code i * stride} on; not to be changed, and
   *     overwritten afterwards
   * @param labels the rows' labels; not to be changed, and overwritten afterwards
   */
  void take(int from, int count, double[] scores, int stride, double[] labels);
}
