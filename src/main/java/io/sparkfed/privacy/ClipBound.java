package io.sparkfed.privacy;

import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;

/** How long a worker's update may be. */
public interface ClipBound {

  /** Returns where the bound is to be found. */
  default Site site() {
    return Site.BARE;
  }

  /** Returns the largest L2 norm of an update of this worker, greater than 0; infinite for none. */
  double of(String worker);

  /**
   * Checks that this worker may send sums that no bound can hold, at the worker.
   *
   * @throws ProtocolException if there is a bound
   */
  default void requireNone(String worker) {
    if (of(worker) < Double.POSITIVE_INFINITY) {
      throw new ProtocolException(
          "the owner's policy bounds updates (clip), but exact fits send sums instead");
    }
  }

  /**
   * Returns an update, scaled down to the bound if it is longer, at the worker: {@code u min(1, C /
   * |u|)} (Abadi et al., "Deep Learning with Differential Privacy", CCS 2016, section 3.1, for
   * gradients).
   */
  default double[] clipped(String worker, double[] update) {
    double norm = norm(update);
    double bound = of(worker);
    if (!(norm > bound)) {
      return update;
    }
    double[] shorter = update.clone();
    for (int j = 0; j < shorter.length; j++) {
      shorter[j] *= bound / norm;
    }
    return shorter;
  }

  private static double norm(double[] update) {
    double largest = 0.0;
    for (double value : update) {
      largest = Math.max(largest, Math.abs(value));
    }
    // NaN and infinity are for the sum to refuse.
    if (!(largest > 0.0) || Double.isInfinite(largest)) {
      return largest;
    }
    double squares = 0.0;
    for (double value : update) {
      squares += (value / largest) * (value / largest);
    }
    return largest * Math.sqrt(squares);
  }
}
