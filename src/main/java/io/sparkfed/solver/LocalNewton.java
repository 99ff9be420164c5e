package io.sparkfed.solver;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.SingularMatrixException;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.math.Vectors;
import io.sparkfed.objective.LinearObjective;
import java.util.Optional;

/**
 * Minimizes the local objective by Newton's method; a step that does not lower it enough is halved
 * until it does (Boyd and Vandenberghe, "Convex Optimization", 2004, algorithm 9.5).
 *
 * <p>Of several outputs the start must have the mean 0 over them, as models have ({@link
 * io.sparkfed.model.ModelShape#identified}); from another one only small steps are made in that
 * mean.
 *
 * <p>One worker's rows often don't determine the model: fewer rows than features, or a column that
 * is constant there. A Hessian that is singular within rounding gets a small part of its diagonal
 * added (Levenberg and Marquardt), so that a coordinate the rows say nothing of stays about where
 * it was.
 *
 * @param maxIterations most steps taken, at least 1
 * @param tolerance training ends where no entry of the gradient is larger than this times {@code
 *     max(1, |f|)}; positive and finite
 */
public record LocalNewton(int maxIterations, double tolerance) implements LocalSolver {
  private static final double SUFFICIENT_DECREASE = 1e-4;

  /** By how much, relatively, f may grow by rounding. */
  private static final double ROUNDING = 1e-14;

  private static final double SHORTEST = 0x1p-30;
  private static final double LEAST_DAMPING = 1e-8;
  private static final double MOST_DAMPING = 1.0;

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public LocalNewton {
    Steps.requireAtLeastOne("max-iterations", maxIterations);
    Steps.requireTolerance(tolerance);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the objective has an L1 penalty
   */
  @Override
  public double[] solve(LinearObjective objective, double[] start, SeededRandom random) {
    if (objective.l1() > 0.0) {
      throw new IllegalArgumentException("Newton's method can't have an L1 penalty");
    }
    double[] w = start.clone();
    for (int iteration = 0; iteration < maxIterations; iteration++) {
      LinearObjective.Derivatives at = objective.derivatives(w);
      if (Vectors.maxAbs(at.gradient()) <= tolerance * Math.max(1.0, Math.abs(at.value()))) {
        break;
      }
      double[] from = w;
      Optional<double[]> next = ascent(at).flatMap(ascent -> lower(objective, from, at, ascent));
      if (next.isEmpty()) {
        break;
      }
      w = next.get();
    }
    return w;
  }

  /** Returns {@code H^-1 g}; empty where H is not finite. */
  private static Optional<double[]> ascent(LinearObjective.Derivatives at) {
    SymmetricMatrix hessian = at.hessian().withoutZeroRows();
    double[] diagonal = hessian.diagonal();
    for (double damping = 0.0; damping <= MOST_DAMPING; ) {
      double[] added = new double[diagonal.length];
      Vectors.addScaled(damping, diagonal, 0, added, added.length);
      try {
        return Optional.of(hessian.plusDiagonal(added).cholesky().solve(at.gradient()));
      } catch (SingularMatrixException e) {
        damping = Math.max(LEAST_DAMPING, 10.0 * damping);
      }
    }
    return Optional.empty();
  }

  /** Returns a lower point between w and the full step; empty when there is none. */
  private static Optional<double[]> lower(
      LinearObjective objective, double[] w, LinearObjective.Derivatives at, double[] ascent) {
    double decrement = Vectors.dot(at.gradient(), 0, ascent, ascent.length);
    double slack = ROUNDING * Math.abs(at.value());
    for (double part = 1.0; part >= SHORTEST; part /= 2.0) {
      double[] trial = w.clone();
      Vectors.addScaled(-part, ascent, 0, trial, trial.length);
      double promised = SUFFICIENT_DECREASE * part * decrement;
      double value = objective.value(trial);
      if (value <= at.value() - promised || (promised <= slack && value <= at.value() + slack)) {
        return Optional.of(trial);
      }
    }
    return Optional.empty();
  }
}
