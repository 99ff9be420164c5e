package io.sparkfed.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Metrics of rows whose sums have noise.
 *
 * @param metrics by name in a fixed order, as {@link MetricSums#metrics} names them; empty where
 *     noise hides that there are rows at all. One that noise hides is NaN
 * @param errors by the same names: the standard deviation of what noise alone does to a metric, not
 *     that of how the rows were drawn. None for a metric that has no such error, or is NaN
 * @param meanLoss NaN where noise hides it
 */
public record NoisedMetrics(
    Map<String, Double> metrics, Map<String, Double> errors, double meanLoss) {

  private static final String ROWS = "rows";

  /** Metrics that grow with rows. */
  private static final Set<String> SUMS = Set.of("deviance", "sumSquaredErrors");

  /** Takes copies, in the same order. */
  public NoisedMetrics {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
  }

  /**
   * Returns the same where the rows are means of workers: how many there are is how many workers
   * have some, and sums over rows are none.
   */
  public NoisedMetrics ofWorkers() {
    return new NoisedMetrics(ofWorkers(metrics), ofWorkers(errors), meanLoss);
  }

  private static Map<String, Double> ofWorkers(Map<String, Double> ofRows) {
    Map<String, Double> means = new LinkedHashMap<>();
    ofRows.forEach(
        (name, value) -> {
          if (!SUMS.contains(name)) {
            means.put(name.equals(ROWS) ? "workers" : name, value);
          }
        });
    return means;
  }

  /** Metrics that are put one after the other. */
  static final class Builder {
    private final Map<String, Double> metrics = new LinkedHashMap<>();
    private final Map<String, Double> errors = new LinkedHashMap<>();
    private final boolean hasRows;

    /** Begins with the number of rows. */
    Builder(Noised rows, double heaviest) {
      this.hasRows = rows.isSeen();
      put(ROWS, rows.times(heaviest));
    }

    Builder put(String name, Noised metric) {
      metrics.put(name, metric.value());
      if (!Double.isNaN(metric.value())) {
        errors.put(name, metric.deviation());
      }
      return this;
    }

    /** Puts a metric that says itself how exact another one is. */
    Builder putBound(String name, double bound) {
      metrics.put(name, bound);
      return this;
    }

    NoisedMetrics with(double meanLoss) {
      return hasRows
          ? new NoisedMetrics(metrics, errors, meanLoss)
          : new NoisedMetrics(Map.of(), Map.of(), Double.NaN);
    }
  }
}
