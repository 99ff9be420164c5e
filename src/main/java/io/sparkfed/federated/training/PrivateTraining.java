package io.sparkfed.federated.training;

import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.TimedFederation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.Measurements;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.CheckpointListener;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.TrainingState.Cost;
import io.sparkfed.federated.noised.NoisedWork;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Coefficients;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The loop of a private training, at the driver: a fixed number of noised sums, whatever comes out.
 * Nothing is evaluated before the last round, and nothing stops it early, as each look at the rows
 * would be a release. The finished model is evaluated once, on test rows if there are some: they
 * are others than those that it was trained from, so that costs no row more. Where whole workers
 * are hidden it does, and is part of the budget.
 */
final class PrivateTraining {
  private final KeyVisits<Shard> phases;
  private final TimedFederation<Shard> federation;
  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final CheckpointListener checkpoints;
  private final RoundReports reports;
  private final NoisedWork work;

  PrivateTraining(
      KeyVisits<Shard> phases,
      TimedFederation<Shard> federation,
      TrainingPlan plan,
      CheckpointListener checkpoints,
      RoundReports reports) {
    this.phases = phases;
    this.federation = federation;
    this.plan = plan;
    this.privacy = plan.privacy().orElseThrow();
    this.checkpoints = checkpoints;
    this.reports = reports;
    this.work = NoisedWork.of(plan, federation.workers().size());
  }

  /** Trains from the zero model. */
  TrainingResult train() {
    phases.enter(RunPhase.MOMENTS);
    federation.restart();
    work.begin(federation);
    return rounds(0, costOfBeginning());
  }

  /** Goes on from a state: what was opened is not asked again. */
  TrainingResult resume(TrainingState from) {
    reports.goOnAfter(from.rounds());
    work.restore(from.work());
    return rounds(from.round(), from.unreported());
  }

  private TrainingResult rounds(int done, Cost unreported) {
    phases.enter(RunPhase.ROUNDS);
    Cost last = unreported;
    int all = work.hasRounds() ? plan.rounds() : 0;
    for (int round = done + 1; round <= all; round++) {
      List<String> workers = federation.workers();
      federation.restart();
      Visit visit =
          new Visit(
              String.format(
                  Locale.ROOT,
                  "round %d/%d: %s (%d workers)",
                  round,
                  all,
                  work.purpose(),
                  workers.size()),
              round,
              workers);
      Opened<double[]> opened = work.round(federation, visit);
      if (round > 1) {
        reports.unevaluated(last);
      }
      last = cost(round, opened.workers(), opened.dropouts(), opened.messageBytes());
      checkpoints.reached(
          new TrainingState(
              round,
              opened.value(),
              opened.value(),
              Optional.empty(),
              Optional.empty(),
              reports.rounds(),
              last,
              work.saved()));
    }
    phases.enter(RunPhase.STATISTICS);
    Optional<FitStatistics> statistics = work.statistics(federation);
    NoisedFigures figures =
        new NoisedFigures(
            work.evaluate(federation, AskedRows.TRAIN), work.evaluate(federation, AskedRows.TEST));
    reports.evaluated(last, figures);
    List<Message> notes = new ArrayList<>(work.notes());
    notes.addAll(figures.notes());
    return new TrainingResult(
        new Coefficients(plan.shape(), privacy.cut().scaling().toRaw(work.model())),
        reports.rounds(),
        reports.oneClassWorkers(),
        Optional.empty(),
        statistics,
        Optional.empty(),
        Optional.of(Accounts.of(privacy, work.honestWorkers(), work.releases())),
        notes);
  }

  private Cost costOfBeginning() {
    return cost(work.hasRounds() ? 0 : 1, federation.workers().size(), 0, 0);
  }

  private Cost cost(int round, int workers, int dropouts, long bytes) {
    TimedFederation.Times times = federation.times();
    return new Cost(
        round,
        workers,
        dropouts,
        times.seconds(),
        Measurements.none().with(Measurement.BYTES, bytes),
        times.byPhase());
  }
}
