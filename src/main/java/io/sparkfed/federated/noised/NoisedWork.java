package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.hint.Message;
import java.util.List;
import java.util.Optional;

/**
 * What fills a training from noised sums, at the driver: what is asked, and how often, depends on
 * nothing but the plan and what was opened before. One-shot.
 */
public interface NoisedWork {

  /**
   * Returns what a plan wants.
   *
   * @param workers how many are asked
   */
  static NoisedWork of(TrainingPlan plan, int workers) {
    return switch (plan.privacy().orElseThrow().method()) {
      case GRADIENTS, STATISTICS -> new NoisedFit(plan, workers);
      case UPDATES -> new NoisedAverage(plan, workers);
    };
  }

  /** Returns what is summed in a round, as the user reads it. */
  String purpose();

  /** Returns of how many workers the noise is relied on. */
  int honestWorkers();

  /** Returns whether rounds follow. */
  boolean hasRounds();

  /**
   * Asks what comes before the rounds.
   *
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  void begin(Federation<Shard> federation);

  /**
   * Asks once, and steps.
   *
   * @param visit of the round
   * @return where the step led, in the coordinates of the work
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  Opened<double[]> round(Federation<Shard> federation, Visit visit);

  /** Returns the model in the units of the cut's scaling. */
  double[] model();

  /**
   * Asks how good the finished model is on some of the rows, once.
   *
   * @return empty where nothing of the budget is for them: then nobody is asked
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  Optional<NoisedMetrics> evaluate(Federation<Shard> federation, AskedRows rows);

  /**
   * Returns standard errors and intervals of the model, which count the noise; empty where none are
   * asked for, and, with a note, where there are none.
   *
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  Optional<FitStatistics> statistics(Federation<Shard> federation);

  /** Returns what was released so far. */
  List<Released> releases();

  /** Returns what must be known of the model, one sentence each. */
  List<Message> notes();

  /** Returns the state after a round. */
  Work saved();

  /**
   * Goes on from a state.
   *
   * @throws IllegalArgumentException if it is none of such a work
   */
  void restore(Work saved);
}
