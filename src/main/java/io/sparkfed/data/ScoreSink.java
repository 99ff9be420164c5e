package io.sparkfed.data;

/** Sees the scores of rows, and their losses, while a pass over the rows has them at hand. */
public interface ScoreSink {
  /** Looks at nothing. */
  ScoreSink NONE =
      new ScoreSink() {
        @Override
        public void scores(int from, int count, double[] scores, int stride, double[] labels) {}

        @Override
        public void losses(int from, int count, double[] losses) {}
      };

  /**
   * Takes the scores of the rows {@code from .. from + count - 1}, in the order of the rows.
   *
   * @param scores K for each row, row i's from {@code i * stride} on; not to be changed, and
   *     overwritten afterwards
   * @param labels the rows' labels; not to be changed, and overwritten afterwards
   */
  void scores(int from, int count, double[] scores, int stride, double[] labels);

  /**
   * Takes the losses of the rows whose scores it took last.
   *
   * @param losses one for each row; not to be changed, and overwritten afterwards
   */
  void losses(int from, int count, double[] losses);
}
