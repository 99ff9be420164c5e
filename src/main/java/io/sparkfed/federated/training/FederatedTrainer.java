package io.sparkfed.federated.training;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.TimedFederation;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.CheckpointListener;
import io.sparkfed.federated.EvaluationSums;
import io.sparkfed.federated.RoundWork;
import io.sparkfed.federated.RoundWork.Next;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingResult.Divergence;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.TrainingState.Cost;
import io.sparkfed.federated.TrainingState.Moments;
import io.sparkfed.federated.survey.FeatureRanges;
import io.sparkfed.federated.survey.FederatedMoments;
import io.sparkfed.federated.survey.HeldOutRows;
import io.sparkfed.federated.training.RoundVisits.Visited;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Scaling;
import io.sparkfed.server.Search.Ending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The training loop, at the driver.
 *
 * <p>Each visit evaluates the model it brings and trains from it, so one visit a round is enough:
 * the evaluation of round k's model comes with round k + 1, that of the last round with one visit
 * more. A round is reported when its model has been evaluated.
 *
 * <p>What fills a round is a {@link RoundWork}: local training and averaging, or sums of
 * derivatives and a step of an optimizer. The latter may try a model and take it back; the result
 * is the best one, and the last round reported is the result's.
 *
 * <p>One-shot: an instance trains once.
 */
public final class FederatedTrainer {
  private static final Message NOT_EVALUATED =
      Message.of(
          "WARNING: the last model is not evaluated, nor checked for divergence: a worker stayed"
              + " away, and metrics of the others beside earlier ones of all would tell that one's");

  private final KeyVisits<Shard> phases;
  private final TimedFederation<Shard> federation;
  private final TrainingPlan given;
  private final TrainingListener listener;
  private final CheckpointListener checkpoints;
  private final RoundReports reports;
  private final List<Message> notes = new ArrayList<>();
  private Optional<Moments> moments = Optional.empty();

  /** The plan of the rounds, once it is known who holds test rows. */
  private TrainingPlan plan;

  private Scaling scaling;
  private RoundWork work;
  private ChosenRounds chosen;
  private HeldOutRows heldOut;
  private RoundVisits visits;
  private RoundMetrics metrics;
  private Optional<SameRows> sameRows = Optional.empty();

  /** Prepares a training. */
  public FederatedTrainer(
      Federation<Shard> federation, TrainingPlan plan, TrainingListener listener) {
    this(federation, plan, listener, CheckpointListener.NONE);
  }

  /** Prepares a training that tells of the states it can go on from. */
  public FederatedTrainer(
      Federation<Shard> federation,
      TrainingPlan plan,
      TrainingListener listener,
      CheckpointListener checkpoints) {
    this.phases = new KeyVisits<>(federation, listener::entered);
    this.federation = new TimedFederation<>(phases, System::nanoTime);
    this.given = plan;
    this.plan = plan;
    this.listener = listener;
    this.reports = new RoundReports(listener);
    this.checkpoints = checkpoints;
  }

  /**
   * Trains from the zero model.
   *
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   * @throws io.sparkfed.data.DataException if the rows do not determine the model
   * @throws IllegalStateException if called twice
   */
  public TrainingResult train() {
    requireUnused();
    return closed(this::fromZero);
  }

  private TrainingResult fromZero() {
    if (given.privacy().isPresent()) {
      return privately().train();
    }
    phases.enter(RunPhase.MOMENTS);
    Optional<FederatedMoments.Found> found = WantedMoments.of(federation, plan);
    moments = found.map(FederatedMoments.Found::moments);
    prepare();
    fillWith(chosen.begin(found.map(FederatedMoments.Found::labels)));
    double[] model = work.start();
    return rounds(1, model, model, Optional.empty(), Cost.NONE);
  }

  private TrainingResult closed(Supplier<TrainingResult> training) {
    SumFactory sums = plan.sums();
    return sums.endedAfter(federation, training).noting(sums.notes());
  }

  /**
   * Goes on from a state of a training with the same plan over the same rows, and ends with the
   * same bits. The listener hears of the rounds that were not reported then.
   *
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   * @throws io.sparkfed.data.DataException if all workers take part and their rows have another
   *     weight than then
   * @throws IllegalArgumentException if the state is not one of such a plan
   * @throws IllegalStateException if called twice
   */
  public TrainingResult resume(TrainingState from) {
    requireUnused();
    int size = plan.shape().size();
    if (from.round() < 1 || from.model().length != size || from.best().length != size) {
      throw new IllegalArgumentException(
          "a state must be one after a round, of a model with " + size + " coefficients");
    }
    return closed(() -> after(from));
  }

