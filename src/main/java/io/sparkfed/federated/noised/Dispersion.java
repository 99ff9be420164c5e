package io.sparkfed.federated.noised;

import io.sparkfed.objective.ClippedSums;

/**
 * How large squared gradients are beside curvatures, where the likelihood doesn't say: for labels
 * with residuals of any size.
 *
 * <p>A model at which cut gradients {@code g_i = psi_i y_i} add up to 0 has the covariance {@code
 * H^-1 J H^-1} with {@code H = sum psi_i' y_i y_i'} and {@code J = sum psi_i² y_i y_i'} (P. J.
 * Huber, "The behavior of maximum likelihood estimates under nonstandard conditions", 1967),
 * whether gradients are cut or not. Residuals that don't depend on features make J phi times H, as
 * in the usual errors of least squares and of Huber's regression; by the traces {@code phi = sum
 * |g_i|² / tr H}. The cut is of {@code |y|}, too, so that this is so only nearly where many are
 * cut.
 *
 * <p>What cutting moves a model by is nothing where residuals are as often as far on either side.
 * That is looked at: what is cut off, with its sign, must be what noise and chance make of it.
 *
 * @param phi in the units of the squared slope by the curvature
 * @param obstacle why there is none; empty where there is one
 */
record Dispersion(double phi, String obstacle) {
  /** Why there is none. */
  static final String CUT = "more than half of the residuals are cut, or too large for the loss";

  /** Why there is none. */
  static final String ONE_SIDED =
      "the residuals that are cut are on one side, which moves the model";

  /** The least part of the curvature that must be left. */
  private static final double LEAST_KEPT = 0.5;

  /** So many deviations are no chance. */
  private static final double MOST_DEVIATIONS = 4.0;

  /** Squares say something that are so many times their noise. */
  private static final double LEAST_RATIO = 4.0;

  /** Returns that of a likelihood: phi is known. */
  static Dispersion known(double phi) {
    return new Dispersion(phi, "");
  }

  /**
   * Returns what sums with noise say.
   *
   * @param trace of H
   * @param uncut what the trace is where no gradient is cut, and every residual in the loss's
   *     parabola
   * @param squares the part of squared lengths, in parts of the bound
   * @param cutOff what is cut off, in parts of the bound
   * @param most the bound
   * @param clip C
   * @param deviation of the noise on each of the sums
   * @param rows n
   */
  static Dispersion of(
      double trace,
      double uncut,
      double squares,
      double cutOff,
      double most,
      double clip,
      double deviation,
      double rows) {
    if (!(squares > LEAST_RATIO * deviation)) {
      return new Dispersion(Double.NaN, NoisedErrors.NOISE);
    }
    if (!(trace >= LEAST_KEPT * uncut)) {
      return new Dispersion(Double.NaN, CUT);
    }
    double byChance = most * most * rows * Math.max(0.0, 1.0 - trace / uncut);
    if (!(Math.abs(cutOff) <= MOST_DEVIATIONS * Math.sqrt(deviation * deviation + byChance))) {
      return new Dispersion(Double.NaN, ONE_SIDED);
    }
    return new Dispersion(ClippedSums.squares(squares, most, clip) / trace, "");
  }
}
