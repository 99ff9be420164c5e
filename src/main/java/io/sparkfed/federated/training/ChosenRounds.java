package io.sparkfed.federated.training;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.AlgorithmChoice;
import io.sparkfed.federated.ExactPlan;
import io.sparkfed.federated.LabelSums;
import io.sparkfed.federated.RoundWork;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Moments;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.federated.averaging.AveragedRounds;
import io.sparkfed.federated.exact.ExactRounds;
import io.sparkfed.federated.exact.StartingCurvature;
import io.sparkfed.federated.exact.StartingPoint;
import io.sparkfed.federated.exact.WarmStart;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Scaling;
import java.util.Optional;

/**
 * What fills the rounds of a training: averaging, or the search of the chosen algorithm, until
 * another takes its place.
 */
final class ChosenRounds {
  private final Federation<Shard> federation;
  private final TrainingPlan plan;
  private final Scaling scaling;
  private final Optional<Moments> moments;
  private final TrainingListener listener;
  private final KeyVisits<Shard> phases;

  private Optional<AlgorithmChoice> choice;
  private boolean hasSwitched;
  private RoundWork work;

  /**
   * Chooses.
   *
   * @param plan the plan of the rounds
   * @param moments of the rows, where somebody asked
   * @param listener hears of the choice, and of each that takes its place
   * @param phases hears when it is found where to begin
   */
  ChosenRounds(
      Federation<Shard> federation,
      TrainingPlan plan,
      Scaling scaling,
      Optional<Moments> moments,
      TrainingListener listener,
      KeyVisits<Shard> phases) {
    this.federation = federation;
    this.plan = plan;
    this.scaling = scaling;
    this.moments = moments;
    this.listener = listener;
    this.phases = phases;
    this.choice =
        plan.exact()
            .map(ExactPlan::chooser)
            .map(chooser -> chooser.choose(rows(), federation.workers().size()));
  }

  /**
   * Finds where to begin.
   *
   * @param labels sums that were opened before; empty to ask for them where they matter
   */
  RoundWork begin(Optional<LabelSums> labels) {
    tell();
    work =
        choice
            .<RoundWork>map(chosen -> begun(chosen, labels))
            .orElseGet(() -> new AveragedRounds(plan, scaling));
    return work;
  }

  private ExactRounds begun(AlgorithmChoice chosen, Optional<LabelSums> labels) {
    phases.enter(RunPhase.WARM_START);
    StartingPoint start = StartingPoint.of(federation, plan, labels);
    Optional<double[]> warm =
        chosen
            .warmStart()
            .flatMap(solver -> WarmStart.of(federation, plan, scaling, solver, start.point()));
    Optional<SymmetricMatrix> curvature =
        chosen.preconditioned()
            ? StartingCurvature.of(federation, plan, scaling, weight())
            : Optional.empty();
    return new ExactRounds(plan, scaling, chosen.optimizer(), weight(), start, warm, curvature);
  }

  /**
   * Goes on from a state: a search that was begun has its own, wherever it started.
   *
   * @throws IllegalArgumentException if the state is not one of such a plan
   */
  RoundWork restore(Work saved) {
    if (Switched.is(saved)) {
      choice = Optional.of(Switched.later(choice).choice());
      hasSwitched = true;
    }
    tell();
    work = choice.<RoundWork>map(this::goneOn).orElseGet(() -> new AveragedRounds(plan, scaling));
    work.restore(Switched.unmarked(saved));
    return work;
  }

  private ExactRounds goneOn(AlgorithmChoice chosen) {
    phases.enter(RunPhase.WARM_START);
    return search(chosen, StartingPoint.zero(plan.shape()));
  }

  /** Returns whether a search that hasn't ended after a round is to be given up. */
  boolean isLate(int round) {
    return Switched.isDue(choice, round);
  }

  /**
   * Gives up a search that takes too many rounds for another from the best model so far; by their
   * number alone, so that a resumed training does the same.
   */
  RoundWork takeNext(double[] best) {
    AlgorithmChoice chosen = Switched.later(choice).choice();
    choice = Optional.of(chosen);
    hasSwitched = true;
    tell();
    work = search(chosen, new StartingPoint(best, Double.NaN));
    return work;
  }

  private ExactRounds search(AlgorithmChoice chosen, StartingPoint start) {
    return new ExactRounds(
        plan, scaling, chosen.optimizer(), weight(), start, Optional.empty(), Optional.empty());
  }

  /** Returns the state to go on from. */
  Work saved() {
    return hasSwitched ? Switched.marked(work.saved()) : work.saved();
  }

  /** Returns the algorithm of an exact fit; empty for averaging. */
  Optional<AlgorithmChoice> choice() {
    return choice;
  }

  private void tell() {
    choice.flatMap(AlgorithmChoice::note).ifPresent(listener::algorithmChosen);
  }

  private double rows() {
    return moments.map(Moments::rows).orElse(Double.NaN);
  }

  private double weight() {
    return moments.map(Moments::weight).orElse(Double.NaN);
  }
}
