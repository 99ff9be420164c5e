package io.sparkfed.evaluation;

import io.sparkfed.loss.Loss;
import java.util.Arrays;
import java.util.List;

/**
 * Bounded sums for two classes: rows by label and prediction; by label and score, for the AUC of
 * probabilities; and losses in bands.
 *
 * @param loss the loss trained with
 * @param lossName what its mean is called
 * @param isProbability whether a row's probability is compared with the threshold, not its score
 * @param threshold what a row is predicted positive above
 * @param bins of scores; a single one for no AUC
 */
record OutcomesWithin(
    Loss loss, String lossName, boolean isProbability, double threshold, ScoreBins bins)
    implements BoundedSums {
  /** So many that the AUC is off by little, so few that their noise is. */
  private static final int AUC_BINS = 20;

  /** Half as wide as for an exact AUC, whose bins are many more, and outer ones cost nothing. */
  private static final double WIDTH = 0.5;

  /** A model that says so is none. */
  private static final double FARTHEST_CENTER = 1e6;

  /** Losses of a probability of 1e-7, or three margins on the wrong side, squared. */
  static final Bands LOSSES = new Bands(16.0, 16);

  static final String LOSSES_BEYOND = "losses beyond";

  private static final int OUTCOMES = 0;
  private static final int TRUE_POSITIVES = Confusion.cell(true, true);
  private static final int FALSE_POSITIVES = Confusion.cell(false, true);
  private static final int FALSE_NEGATIVES = Confusion.cell(true, false);
  private static final int TRUE_NEGATIVES = Confusion.cell(false, false);

  static OutcomesWithin ofProbabilities(
      Loss loss, String lossName, double threshold, double center) {
    double from = Math.abs(center) < FARTHEST_CENTER ? center : 0.0;
    double[] edges =
        Arrays.stream(ScoreBins.fixed(AUC_BINS).edges()).map(edge -> WIDTH * edge + from).toArray();
    return new OutcomesWithin(loss, lossName, true, threshold, ScoreBins.at(edges));
  }

  static OutcomesWithin ofMargins(Loss loss, String lossName, double threshold) {
    return new OutcomesWithin(loss, lossName, false, threshold, ScoreBins.at(new double[0]));
  }

  private boolean hasAuc() {
    return bins.count() > 1;
  }

  @Override
  public List<BoundedPart> parts() {
    BoundedPart losses =
        BoundedPart.of("losses by size", LOSSES.count(), hasAuc() ? 1.0 / 6.0 : 1.0 / 3.0);
    return hasAuc()
        ? List.of(
            BoundedPart.of("rows by outcome", Confusion.LENGTH, 1.0 / 3.0),
            losses,
            BoundedPart.of("rows by label and score", 2 * bins.count(), 0.5))
        : List.of(BoundedPart.of("rows by outcome", Confusion.LENGTH, 2.0 / 3.0), losses);
  }

  @Override
  public void add(double[] scores, double label, double weight, RowTerms out) {
    boolean positive = label > 0.5;
    double compared = isProbability ? loss.mean(scores[0]) : scores[0];
    out.add(OUTCOMES, Confusion.cell(positive, compared > threshold), weight, 1.0);
    double size = loss.value(scores[0], label);
    int band = LOSSES.band(size);
    out.add(1, band, weight, size / LOSSES.end(band));
    if (hasAuc()) {
      // Adding 0 makes a 0 of a -0.
      out.add(2, (positive ? 0 : bins.count()) + bins.bin(scores[0] + 0.0), weight, 1.0);
    }
  }

  /**
   * Returns the sum of losses that are the second part. Of a class as rare as what noise hides, a
   * model says that it is, and what rows of it lose is the logarithm of that.
   */
  static Bands.Total losses(NoisedSums sums, Noised rows) {
    double deviation = sums.deviation(1);
    double reach = Math.log(Math.max(1.0, rows.value() / deviation));
    return LOSSES.total(sums.of(1), deviation, reach);
  }

  @Override
  public NoisedMetrics metrics(NoisedSums sums) {
    Noised right = sums.sum(OUTCOMES, TRUE_POSITIVES, TRUE_NEGATIVES);
    Noised wrong = sums.sum(OUTCOMES, FALSE_POSITIVES, FALSE_NEGATIVES);
    Noised found = sums.sum(OUTCOMES, TRUE_POSITIVES);
    Noised rows = right.plus(wrong);
    Bands.Total losses = losses(sums, rows);
    Noised mean = losses.sum().over(rows);
    NoisedMetrics.Builder metrics =
        new NoisedMetrics.Builder(rows, sums.heaviest())
            .put(lossName, mean)
            .leftOut(LOSSES_BEYOND, LOSSES, losses, lossName)
            .labels(
                sums.sum(OUTCOMES, FALSE_POSITIVES, TRUE_NEGATIVES),
                sums.sum(OUTCOMES, TRUE_POSITIVES, FALSE_NEGATIVES))
            .put("accuracy", Noised.share(right, wrong))
            .put("precision", Noised.share(found, sums.sum(OUTCOMES, FALSE_POSITIVES)))
            .put("recall", Noised.share(found, sums.sum(OUTCOMES, FALSE_NEGATIVES)));
    if (hasAuc()) {
      double[] all = sums.of(2);
      NoisedRanking ranking =
          NoisedRanking.of(
              bins,
              Arrays.copyOf(all, bins.count()),
              Arrays.copyOfRange(all, bins.count(), all.length),
              sums.deviation(2));
      metrics.put("auc", ranking.auc()).putBound("aucError", ranking.binError());
    }
    return metrics.with(mean.value());
  }
}
