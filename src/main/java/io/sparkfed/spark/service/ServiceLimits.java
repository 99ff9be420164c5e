package io.sparkfed.spark.service;

import java.time.Duration;

/**
 * How much of what was read an agent keeps.
 *
 * @param most how many things that were made ready, at least 1
 * @param mostBytes how much of packed rows, beside the newest
 * @param idle how long something is kept that nobody asks about
 */
public record ServiceLimits(int most, long mostBytes, Duration idle) {

  /** Eight things, half of this process's memory, two hours. */
  public static ServiceLimits usual() {
    return new ServiceLimits(8, Runtime.getRuntime().maxMemory() / 2, Duration.ofHours(2));
  }

  /**
   * @throws IllegalArgumentException if nothing could be kept
   */
  public ServiceLimits {
    if (most < 1 || mostBytes < 0 || idle.isNegative() || idle.isZero()) {
      throw new IllegalArgumentException(
          "limits must leave room for something that is asked about");
    }
  }
}
