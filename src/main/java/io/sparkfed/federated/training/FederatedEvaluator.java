package io.sparkfed.federated.training;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.EvaluationSums;
import io.sparkfed.federated.ModelEvaluation;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.TestRows;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.noised.NoisedEvaluation;
import io.sparkfed.federated.survey.HeldOutRows;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Scaling;
import io.sparkfed.privacy.Zcdp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Evaluates a finished model on a federation, through the same sum as training. */
public final class FederatedEvaluator {
  private FederatedEvaluator() {}

  /**
   * Metrics of a cohort.
   *
   * @param train metrics on the training rows, or on all rows without a split; empty where fewer
   *     than the least number of workers hold some
   * @param test metrics on the test rows; empty without a split, and where fewer than the least
   *     number of workers hold some
   * @param noise what noise does to them; none where sums were exact
   * @param privacy what releases with noise cost; empty where there were none
   * @param notes why something is empty, and what was left out of sums, one sentence each
   */
  public record Evaluation(
      Map<String, Double> train,
      Map<String, Double> test,
      MetricNoise noise,
      Optional<PrivacyAccount> privacy,
      List<Message> notes) {}

  /**
   * Evaluates {@code model} on every worker's rows; where rows are hidden, in one release for each
   * part of them that has a budget.
   *
   * @param plan how to aggregate and what to measure; its solver is not used
   * @param model the model as {@link io.sparkfed.federated.TrainingResult#model} gives it
   * @throws io.sparkfed.aggregate.AggregationException if the sums could not be opened
   */
  public static Evaluation evaluate(
      Federation<Shard> federation, TrainingPlan plan, Coefficients model) {
    return noted(
        federation,
        plan,
        () ->
            plan.privacy().isPresent()
                ? noised(federation, plan, plan.privacy().get(), model)
                : evaluated(federation, plan, model));
  }

  /**
   * Evaluates {@code model} without noise, for somebody who may see the rows.
   *
   * @param plan as for {@link #evaluate}; what it says of hidden rows isn't used
   * @throws io.sparkfed.aggregate.AggregationException if the sums could not be opened
   */
  public static Evaluation evaluateOwn(
      Federation<Shard> federation, TrainingPlan plan, Coefficients model) {
    return noted(federation, plan, () -> evaluated(federation, plan, model));
  }

  private static Evaluation noted(
      Federation<Shard> federation, TrainingPlan plan, Supplier<Evaluation> asking) {
    Evaluation found = plan.sums().endedAfter(federation, asking);
    List<Message> notes = new ArrayList<>(found.notes);
    notes.addAll(plan.sums().notes());
    return new Evaluation(found.train, found.test, found.noise, found.privacy, notes);
  }

  private static Evaluation noised(
      Federation<Shard> federation, TrainingPlan plan, PrivatePlan privacy, Coefficients model) {
    NoisedEvaluation evaluation = new NoisedEvaluation(plan, federation.workers().size());
    Zcdp train = privacy.budget().training();
    Zcdp test = privacy.budget().test();
    if (privacy.unit() == HiddenUnit.WORKER) {
      // A worker has rows in both parts, so one of them has it all.
      boolean isSplit = plan.leastHolders().isPresent();
      test = isSplit ? train : Zcdp.NOTHING;
      train = isSplit ? Zcdp.NOTHING : train;
    }
    double[] raw = model.values();
    NoisedFigures found =
        new NoisedFigures(
            evaluation.within(federation, AskedRows.TRAIN, raw, train),
            evaluation.within(federation, AskedRows.TEST, raw, test));
    return new Evaluation(
        found.trainMetrics(),
        found.testMetrics(),
        found.noise(),
        Optional.of(Accounts.of(privacy, evaluation.honestWorkers(), evaluation.releases())),
        found.notes());
  }

  private static Evaluation evaluated(
      Federation<Shard> federation, TrainingPlan plan, Coefficients model) {
    Scaling raw = Scaling.identity(plan.shape());
    HeldOutRows heldOut = HeldOutRows.count(federation, plan);
    List<Message> notes = new ArrayList<>();
    AucRefinement auc = new AucRefinement(federation, plan, raw);
    Map<String, Double> train = Map.of();
    EvaluationSums both = EvaluationSums.none(plan.metrics());
    if (federation.workers().size() >= plan.leastHolders().orElse(1)) {
      both = sums(federation, heldOut.ofRounds(), model);
      train = auc.refined(federation.workers(), AskedRows.TRAIN, model.values(), both.train());
    } else {
      notes.add(
          federation.workers().isEmpty()
              ? Message.of("no worker holds training rows")
              : Message.of(
                  "metrics of training rows are not opened: fewer than ",
                  plan.leastHolders().getAsInt(),
                  " workers (",
                  Hint.MIN_WORKERS,
                  ") hold some"));
    }
    List<String> testers = federation.workers();
    if (heldOut.haveOwnVisit()) {
      testers = heldOut.cohort();
      both = both.withTest(heldOut.sums(federation, raw, model.values()).value());
    }
    Map<String, Double> test =
        heldOut.areEnough(both.testHolders())
            ? auc.refined(testers, AskedRows.TEST, model.values(), both.test())
            : Map.of();
    heldOut.note().ifPresent(notes::add);
    return new Evaluation(train, test, MetricNoise.NONE, Optional.empty(), notes);
  }

  private static EvaluationSums sums(
      Federation<Shard> federation, TrainingPlan plan, Coefficients model) {
    NamedVector sums =
        Ask.workers(
            federation,
            plan.sums(),
            "evaluation",
            new ModelEvaluation(
                plan.metrics(),
                TestRows.of(plan),
                plan.shape(),
                Scaling.identity(plan.shape()),
                model.values()));
    sums.total(ModelEvaluation.WEIGHT);
    return EvaluationSums.of(sums);
  }
}
