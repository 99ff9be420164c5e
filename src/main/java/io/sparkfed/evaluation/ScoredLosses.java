package io.sparkfed.evaluation;

import io.sparkfed.loss.ScoreBlock;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Kernels;

/** Scratch: the losses and slopes of rows whose scores must be kept. Not thread-safe. */
final class ScoredLosses {
  private final VectorLoss loss;
  private double[] scores = new double[0];
  private double[] labels = new double[0];
  private ScoreBlock block;

  ScoredLosses(VectorLoss loss) {
    this.loss = loss;
  }

  /** Returns the rows' losses. */
  double[] values(int count, double[] scores, int stride, double[] labels) {
    loss.values(taken(count, scores, stride, labels));
    return block.values();
  }

  /** Computes the rows' losses, and their slopes in place of a copy of the scores. */
  double[] slopes(int count, double[] scores, int stride, double[] labels) {
    loss.valuesAndGradients(taken(count, scores, stride, labels));
    return this.scores;
  }

  /** Returns the losses that {@link #slopes} has computed. */
  double[] values() {
    return block.values();
  }

  private ScoreBlock taken(int count, double[] from, int stride, double[] labelsOfRows) {
    int length = Kernels.padded(count) * stride;
    if (block == null || length > scores.length) {
      scores = new double[length];
      labels = new double[Kernels.padded(count)];
      block = new ScoreBlock(count, loss.outputs(), stride);
    }
    System.arraycopy(from, 0, scores, 0, count * stride);
    System.arraycopy(labelsOfRows, 0, labels, 0, count);
    block.take(count, scores, labels);
    return block;
  }
}
