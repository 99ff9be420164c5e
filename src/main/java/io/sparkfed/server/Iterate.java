package io.sparkfed.server;

import io.sparkfed.math.InverseHessian;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A point that the search has accepted, and what it has learned on its way there.
 *
 * @param value the objective with its L1 penalty
 * @param gradient of the smooth part
 */
record Iterate(
    double[] point, double value, double[] gradient, InverseHessian inverse, Progress progress) {

  /** Returns what differences of the objective are measured by. */
  double scale(PointEvaluation known) {
    return PointEvaluation.scale(value, progress.large(), known.rounding());
  }

  /**
   * How the search has gone.
   *
   * @param large what is a large value of the objective
   * @param quiet iterations in a row that gained next to nothing and left as little, times 10, or
   *     simply where they left more
   * @param least the least that was left at an iterate
   * @param stuck iterations since that has halved or the value has fallen
   * @param mark the value when it had last fallen
   * @param stride largest entry of the last direction that was not one of a minimum's neighborhood
   * @param leastCurvature the objective of penalized coefficients curves at least so much; 0 where
   *     nobody knows
   * @param steepest the largest curvature along a step
   */
  record Progress(
      double large,
      int quiet,
      double least,
      int stuck,
      double mark,
      double stride,
      double leastCurvature,
      double steepest) {

    /** Of a search whose first point was evaluated. */
    static Progress before(PointEvaluation first) {
      return new Progress(
          first.large(),
          0,
          Double.POSITIVE_INFINITY,
          0,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          first.leastCurvature(),
          0.0);
    }
  }

  /** Returns its values by name, to which others may be added. */
  Map<String, double[]> saved() {
    Map<String, double[]> values = new HashMap<>();
    values.put("point", point);
    values.put("value", SavedSearch.number(value));
    values.put("gradient", gradient);
    values.put("large", SavedSearch.number(progress.large()));
    values.put("quiet", SavedSearch.number(progress.quiet()));
    values.put("least", SavedSearch.number(progress.least()));
    values.put("stuck", SavedSearch.number(progress.stuck()));
    values.put("mark", SavedSearch.number(progress.mark()));
    values.put("stride", SavedSearch.number(progress.stride()));
    values.put("least-curvature", SavedSearch.number(progress.leastCurvature()));
    values.put("steepest", SavedSearch.number(progress.steepest()));
    List<double[]> steps = inverse.steps();
    List<double[]> changes = inverse.changes();
    values.put("pairs", SavedSearch.number(steps.size()));
    for (int i = 0; i < steps.size(); i++) {
      values.put("step-" + i, steps.get(i));
      values.put("change-" + i, changes.get(i));
    }
    return values;
  }

  /** Returns the point that was saved; {@code inverse} has learned nothing yet. */
  static Iterate restored(SavedSearch saved, InverseHessian inverse) {
    InverseHessian learned = inverse;
    for (int i = 0; i < saved.number("pairs"); i++) {
      learned = learned.after(saved.vector("step-" + i), saved.vector("change-" + i));
    }
    return new Iterate(
        saved.vector("point"),
        saved.number("value"),
        saved.vector("gradient"),
        learned,
        new Progress(
            saved.number("large"),
            (int) saved.number("quiet"),
            saved.number("least"),
            (int) saved.number("stuck"),
            saved.number("mark"),
            saved.number("stride"),
            saved.number("least-curvature"),
            saved.number("steepest")));
  }
}