  private PrivateTraining privately() {
    return new PrivateTraining(phases, federation, given, checkpoints, reports);
  }

  private TrainingResult after(TrainingState from) {
    if (given.privacy().isPresent()) {
      return privately().resume(from);
    }
    moments = from.moments();
    phases.enter(RunPhase.MOMENTS);
    prepare();
    fillWith(chosen.restore(from.work()));
    reports.goOnAfter(from.rounds());
    if (from.unreported().workers() == federation.workers().size()) {
      sameRows = reports.last().map(SameRows::new);
    }
    return rounds(
        from.round() + 1,
        from.model(),
        from.best(),
        from.ending().map(Ending::valueOf),
        from.unreported());
  }

  private void requireUnused() {
    if (chosen != null) {
      throw new IllegalStateException("a trainer trains once");
    }
  }

  private void prepare() {
    heldOut = HeldOutRows.count(federation, given);
    heldOut.note().ifPresent(notes::add);
    if (RoundVisits.isSampled(given)) {
      notes.add(
          Message.of(
              "cohorts are samples (",
              Hint.SAMPLED_COHORTS,
              "): a model is evaluated by everybody, every ",
              given.cohort().evaluatedEvery(),
              " rounds; and sums over cohorts that differ can be subtracted from each other, so many"
                  + " rounds tell to a power of two what each worker weighs, and its own model,"
                  + " whatever ",
              Hint.AGGREGATION_MODE,
              " is"));
    }
    plan = heldOut.ofRounds();
    scaling =
        moments
            .map(found -> FederatedMoments.scaling(plan.shape(), found))
            .orElseGet(() -> Scaling.identity(plan.shape()));
    chosen = new ChosenRounds(federation, plan, scaling, moments, listener, phases);
    metrics = new RoundMetrics(federation, plan, heldOut, scaling);
  }

  private void fillWith(RoundWork next) {
    work = next;
    visits = new RoundVisits(federation, plan, heldOut, scaling, work);
  }

  private TrainingResult rounds(
      int first, double[] start, double[] best, Optional<Ending> howSoFar, Cost unreported) {
    phases.enter(RunPhase.ROUNDS);
    double[] model = start;
    double[] lastGood = best;
    Optional<Ending> ending = howSoFar;
    Cost previous = unreported;
    for (int round = first; ; round++) {
      boolean train = ending.isEmpty() && round <= plan.rounds();
      Visited visited;
      try {
        visited = visits.visit(round, model, train);
      } catch (NonFiniteUpdateException e) {
        Optional<double[]> instead = train ? work.afterOverflow() : Optional.empty();
        if (instead.isEmpty()) {
          return train
              ? divergedInTraining(round, model, lastGood, previous, e)
              : diverged(previous.round(), lastGood, Message.of(e.getMessage()));
        }
        reports.unevaluated(previous);
        previous = Cost.nothingOf(round);
        model = instead.get();
        reached(model, lastGood, ending, previous);
        continue;
      }
      requireSameRows(visited);
      if (!isAcceptable(visited)) {
        return diverged(previous.round(), lastGood, exploded());
      }
      Next next = visited.answer().next();
      lastGood = next.best();
      ending = next.ending().or(() -> train ? Optional.empty() : Optional.of(Ending.EXHAUSTED));
      double[] following = ending.equals(Optional.of(Ending.EXHAUSTED)) ? lastGood : next.model();
      boolean isResult = ending.isPresent() && Arrays.equals(following, model);
      report(previous, visited, isResult ? Optional.of(model) : Optional.empty());
      if (isResult) {
        return ended(ending.get(), model, previous);
      }
      previous = visited.cost();
      model = following;
      if (ending.isEmpty() && chosen.isLate(round)) {
        fillWith(chosen.takeNext(lastGood));
        model = work.start();
      }
      reached(model, lastGood, ending, previous);
    }
  }

  private void reached(double[] model, double[] best, Optional<Ending> ending, Cost unreported) {
    if (checkpoints == CheckpointListener.NONE) {
      return;
    }
    checkpoints.reached(
        new TrainingState(
            unreported.round(),
            model,
            best,
            ending.map(Ending::name),
            moments,
            reports.rounds(),
            unreported,
            chosen.saved()));
  }

