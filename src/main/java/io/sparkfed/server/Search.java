package io.sparkfed.server;

import java.util.Map;
import java.util.Optional;

/** How far a minimization has come: an immutable value. */
public interface Search {

  /** Returns the point to evaluate next; when the search has ended, its result. */
  double[] point();

  /** Returns the best point evaluated so far; the start while there is none. */
  double[] best();

  /**
   * Returns the search after {@link #point} has been evaluated.
   *
   * @throws io.sparkfed.math.SingularMatrixException if the first Hessian is singular
   */
  Search next(PointEvaluation evaluation);

  /** Returns the search as numbers, for {@link ExactOptimizer#restore}. */
  SavedSearch saved();

  /** Returns how the search ended; empty while it goes on. */
  Optional<Ending> ending();

  /** How a search ended. */
  enum Ending {
    /** At a minimum, as near as the tolerance asks. */
    CONVERGED,
    /** No shorter step lowers the objective: at a minimum as near as rounding allows. */
    NO_LOWER_POINT,
    /** No lower point is found, but one may lie in a direction that no step has tried. */
    UNVOUCHED,
    /** At a minimum so flat that the rounding of slopes moves it. */
    UNRESOLVED,
    /** No shorter step lowers the objective, though its slope promises more than rounding. */
    STALLED,
    /** After all rounds. */
    EXHAUSTED,
    /** The objective falls for ever: there is no minimum. */
    UNBOUNDED,
    /** A step of fixed length has raised the objective beyond all measure. */
    DIVERGED
  }

  /** A search that has ended. */
  record Ended(double[] point, Ending how) implements Search {
    @Override
    public double[] best() {
      return point;
    }

    @Override
    public Search next(PointEvaluation evaluation) {
      throw new IllegalStateException("the search has ended");
    }

    @Override
    public SavedSearch saved() {
      return new SavedSearch(how.name(), Map.of("point", point));
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.of(how);
    }
  }
}
