package io.sparkfed.privacy;

import io.sparkfed.aggregate.WeightedUpdate;
import io.sparkfed.wire.ProtocolException;
import java.io.Serializable;

/** How long a worker's update may be. */
@FunctionalInterface
public interface ClipBound extends Serializable {

  /** No bound. */
  ClipBound NONE = worker -> Double.POSITIVE_INFINITY;

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
          "the owner's policy bounds updates (clip), and lossless methods send sums instead");
    }
  }

  /**
   * Returns the value, with an update scaled down to the bound if it is longer, at the worker:
   * {@code u min(1, C / |u|)} (Abadi et al., "Deep Learning with Differential Privacy", CCS 2016,
   * section 3.1, for gradients).
   */
  default WeightedUpdate clipped(String worker, WeightedUpdate value) {
    double norm = norm(value.update());
    double bound = of(worker);
    if (!(norm > bound)) {
      return value;
    }
    double[] update = value.update().clone();
    for (int j = 0; j < update.length; j++) {
      update[j] *= bound / norm;
    }
    return new WeightedUpdate(update, value.weight(), value.sums());
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
