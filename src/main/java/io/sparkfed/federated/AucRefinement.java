package io.sparkfed.federated;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.Ranking;
import io.sparkfed.evaluation.ScoreBins;
import io.sparkfed.evaluation.ScoreHistogram;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a model's AUC as exact as it should be: histograms of its scores, from secure sums, in bins
 * that are narrower from visit to visit where positive and negative rows share one. A round's
 * histogram is the first, its bins the same for every model; so few are enough that they cost
 * little, and too coarse where events are rare.
 */
final class AucRefinement {
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

  /** Which of a worker's rows are looked at. */
  enum Rows {
    TRAIN,
    TEST
  }

  /** A model in training units, and where its scores are cut. */
  private record Question(double[] model, ScoreBins bins) implements Serializable {}

  /**
   * Returns the metrics of rows, their AUC as exact as it should be.
   *
   * @param cohort the workers to ask, sorted
   * @param model in training units
   * @param sums {@code [train sums..., test sums..., ...]} of these workers at the model
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  Map<String, Double> refined(List<String> cohort, Rows which, double[] model, double[] sums) {
    int offset = which == Rows.TRAIN ? 0 : plan.metrics().length();
    Map<String, Double> coarse = plan.metrics().metrics(sums, offset);
    Optional<Ranking> known =
        coarse.isEmpty() ? Optional.empty() : plan.metrics().ranking(sums, offset);
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
  private Ranking refined(List<String> cohort, Rows which, double[] model, Ranking known) {
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
      List<String> cohort, Rows which, double[] model, ScoreHistogram coarse) {
    ScoreBins bins = coarse.refined(MORE_BINS);
    int count = bins.count();
    Aggregation<double[], double[]> sum = plan.sums().sumOf(2 * count);
    sum.expect(coarse.weight(), cohort.size());
    double[] sums =
        sum.aggregate(
                federation,
                new Visit<>(
                    "AUC: histogram of scores (" + cohort.size() + " workers)",
                    0,
                    cohort,
                    new Question(model, bins)),
                new Work(plan.shape(), scaling, which))
            .value();
    ScoreHistogram found =
        new ScoreHistogram(
            bins, Arrays.copyOf(sums, count), Arrays.copyOfRange(sums, count, 2 * count));
    double change = Math.abs(found.weight() - coarse.weight());
    return change <= SAME_WEIGHT * coarse.weight() ? Optional.of(found) : Optional.empty();
  }

  /** Runs at a worker. {@code [positives by bin..., negatives by bin...]}. */
  private record Work(ModelShape shape, Scaling federatedScaling, Rows which)
      implements WorkerTask<Shard, Question, double[]> {

    @Override
    public double[] run(String worker, Shard shard, Question question) {
      Examples rows = which == Rows.TRAIN ? shard.train() : shard.test();
      double[] raw = LocalWork.scaling(shard, federatedScaling).toRaw(question.model);
      return question.bins.histogram(rows, new Coefficients(shape, raw));
    }
  }
}
