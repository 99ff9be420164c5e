package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;

/** What leaves a worker in a round. */
public final class RoundLayout {
  private RoundLayout() {}

  /**
   * Returns the layout of a training's rounds. What chooses its optimizer by the number of rows is
   * taken to know none.
   */
  public static Layout of(TrainingPlan plan, int workers) {
    return plan.exact()
        .map(
            exact ->
                SummedDerivatives.layout(
                    plan.shape(),
                    exact.chooser().choose(Double.NaN, workers).optimizer().needsHessian(),
                    plan.metrics()))
        .orElseGet(() -> LocalTraining.layout(plan.shape(), plan.metrics()));
  }
}
