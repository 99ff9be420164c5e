package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.RowSweep;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.ScoreBlock;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Kernels;
import io.sparkfed.model.Coefficients;

/** Scratch: the losses and slopes of rows whose scores must be kept. Not thread-safe. */
final class ScoredLosses {
  private final VectorLoss loss;
  private double[] scores = new double[0];
  private double[] labels = new double[0];
  private ScoreBlock block;

  ScoredLosses(VectorLoss loss) {
    this.loss = loss;
  }

  /** Shows a sink the scores of all rows under a model, and their losses. */
  static void pass(VectorLoss loss, Examples rows, Coefficients model, ScoreSink sink) {
    RowSweep sweep = new RowSweep(rows, model.shape());
    ScoredLosses scored = new ScoredLosses(loss);
    sweep.begin(model.values());
    for (int from = 0; from < rows.rows(); from += sweep.most()) {
      sweep.take(from, Math.min(rows.rows(), from + sweep.most()));
      int count = sweep.count();
      double[] scores = sweep.scores();
      sink.scores(from, count, scores, sweep.stride(), sweep.labels());
      scored.take(count, scores, sweep.stride(), sweep.labels());
      loss.values(scored.block);
      sink.losses(from, count, scored.block.values());
    }
  }

  /** Returns the rows' slopes, as far apart as the scores. */
  double[] slopes(int count, double[] scores, int stride, double[] labels) {
    take(count, scores, stride, labels);
    loss.gradients(block);
    return this.scores;
  }

  private void take(int count, double[] from, int stride, double[] labelsOfRows) {
    int length = Kernels.padded(count) * stride;
    if (block == null || length > scores.length) {
      scores = new double[length];
      labels = new double[Kernels.padded(count)];
      block = new ScoreBlock(count, loss.outputs(), stride);
    }
    System.arraycopy(from, 0, scores, 0, count * stride);
    System.arraycopy(labelsOfRows, 0, labels, 0, count);
    block.take(count, scores, labels);
  }
}
