package io.sparkfed.federated.training;

import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.aggregate.TimedFederation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.Measurements;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.CheckpointListener;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.TrainingState.Cost;
import io.sparkfed.federated.noised.NoisedFit;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Coefficients;
import io.sparkfed.privacy.GaussianCurve;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The loop of a private training, at the driver: a fixed number of noised sums, whatever comes out.
 * Nothing is evaluated before the last round, and nothing stops it early, as each look at the rows
 * would be a release. The finished model is evaluated once, on test rows if there are some: they
 * are others than those that it was trained from, so that costs no row more.
 */
final class PrivateTraining {
  private final KeyVisits<Shard> phases;
  private final TimedFederation<Shard> federation;
  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final CheckpointListener checkpoints;
  private final RoundReports reports;
  private final NoisedFit fit;

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
    this.fit = new NoisedFit(plan, federation.workers().size());
  }

  /** Trains from the zero model. */
  TrainingResult train() {
    phases.enter(RunPhase.MOMENTS);
    federation.restart();
    fit.begin(federation);
    return rounds(0);
  }

  /** Goes on from a state: what was opened is not asked again. */
  TrainingResult resume(TrainingState from) {
    reports.goOnAfter(from.rounds());
    fit.restore(from.work());
    return rounds(from.round());
  }

  private TrainingResult rounds(int done) {
    phases.enter(RunPhase.ROUNDS);
    Cost last = done == 0 ? costOfBeginning() : Cost.nothingOf(done);
    int all = fit.hasRounds() ? plan.rounds() : 0;
    for (int round = done + 1; round <= all; round++) {
      List<String> workers = federation.workers();
      federation.restart();
      Visit visit =
          new Visit(
              String.format(
                  Locale.ROOT, "round %d/%d: gradient (%d workers)", round, all, workers.size()),
              round,
              workers);
      Opened<double[]> opened = fit.round(federation, visit);
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
              fit.saved()));
    }
    phases.enter(RunPhase.STATISTICS);
    Optional<NoisedMetrics> ofTraining = fit.evaluate(federation, AskedRows.TRAIN);
    Optional<NoisedMetrics> ofTest = fit.evaluate(federation, AskedRows.TEST);
    reports.evaluated(last, ofTraining, ofTest);
    List<Message> notes = new ArrayList<>(fit.notes());
    ofTraining.flatMap(found -> hidden("training", found)).ifPresent(notes::add);
    ofTest.flatMap(found -> hidden("test", found)).ifPresent(notes::add);
    return new TrainingResult(
        new Coefficients(plan.shape(), privacy.cut().scaling().toRaw(fit.model())),
        reports.rounds(),
        reports.oneClassWorkers(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(account()),
        notes);
  }

  /** A figure that is missing is told of, as nobody could say why otherwise. */
  private static Optional<Message> hidden(String rows, NoisedMetrics found) {
    if (found.metrics().isEmpty()) {
      return Optional.of(
          Message.of(
              "noise hides whether there are ", rows, " rows: no figure of them can be told"));
    }
    String names =
        found.metrics().entrySet().stream()
            .filter(metric -> metric.getValue().isNaN())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(Message.of("noise hides these figures of ", rows, " rows: ", names));
  }

  private Cost costOfBeginning() {
    return cost(fit.hasRounds() ? 0 : 1, federation.workers().size(), 0, 0);
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

  private Zcdp spent(RowPart part) {
    return fit.releases().stream()
        .filter(release -> release.rows().equals(part.name().toLowerCase(Locale.ROOT)))
        .map(release -> new Zcdp(new BigDecimal(release.rho())))
        .reduce(Zcdp.NOTHING, Zcdp::then);
  }

  private PrivacyAccount account() {
    Zcdp spent = spent(RowPart.TRAIN).beside(spent(RowPart.TEST));
    return new PrivacyAccount(
        privacy.unit(),
        privacy.epsilon(),
        privacy.delta(),
        spent.rho().doubleValue(),
        GaussianCurve.epsilon(spent.mu(), privacy.delta()),
        GaussianCurve.advantage(spent.mu()),
        fit.honestWorkers(),
        privacy.cut().rowsOfPerson(),
        fit.releases());
  }
}
