package io.sparkfed.report;

import java.util.Map;
import java.util.Optional;

/** A metric in words, where noise was added: with its deviation, or that noise hides it. */
public final class NoisedMetric {
  static final String HIDDEN = "hidden by noise";

  private NoisedMetric() {}

  /** Returns whether a figure is told with its deviation: noise neither hides it nor is 0. */
  public static boolean isTold(
      String name, Map<String, Double> metrics, Map<String, Double> noise) {
    return ReportText.hasNoise(metrics.get(name), noise.get(name));
  }

  /**
   * Returns what is told of a metric.
   *
   * @param metrics of a part of the rows, by name
   * @param noise deviations of what noise does to them, by the same names
   * @param sign what stands between a figure and its deviation
   * @return empty where the figures have no noise
   */
  public static Optional<String> text(
      String name, Map<String, Double> metrics, Map<String, Double> noise, String sign) {
    if (noise.isEmpty() || !metrics.containsKey(name)) {
      return Optional.empty();
    }
    double value = metrics.get(name);
    return Optional.of(
        Double.isNaN(value) ? HIDDEN : ReportText.withNoise(value, noise.get(name), sign));
  }
}
