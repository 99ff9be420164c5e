package io.sparkfed.federated.training;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.EvaluationSums;
import io.sparkfed.federated.RoundWork.Answer;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.survey.HeldOutRows;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Scaling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The metrics of a round's model, from the sums that a visit brought. */
final class RoundMetrics {
  private static final Message NOT_REFINED =
      Message.of(
          "the AUC is only as exact as its aucError: a sum for narrower bins could not be opened");

  private final Federation<Shard> federation;
  private final TrainingPlan plan;
  private final HeldOutRows heldOut;
  private final Scaling scaling;

  RoundMetrics(
      Federation<Shard> federation, TrainingPlan plan, HeldOutRows heldOut, Scaling scaling) {
    this.federation = federation;
    this.plan = plan;
    this.heldOut = heldOut;
    this.scaling = scaling;
  }

  /** Returns the metrics of the training rows, and the objective where there is one. */
  Map<String, Double> ofTraining(Answer answer, EvaluationSums evaluation) {
    Map<String, Double> train = new LinkedHashMap<>(plan.metrics().metrics(evaluation.train(), 0));
    answer.objective().ifPresent(objective -> train.put("objective", objective));
    return train;
  }

  /**
   * Makes the AUC of a result as exact as it should be.
   *
   * @param model in training units
   * @param note hears why it could not be made
   */
  void refine(
      double[] model,
      EvaluationSums evaluation,
      Map<String, Double> train,
      Map<String, Double> test,
      Consumer<Message> note) {
    List<String> testers = heldOut.haveOwnVisit() ? heldOut.cohort() : federation.workers();
    AucRefinement auc = new AucRefinement(federation, plan, scaling);
    try {
      train.putAll(auc.refined(federation.workers(), AskedRows.TRAIN, model, evaluation.train()));
      if (!test.isEmpty()) {
        test.putAll(auc.refined(testers, AskedRows.TEST, model, evaluation.test()));
      }
    } catch (AggregationException e) {
      note.accept(NOT_REFINED);
    }
  }

  /** Returns no metrics where fewer workers than the least number have test rows in the sums. */
  Map<String, Double> ofTest(EvaluationSums evaluation) {
    return heldOut.areEnough(evaluation.testHolders())
        ? plan.metrics().metrics(evaluation.test(), 0)
        : Map.of();
  }
}
