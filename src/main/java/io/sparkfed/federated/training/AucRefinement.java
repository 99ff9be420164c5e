package io.sparkfed.federated.training;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.Ranking;
import io.sparkfed.evaluation.ScoreBins;
import io.sparkfed.evaluation.ScoreHistogram;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.HistogramOfScores;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.Scaling;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a model's AUC as exact as it should be: histograms of its scores, from secure sums, in bins
 * that are narrower from visit to visit where positive and negative rows share one. A round's
 * histogram is the first, its bins the same for every model; so few are enough that they cost
 * little, and too coarse where events are rare.
 */
public final class AucRefinement {
  /** One visit does for most data; labels that differ at one score need one for each 3 digits. */
  private static final int MOST_VISITS = 16;

  /** So many bins more at each visit: two numbers of 8 bytes for each. */
  private static final int MORE_BINS = 2048;

  /** A histogram's numbers are rounded to so small a part of the rows' weight, or less. */
  private static final double SAME_WEIGHT = 1e-9;

  private final Federation<Shard> federation;
  private final TrainingPlan plan;
  private final Scaling scaling;

  /**
   * Prepares the refinement.
   *
   * @param scaling the identity unless federated
   */
  AucRefinement(Federation<Shard> federation, TrainingPlan plan, Scaling scaling) {
    this.federation = federation;
    this.plan = plan;
    this.scaling = scaling;
  }

  /**
   * Returns the metrics of rows, their AUC as exact as it should be.
   *
   * @param cohort the workers to ask, sorted
   * @param model in training units
   * @param sums what the metrics are made of, of these workers at the model
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  Map<String, Double> refined(List<String> cohort, AskedRows which, double[] model, double[] sums) {
    Map<String, Double> coarse = plan.metrics().metrics(sums, 0);
    Optional<Ranking> known = coarse.isEmpty() ? Optional.empty() : plan.metrics().ranking(sums, 0);
    return known.map(auc -> refined(cohort, which, model, auc).in(coarse)).orElse(coarse);
  }

  /**
   * Returns the AUC with an error as small as it should be; what was known already where other rows
   * take part than before, as after a dropout.
   *
   * @param cohort the workers to ask, sorted
   * @param model in training units
   * @param known from the model's evaluation over the same workers
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  private Ranking refined(List<String> cohort, AskedRows which, double[] model, Ranking known) {
    Ranking best = known;
    for (int visit = 0; visit < MOST_VISITS && best.isTooCoarse(); visit++) {
      Optional<ScoreHistogram> next = histogram(cohort, which, model, best.histogram());
      if (next.isEmpty()) {
        break;
      }
      best = best.with(next.get());
    }
    return best;
  }

  private Optional<ScoreHistogram> histogram(
      List<String> cohort, AskedRows which, double[] model, ScoreHistogram coarse) {
    ScoreBins bins = coarse.refined(MORE_BINS);
    HistogramOfScores statement = new HistogramOfScores(plan.shape(), scaling, which, model, bins);
    VectorSum sum = plan.sums().sumOf(statement.layout());
    sum.expect(coarse.weight(), cohort.size());
    NamedVector sums =
        Ask.through(sum, federation, cohort, "AUC: histogram of scores", statement).value();
    ScoreHistogram found =
        new ScoreHistogram(
            bins, sums.all(HistogramOfScores.POSITIVES), sums.all(HistogramOfScores.NEGATIVES));
    double change = Math.abs(found.weight() - coarse.weight());
    return change <= SAME_WEIGHT * coarse.weight() ? Optional.of(found) : Optional.empty();
  }
}
