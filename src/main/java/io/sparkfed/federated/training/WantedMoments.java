package io.sparkfed.federated.training;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.ExactPlan;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.survey.FeatureRanges;
import io.sparkfed.federated.survey.FederatedMoments;
import io.sparkfed.model.Standardize;
import java.util.Optional;

/** The moments of all rows, where a training needs them. */
final class WantedMoments {
  private WantedMoments() {}

  /**
   * Returns what was found; empty where nothing needs it.
   *
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   * @throws io.sparkfed.data.DataException if a feature is too large
   */
  static Optional<FederatedMoments.Found> of(Federation<Shard> federation, TrainingPlan plan) {
    try {
      return wanted(federation, plan);
    } catch (NonFiniteUpdateException e) {
      FeatureRanges.requireNoneTooLarge(federation, plan, e);
      throw e;
    }
  }

  private static Optional<FederatedMoments.Found> wanted(
      Federation<Shard> federation, TrainingPlan plan) {
    boolean federated = plan.standardize() == Standardize.FEDERATED;
    if (plan.exact().isEmpty()) {
      return federated ? Optional.of(FederatedMoments.of(federation, plan)) : Optional.empty();
    }
    boolean conditioned =
        plan.standardize() == Standardize.NONE
            && plan.exact().get().conditioning() == ExactPlan.Conditioning.STANDARDIZED;
    return federated || conditioned
        ? Optional.of(FederatedMoments.ofAllThatMatters(federation, plan))
        : Optional.empty();
  }
}
