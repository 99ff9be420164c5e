package io.sparkfed.server;

import java.util.Optional;

/**
 * Minimizes the objective of all workers' rows together, from one evaluation to the next. An
 * evaluation is a visit to the workers, so the optimizer does not call a function: it says which
 * point it wants, as a {@link Search}, and is told.
 */
public interface ExactOptimizer {

  /** Returns whether it needs Hessians, and so whether the loss must have curvature. */
  boolean needsHessian();

  /**
   * Returns the search that begins at {@code start}.
   *
   * @param start the first point to evaluate
   * @param l1 the L1 penalty of each coordinate, length d, each at least 0
   * @throws IllegalArgumentException if there is an L1 penalty and the optimizer can't have one
   */
  Search begin(double[] start, double[] l1);

  /**
   * Returns the search that begins at {@code start} with what is known of the curvature; one that
   * makes Hessians has no use for it.
   */
  default Search begin(double[] start, double[] l1, Optional<Preconditioner> curvature) {
    return begin(start, l1);
  }

  /**
   * Returns the search that was saved, so that it goes on with the same bits.
   *
   * @param l1 the L1 penalty of each coordinate, as at the beginning
   * @throws IllegalArgumentException if it is not one of this optimizer's
   */
  Search restore(SavedSearch saved, double[] l1);

  /** Returns the search that was saved, with what was known of the curvature at its beginning. */
  default Search restore(SavedSearch saved, double[] l1, Optional<Preconditioner> curvature) {
    return restore(saved, l1);
  }
}
