package io.sparkfed.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Standard deviations of what noise does to metrics, by name: not of how the rows were drawn.
 *
 * @param train of metrics on training rows; none for a metric without noise
 * @param test of metrics on test rows
 */
public record MetricNoise(Map<String, Double> train, Map<String, Double> test) {
  /** There is none. */
  public static final MetricNoise NONE = new MetricNoise(Map.of(), Map.of());

  /** Takes copies, in the same order. */
  public MetricNoise {
    train = Collections.unmodifiableMap(new LinkedHashMap<>(train));
    test = Collections.unmodifiableMap(new LinkedHashMap<>(test));
  }

  /** Returns whether there is none. */
  public boolean isNone() {
    return train.isEmpty() && test.isEmpty();
  }
}