  /** After a resumption, and only once. */
  private void requireSameRows(Visited visited) {
    Optional<SameRows> then = sameRows;
    sameRows = Optional.empty();
    if (visited.cost().workers() == federation.workers().size()) {
      visited
          .evaluation()
          .ifPresent(
              sums ->
                  then.ifPresent(
                      rows ->
                          rows.require(
                              metrics.ofTraining(visited.answer(), sums), metrics.ofTest(sums))));
    }
  }

  /** The training ended at a model that has just been evaluated. */
  private TrainingResult ended(Ending how, double[] model, Cost previous) {
    notes.addAll(work.notes());
    if (how == Ending.DIVERGED) {
      return diverged(previous.round(), model, exploded());
    }
    Verdict verdict = Verdict.of(how, plan, work, reports.hasLowered());
    verdict.note().ifPresent(notes::add);
    return verdict.isOptimum()
        ? result(model, Optional.empty(), work.statistics(federation, model, notes::add))
        : result(model, verdict.failure().map(why -> new Divergence(previous.round(), why)));
  }

  private TrainingResult divergedInTraining(
      int round, double[] model, double[] lastGood, Cost previous, NonFiniteUpdateException cause) {
    try {
      Visited last = visits.visit(round, model, false);
      if (isAcceptable(last)) {
        report(previous, last, Optional.of(model));
        String why =
            FeatureRanges.tooLarge(federation, plan).stream()
                .mapToObj(j -> ": feature " + (j + 1) + " has values larger than 1e24 in size")
                .collect(Collectors.joining());
        return diverged(round, model, Message.of(cause.getMessage(), why));
      }
      return diverged(previous.round(), lastGood, exploded());
    } catch (NonFiniteUpdateException e) {
      return diverged(previous.round(), lastGood, Message.of(e.getMessage()));
    }
  }

  private boolean isAcceptable(Visited visited) {
    if (visited.evaluation().isEmpty()) {
      return true;
    }
    double loss = plan.metrics().meanLoss(visited.evaluation().get().train(), 0);
    return Double.isFinite(loss) && (!hasExploded(loss) || work.takesBack());
  }

  /**
   * Reports the round whose model was evaluated.
   *
   * @param result the model in training units, where the training ends with it
   */
  private void report(Cost round, Visited visited, Optional<double[]> result) {
    if (visited.evaluation().isEmpty()) {
      reports.unevaluated(round);
      if (result.isPresent()) {
        notes.add(NOT_EVALUATED);
      }
      return;
    }
    EvaluationSums sums = visited.evaluation().get();
    Map<String, Double> train = metrics.ofTraining(visited.answer(), sums);
    Map<String, Double> test = new LinkedHashMap<>(metrics.ofTest(sums));
    result.ifPresent(
        model -> {
          phases.enter(RunPhase.STATISTICS);
          metrics.refine(model, sums, train, test, notes::add);
        });
    double loss = plan.metrics().meanLoss(sums.train(), 0);
    reports.evaluated(round, (int) sums.oneLabelWorkers(), loss, train, test);
  }

  private boolean hasExploded(double loss) {
    double initial = reports.initialLoss();
    return initial > 0.0 && loss > plan.divergenceFactor() * initial;
  }

  private Message exploded() {
    return Message.of(
        "the mean training loss is not finite or exceeds ",
        plan.divergenceFactor(),
        " times the initial model's (",
        Hint.DIVERGENCE_FACTOR,
        ")");
  }

  private TrainingResult diverged(int round, double[] lastGood, Message why) {
    Message advice =
        round == 0
            ? Message.of("; labels or features are too large: standardize or rescale them")
            : Message.of("; lower ", work.stepSize());
    Message message = Message.of("training diverged in round ", round, ": ", why, advice);
    return result(lastGood, Optional.of(new Divergence(round, message)));
  }

  private TrainingResult result(double[] model, Optional<Divergence> divergence) {
    return result(model, divergence, Optional.empty());
  }

  private TrainingResult result(
      double[] model, Optional<Divergence> divergence, Optional<FitStatistics> statistics) {
    return new TrainingResult(
        new Coefficients(plan.shape(), scaling.toRaw(model)),
        reports.rounds(),
        reports.oneClassWorkers(),
        divergence,
        statistics,
        chosen.choice(),
        Optional.empty(),
        List.copyOf(notes));
  }
}
