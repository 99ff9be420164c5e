package io.sparkfed.federated.training;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.TimedFederation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.federated.EvaluationSums;
import io.sparkfed.federated.RoundWork;
import io.sparkfed.federated.RoundWork.Answer;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Cost;
import io.sparkfed.federated.survey.HeldOutRows;
import io.sparkfed.model.Scaling;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The visits of a training's rounds: who is visited, what it costs, and the evaluation of test rows
 * where those have a visit of their own.
 */
final class RoundVisits {
  private static final System.Logger LOG = System.getLogger(RoundVisits.class.getName());

  /** Of a cohort, in a description. */
  private static final int MOST_NAMED = 20;

  private final TimedFederation<Shard> federation;
  private final TrainingPlan plan;
  private final HeldOutRows heldOut;
  private final Scaling scaling;
  private final RoundWork work;

  RoundVisits(
      TimedFederation<Shard> federation,
      TrainingPlan plan,
      HeldOutRows heldOut,
      Scaling scaling,
      RoundWork work) {
    this.federation = federation;
    this.plan = plan;
    this.heldOut = heldOut;
    this.scaling = scaling;
    this.work = work;
  }

  /**
   * What a visit brought, with its cost.
   *
   * @param evaluation of the model; empty where it is not evaluated, or not everybody took part
   */
  record Visited(Answer answer, Optional<EvaluationSums> evaluation, Cost cost) {}

  /**
   * Visits the cohort of a round; where it is a sample, now and then everybody before it.
   *
   * @param model in training units
   * @param train whether to train from it; otherwise it is only evaluated, by everybody
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  Visited visit(int round, double[] model, boolean train) {
    List<String> all = federation.workers();
    List<String> cohort = train ? ofRound(round) : all;
    boolean isSample = cohort.size() < all.size();
    int shown = Math.min(round, plan.rounds());
    federation.restart();
    long bytes = 0;
    Optional<EvaluationSums> evaluation = Optional.empty();
    if (isSample && (round - 1) % plan.cohort().evaluatedEvery() == 0) {
      Opened<Answer> ofAll = work.visit(federation, evaluating(shown, all), model, false);
      evaluation = ofAll.value().evaluation();
      bytes += bytesOf(model, all) + ofAll.messageBytes();
    }
    String whose = isSample ? named(cohort, all.size()) : cohort.size() + " workers";
    Visit visit =
        train
            ? new Visit(described(shown, work.purpose(), whose), shown, cohort)
            : evaluating(shown, all);
    Opened<Answer> opened = work.visit(federation, visit, model, train);
    bytes += bytesOf(model, cohort) + opened.messageBytes();
    evaluation = evaluation.or(opened.value()::evaluation);
    if (heldOut.haveOwnVisit() && evaluation.isPresent()) {
      bytes += bytesOf(model, heldOut.cohort());
      try {
        Opened<NamedVector> ofTest = heldOut.sums(federation, scaling, model);
        evaluation = evaluation.map(sums -> sums.withTest(ofTest.value()));
        bytes += ofTest.messageBytes();
      } catch (CohortException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "no test metrics in round {0}: {1}",
            round,
            e.getMessage());
      }
    }
    TimedFederation.Times times = federation.times();
    return new Visited(
        opened.value(),
        evaluation,
        new Cost(
            round,
            opened.workers(),
            opened.dropouts(),
            times.seconds(),
            opened
                .value()
                .measured()
                .with(Measurement.SATURATED, opened.saturated())
                .with(Measurement.BYTES, bytes),
            times.byPhase()));
  }

  private List<String> ofRound(int round) {
    List<String> all = federation.workers();
    return isSampled(plan) ? plan.cohort().of(all, plan.seed(), round) : all;
  }

  private Visit evaluating(int shown, List<String> all) {
    return new Visit(described(shown, "evaluation", all.size() + " workers"), shown, all);
  }

  private String described(int shown, String purpose, String whose) {
    return String.format(Locale.ROOT, "round %d/%d: %s (%s)", shown, plan.rounds(), purpose, whose);
  }

  private static long bytesOf(double[] model, List<String> cohort) {
    return (long) Double.BYTES * model.length * cohort.size();
  }

  /** Returns whether the cohorts of rounds differ. */
  static boolean isSampled(TrainingPlan plan) {
    return plan.exact().isEmpty() && plan.cohort().isSampled();
  }

  private static String named(List<String> cohort, int all) {
    String names =
        cohort.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
            + (cohort.size() > MOST_NAMED ? ", ..." : "");
    return cohort.size() + " of " + all + " workers: " + names;
  }
}
