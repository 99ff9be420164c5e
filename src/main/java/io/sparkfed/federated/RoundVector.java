package io.sparkfed.federated;

/**
 * The vector that leaves a worker in a round.
 *
 * @param scaled number of leading coordinates that share one scale
 * @param extras number of the others, sums of any magnitude
 */
public record RoundVector(int scaled, int extras) {

  /**
   * Returns that of a training; what {@link LocalWork} and {@link PooledWork} make. What chooses
   * its optimizer by the number of rows is taken to know none.
   */
  public static RoundVector of(TrainingPlan plan, int workers) {
    int size = plan.shape().size();
    int evaluation = LocalWork.evaluationLength(plan.metrics());
    if (plan.pooled().isEmpty()) {
      return new RoundVector(size, 1 + evaluation + 1);
    }
    boolean needsHessian =
        plan.pooled().get().chooser().choose(Double.NaN, workers).optimizer().needsHessian();
    int scaled = PooledRounds.scaledLength(size, needsHessian);
    int derivatives = size + (needsHessian ? PooledRounds.hessianLength(size) : 0);
    return new RoundVector(scaled, derivatives - scaled + 2 + plan.shape().outputs() + evaluation);
  }
}
