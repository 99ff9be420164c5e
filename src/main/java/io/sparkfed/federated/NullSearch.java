package io.sparkfed.federated;

import io.sparkfed.evaluation.ResponseDistribution;

/**
 * The search for the score of the null model, the intercept beside the offsets: the zero of a slope
 * that grows with the score. Steps are bounded, and where the zero is between two scores that were
 * tried, the next is between them too. Immutable.
 *
 * @param distribution of the labels
 * @param score what to try next
 * @param low a score that is too low, or minus infinity
 * @param high a score that is too high, or infinity
 * @param reach the longest step
 */
public record NullSearch(
    ResponseDistribution distribution, double score, double low, double high, double reach) {
  private static final double FIRST_REACH = 8.0;

  /** By such a part of it a deviance that is about right may be wrong. */
  private static final double TOLERANCE = 1e-14;

  /** Begins at a score. */
  public static NullSearch from(ResponseDistribution distribution, double score) {
    return new NullSearch(
        distribution,
        Double.isFinite(score) ? score : 0.0,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        FIRST_REACH);
  }

  /**
   * What the workers' rows are at a score.
   *
   * @param deviance sum of unit deviances
   * @param slope the derivative of half the deviance
   * @param information the expected second derivative, at least 0
   * @param isFinite whether all rows were in range, or the others say nothing
   */
  public record Sums(double deviance, double slope, double information, boolean isFinite) {}

  /** Returns whether a step from here changes the deviance by no digit. */
  public boolean isDone(Sums at) {
    return at.isFinite
        && (at.slope == 0.0
            || at.slope * at.slope <= TOLERANCE * at.information * at.deviance
            || high - low <= 4.0 * Math.ulp(score));
  }

  /** Returns the search after the score has been tried; {@code guess} is NaN or a good next one. */
  public NullSearch next(Sums at, double guess) {
    boolean isLow = at.isFinite ? at.slope < 0.0 : distribution.overflowsBelow();
    double newLow = isLow ? score : low;
    double newHigh = isLow ? high : score;
    double wanted = Double.isNaN(guess) ? score + step(at, isLow) : guess;
    double bounded = Math.max(score - reach, Math.min(score + reach, wanted));
    double next = Double.isNaN(guess) ? bounded : wanted;
    if (!(next > newLow && next < newHigh)) {
      next =
          Double.isInfinite(newLow) || Double.isInfinite(newHigh)
              ? score + (isLow ? reach : -reach)
              : newLow + (newHigh - newLow) / 2.0;
    }
    boolean far = Math.abs(next - score) >= reach;
    return new NullSearch(distribution, next, newLow, newHigh, far ? 2.0 * reach : reach);
  }

  /** With a log link the intercept's equation is solved by the logarithm of a quotient. */
  private double step(Sums at, boolean isLow) {
    double away = isLow ? reach : -reach;
    if (!at.isFinite || !(at.information > 0.0)) {
      return away;
    }
    double ratio = -at.slope / at.information;
    double step = distribution.hasLogLink() ? Math.log1p(ratio) : ratio;
    return Double.isFinite(step) ? step : away;
  }
}
