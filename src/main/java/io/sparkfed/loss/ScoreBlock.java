package io.sparkfed.loss;

import io.sparkfed.math.Kernels;

/**
 * The scores of some rows and what a loss makes of them, for losses that work on many rows at once.
 * Row i has K scores from {@code i * stride} on. Scratch that is used again; not thread-safe.
 */
public final class ScoreBlock {
  private final int stride;
  private final double[] values;

  /** Scratch of losses: K numbers a row, without gaps. */
  private final double[] terms;

  /** Scratch of losses: one number a row. */
  private final double[] bases;

  private int rows;
  private double[] scores;
  private double[] labels;

  /**
   * Creates a block.
   *
   * @param mostRows how many rows it may have
   * @param outputs K
   * @param stride at least K
   */
  public ScoreBlock(int mostRows, int outputs, int stride) {
    this.stride = stride;
    this.values = new double[Kernels.padded(mostRows)];
    this.terms = new double[Kernels.padded(mostRows) * outputs];
    this.bases = new double[Kernels.padded(mostRows)];
  }

  /**
   * Takes the scores of {@code rows} rows, which stay the caller's array, and their labels. Both
   * arrays have room for as many rows as is a multiple of {@link Kernels#LANES}; the labels there
   * are valid ones, and the scores may be overwritten.
   */
  public void take(int rows, double[] scores, double[] labels) {
    this.rows = rows;
    this.scores = scores;
    this.labels = labels;
  }

  /** Returns the rows' losses, as last written. */
  public double[] values() {
    return values;
  }

  int rows() {
    return rows;
  }

  int stride() {
    return stride;
  }

  double[] scores() {
    return scores;
  }

  double[] labels() {
    return labels;
  }

  double[] terms() {
    return terms;
  }

  double[] bases() {
    return bases;
  }
}
