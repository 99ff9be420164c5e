package io.sparkfed.server;

import io.sparkfed.math.Vectors;
import java.util.Map;
import java.util.Optional;

/**
 * Gradient descent with a constant step on the objective of all rows, one gradient a round: FedSGD
 * (McMahan et al., AISTATS 2017, section 2) with full batches.
 *
 * @param stepSize positive and finite
 * @param tolerance ends when a step changes the objective by at most this part of it; at least 0
 * @param divergenceFactor ends when the objective exceeds this multiple of its first value
 */
public record ExactGradientDescent(double stepSize, double tolerance, double divergenceFactor)
    implements ExactOptimizer {

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public ExactGradientDescent {
    if (!(stepSize > 0.0) || Double.isInfinite(stepSize)) {
      throw new IllegalArgumentException(
          "step-size must be > 0 and finite. Provided value: " + stepSize);
    }
    if (!(tolerance >= 0.0)) {
      throw new IllegalArgumentException("tolerance must be >= 0. Provided value: " + tolerance);
    }
  }

  @Override
  public boolean needsHessian() {
    return false;
  }

  @Override
  public Search begin(double[] start, double[] l1) {
    NoL1.require(l1, "gradient descent");
    return new Walk(this, start.clone(), start.clone(), Double.NaN, Double.NaN);
  }

  @Override
  public Search restore(SavedSearch saved, double[] l1) {
    return saved.isAt(SavedSearch.TRIAL)
        ? new Walk(
            this,
            saved.vector("point"),
            saved.vector("best"),
            saved.number("first"),
            saved.number("value"))
        : saved.ended();
  }

  /** The last point was {@code best}, with the objective {@code value}; NaN before the first. */
  private record Walk(
      ExactGradientDescent descent, double[] point, double[] best, double first, double value)
      implements Search {

    @Override
    public Search next(PointEvaluation at) {
      double start = Double.isNaN(first) ? at.value() : first;
      if (!Double.isFinite(at.value())
          || (start > 0.0 && at.value() > descent.divergenceFactor * start)) {
        return new Ended(best, Ending.DIVERGED);
      }
      if (Math.abs(at.value() - value) <= descent.tolerance * Math.abs(value)) {
        return new Ended(point, Ending.CONVERGED);
      }
      double[] next = point.clone();
      Vectors.addScaled(-descent.stepSize, at.gradient(), 0, next, next.length);
      return new Walk(descent, next, point, start, at.value());
    }

    @Override
    public SavedSearch saved() {
      return new SavedSearch(
          SavedSearch.TRIAL,
          Map.of(
              "point",
              point,
              "best",
              best,
              "first",
              SavedSearch.number(first),
              "value",
              SavedSearch.number(value)));
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }
}
