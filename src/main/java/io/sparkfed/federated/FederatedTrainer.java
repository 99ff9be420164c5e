package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WeightedMean;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.TrainingResult.Divergence;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Scaling;
import io.sparkfed.model.Standardize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The training loop, at the driver.
 *
 * <p>Each visit evaluates the model it brings and trains from it, so one visit a round is enough:
 * the evaluation of round k's model comes with round k + 1, that of the last round with one visit
 * more. A round is reported when its model has been evaluated.
 *
 * <p>One-shot: an instance trains once.
 */
public final class FederatedTrainer {
  private final Federation<Shard> federation;
  private final TrainingPlan plan;
  private final TrainingListener listener;
  private final WeightedMean mean;
  private final List<RoundSummary> rounds = new ArrayList<>();
  private Scaling scaling;
  private LocalWork localWork;
  private int oneClassWorkers;

  /** Prepares a training. */
  public FederatedTrainer(
      Federation<Shard> federation, TrainingPlan plan, TrainingListener listener) {
    this.federation = federation;
    this.plan = plan;
    this.listener = listener;
    this.mean = new WeightedMean(plan.sums().sumOf(plan.shape().size()), plan.shape().size());
  }

  /** One round's cost, kept until its model has been evaluated. */
  private record Finished(
      int round, int workers, int dropouts, double seconds, long saturated, long bytes) {}

  /** A visit's mean with its cost. */
  private record Visited(WeightedMean.Mean mean, Finished cost) {}

  /**
   * Trains from the zero model.
   *
   * @throws io.sparkfed.aggregate.AggregationException if an average could not be opened
   * @throws IllegalStateException if called twice
   */
  public TrainingResult train() {
    if (localWork != null) {
      throw new IllegalStateException("a trainer trains once");
    }
    scaling =
        plan.standardize() == Standardize.FEDERATED
            ? FederatedMoments.standardization(federation, plan)
            : Scaling.identity(plan.shape());
    localWork = new LocalWork(plan, scaling);

    double[] model = Coefficients.zeros(plan.shape()).values();
    double[] lastGood = model;
    Finished previous = new Finished(0, 0, 0, 0.0, 0L, 0L);
    for (int round = 1; round <= plan.rounds(); round++) {
      Visited visited;
      try {
        visited = visit(round, model, true);
      } catch (NonFiniteUpdateException e) {
        return divergedInTraining(round, model, lastGood, previous, e);
      }
      if (!report(previous, visited.mean())) {
        return diverged(previous.round(), lastGood, exploded());
      }
      lastGood = model;
      previous = visited.cost();
      model = plan.server().step(model, visited.mean().update());
    }
    return finish(model, lastGood, previous);
  }

  private TrainingResult finish(double[] model, double[] lastGood, Finished previous) {
    try {
      if (report(previous, visit(plan.rounds(), model, false).mean())) {
        return result(model, Optional.empty());
      }
      return diverged(previous.round(), lastGood, exploded());
    } catch (NonFiniteUpdateException e) {
      return diverged(previous.round(), lastGood, e.getMessage());
    }
  }

  /**
   * The model a failed round started from was to be evaluated by that very visit; it is the last
   * good one if an evaluation alone succeeds.
   */
  private TrainingResult divergedInTraining(
      int round,
      double[] model,
      double[] lastGood,
      Finished previous,
      NonFiniteUpdateException cause) {
    try {
      if (report(previous, visit(round, model, false).mean())) {
        return diverged(round, model, cause.getMessage());
      }
      return diverged(previous.round(), lastGood, exploded());
    } catch (NonFiniteUpdateException e) {
      return diverged(previous.round(), lastGood, e.getMessage());
    }
  }

  private Visited visit(int round, double[] model, boolean train) {
    List<String> cohort = federation.workers();
    String description =
        String.format(
            Locale.ROOT,
            train
                ? "round %d/%d: local training (%d workers)"
                : "round %d/%d: evaluation (%d workers)",
            round,
            plan.rounds(),
            cohort.size());
    long start = System.nanoTime();
    Opened<WeightedMean.Mean> opened =
        mean.aggregate(
            federation,
            new Visit<>(description, round, cohort, new ModelBroadcast(round, model, train)),
            localWork);
    double seconds = (System.nanoTime() - start) / 1e9;
    long modelBytes = (long) Double.BYTES * model.length * cohort.size();
    return new Visited(
        opened.value(),
        new Finished(
            round,
            opened.workers(),
            opened.dropouts(),
            seconds,
            opened.saturated(),
            modelBytes + opened.messageBytes()));
  }

  /** Reports the round whose model was evaluated; returns whether its loss is acceptable. */
  private boolean report(Finished round, WeightedMean.Mean evaluated) {
    MetricSums metrics = plan.metrics();
    double[] sums = evaluated.sums();
    double loss = metrics.meanLoss(sums, 0);
    if (!Double.isFinite(loss) || hasExploded(loss)) {
      return false;
    }
    oneClassWorkers = (int) sums[2 * metrics.length()];
    RoundSummary summary =
        new RoundSummary(
            round.round(),
            round.workers(),
            round.dropouts(),
            loss,
            metrics.metrics(sums, 0),
            metrics.metrics(sums, metrics.length()),
            round.seconds(),
            round.saturated(),
            round.bytes());
    rounds.add(summary);
    listener.roundFinished(summary);
    return true;
  }

  private boolean hasExploded(double loss) {
    if (rounds.isEmpty()) {
      return false;
    }
    double initial = rounds.get(0).loss();
    return initial > 0.0 && loss > plan.divergenceFactor() * initial;
  }

  private String exploded() {
    return String.format(
        Locale.ROOT,
        "the mean training loss is not finite or exceeds %s times the initial model's"
            + " (algorithm.divergence-factor)",
        plan.divergenceFactor());
  }

  private TrainingResult diverged(int round, double[] lastGood, String why) {
    String advice =
        round == 0
            ? "; labels or features are too large: standardise or rescale them"
            : "; lower algorithm.local.step-size";
    String message = "training diverged in round " + round + ": " + why + advice;
    return result(lastGood, Optional.of(new Divergence(round, message)));
  }

  private TrainingResult result(double[] model, Optional<Divergence> divergence) {
    return new TrainingResult(
        new Coefficients(plan.shape(), scaling.toRaw(model)),
        List.copyOf(rounds),
        oneClassWorkers,
        divergence);
  }
}
