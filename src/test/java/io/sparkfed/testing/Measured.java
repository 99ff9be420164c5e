package io.sparkfed.testing;

import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.Measurements;

/** Makes measurements of rounds. */
public final class Measured {
  private Measured() {}

  /** Returns these measurements. */
  public static Measurements of(long saturated, long clipped, long bytes) {
    return Measurements.none()
        .with(Measurement.SATURATED, saturated)
        .with(Measurement.CLIPPED, clipped)
        .with(Measurement.BYTES, bytes);
  }
}
