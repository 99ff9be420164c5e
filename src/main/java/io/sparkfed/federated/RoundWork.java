package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.Measurements;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.hint.Message;
import io.sparkfed.server.Search;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * What fills the slots of a round: what the workers do with a model, how it is summed, and which
 * model the driver makes of the sum. One-shot, at the driver.
 */
public interface RoundWork {

  /** Returns the model to begin with, in training units. */
  double[] start();

  /** Returns what a visit is for, e.g. "local training". */
  String purpose();

  /**
   * Visits the cohort with a model.
   *
   * @param model in training units
   * @param trains whether to train from it; otherwise it is only evaluated
   * @throws io.sparkfed.aggregate.AggregationException if nothing could be opened
   */
  Opened<Answer> visit(Federation<Shard> federation, Visit visit, double[] model, boolean trains);

  /**
   * Returns the model to try instead of one at which a worker's numbers overflowed; empty where
   * that is the end.
   */
  Optional<double[]> afterOverflow();

  /** Returns whether a model with too large a loss is only a trial, which is taken back. */
  boolean takesBack();

  /** Returns the setting of the step that is too long where training diverges. */
  Message stepSize();

  /** Says why the objective has no minimum, after a method that ended so. */
  Message whyUnbounded();

  /**
   * Returns what statistics says of an optimum that was reached, in training units; empty where
   * nothing.
   *
   * @param note hears what is left out, and why
   */
  Optional<FitStatistics> statistics(
      Federation<Shard> federation, double[] model, Consumer<Message> note);

  /** Returns the state between two visits. */
  Work saved();

  /**
   * Goes on from a state that was saved, before the first visit.
   *
   * @throws IllegalArgumentException if it is not one of this work's
   */
  void restore(Work saved);

  /** Returns what must be known of the result, one sentence each. */
  List<Message> notes();

  /** What a visit brought: the evaluation of the model it took along, and what follows. */
  interface Answer {
    /** Returns the evaluation of the model; empty where not everybody took part. */
    Optional<EvaluationSums> evaluation();

    /** Returns what was measured at the workers beside the evaluation. */
    Measurements measured();

    /** Returns the objective at the model, where the method has one of all rows. */
    OptionalDouble objective();

    /** Returns what comes next. To be called once. */
    Next next();
  }

  /**
   * What comes after a visit.
   *
   * @param model the model to visit with next, or the result
   * @param best the best model evaluated so far
   * @param ending how the method ended; empty while it goes on
   */
  record Next(double[] model, double[] best, Optional<Search.Ending> ending) {}
}
