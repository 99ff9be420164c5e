package io.sparkfed.federated.exact;

import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.model.Standardize;
import java.util.Arrays;

/**
 * The penalties of coefficients in training units: {@code l1[j] |w[j]| + l2[j] w[j]² / 2}.
 *
 * @param l1 for each coefficient, 0 for intercepts
 * @param l2 likewise
 */
record UnitPenalty(double[] l1, double[] l2) {

  /** Returns the plan's penalties, which are of raw units unless those of the plan are others. */
  static UnitPenalty of(TrainingPlan plan, Scaling scaling) {
    ModelShape shape = plan.shape();
    double[] l1 = new double[shape.size()];
    double[] l2 = new double[shape.size()];
    double[] factors = scaling.weightFactors();
    for (int j = 0; j < shape.weightCount(); j++) {
      double toPenalised =
          plan.standardize() == Standardize.NONE ? factors[j % factors.length] : 1.0;
      l2[j] = plan.l2() * toPenalised * toPenalised;
      l1[j] = plan.l1() * toPenalised;
    }
    return new UnitPenalty(l1, l2);
  }

  /** Returns a value with the squares' penalty, whose slope is added to {@code gradient}. */
  double added(double value, double[] model, double[] gradient) {
    double sum = value;
    for (int j = 0; j < l2.length; j++) {
      gradient[j] += l2[j] * model[j];
      sum += 0.5 * l2[j] * model[j] * model[j];
    }
    return sum;
  }

  /** Returns the objective. */
  double objective(double smooth, double[] model) {
    double sum = smooth;
    for (int j = 0; j < l1.length; j++) {
      sum += l1[j] * Math.abs(model[j]);
    }
    return sum;
  }

  /** A feature that is constant has no penalty in training units, and no slope either. */
  double leastCurvature() {
    return Arrays.stream(l2).filter(penalty -> penalty > 0.0).min().orElse(0.0);
  }
}
