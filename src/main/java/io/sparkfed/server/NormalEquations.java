package io.sparkfed.server;

import io.sparkfed.math.Vectors;
import java.util.Optional;

/**
 * Solves {@code H w = -g} once: the minimum of a quadratic objective, in one round. Of anything
 * else it is one step of Newton's method.
 */
public record NormalEquations() implements ExactOptimizer {

  @Override
  public boolean needsHessian() {
    return true;
  }

  @Override
  public Search begin(double[] start, double[] l1) {
    NoL1.require(l1, "normal equations");
    return new First(start.clone());
  }

  @Override
  public Search restore(SavedSearch saved, double[] l1) {
    return saved.isAt(SavedSearch.FIRST) ? new First(saved.vector("point")) : saved.ended();
  }

  private record First(double[] point) implements Search {
    @Override
    public double[] best() {
      return point;
    }

    @Override
    public Search next(PointEvaluation at) {
      double[] solution = point.clone();
      Vectors.addScaled(1.0, Newton.direction(at), 0, solution, solution.length);
      return new Ended(solution, Ending.CONVERGED);
    }

    @Override
    public SavedSearch saved() {
      return SavedSearch.first(point);
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }
}
