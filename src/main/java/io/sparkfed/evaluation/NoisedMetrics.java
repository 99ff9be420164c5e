package io.sparkfed.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Metrics of rows whose sums have noise.
 *
 * @param metrics by name in a fixed order, as {@link MetricSums#metrics} names them; empty where
 *     noise hides that there are rows at all. One that noise hides is NaN
 * @param errors by the same names: the standard deviation of what noise alone does to a metric, not
 *     that of how the rows were drawn. None for a metric that has no such error, or is NaN
 * @param meanLoss NaN where noise hides it
 * @param limits what must be known of the metrics
 */
public record NoisedMetrics(
    Map<String, Double> metrics, Map<String, Double> errors, double meanLoss, List<Limit> limits) {

  private static final String ROWS = "rows";

  /** Metrics that grow with rows. */
  private static final Set<String> SUMS = Set.of("deviance", "sumSquaredErrors");

  /** Takes copies, in the same order. */
  public NoisedMetrics {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
    limits = List.copyOf(limits);
  }

  /**
   * Returns the same where the rows are means of workers: how many there are is how many workers
   * have some, and sums over rows are none.
   */
  public NoisedMetrics ofWorkers() {
    return new NoisedMetrics(
        ofWorkers(metrics),
        ofWorkers(errors),
        meanLoss,
        limits.stream().map(limit -> new Limit(limit.text(), limit.most(), true)).toList());
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
    private final Map<String, Tail> tails = new LinkedHashMap<>();
    private final List<Limit> limits = new ArrayList<>();
    private final double heaviest;
    private final boolean hasRows;

    /** What is left out of some metrics. */
    private record Tail(double beyond, double rows, List<String> metrics) {
      Tail with(Tail other) {
        List<String> all = new ArrayList<>(metrics);
        all.addAll(other.metrics);
        return new Tail(Math.min(beyond, other.beyond), Math.max(rows, other.rows), all);
      }
    }

    /** Begins with the number of rows. */
    Builder(Noised rows, double heaviest) {
      this.heaviest = heaviest;
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

    /**
     * Says of metrics that were put what a total doesn't count, if there is something.
     *
     * @param what rows have, that is banded, and "beyond"
     */
    Builder leftOut(String what, Bands bands, Bands.Total total, String... names) {
      List<String> told =
          Stream.of(names).filter(name -> !Double.isNaN(metrics.get(name))).toList();
      if (total.hidden() > 0.0 && !told.isEmpty()) {
        Tail tail = new Tail(bands.end(total.from()), total.hidden(), told);
        tails.merge(what, tail, Tail::with);
      }
      return this;
    }

    /** Says of which labels next to no row was seen. */
    Builder labels(Noised... rows) {
      double most = 0.0;
      List<String> unseen = new ArrayList<>();
      for (int k = 0; k < rows.length; k++) {
        if (!rows[k].isSeen()) {
          unseen.add(String.valueOf(k));
          most = Math.max(most, rows[k].most());
        }
      }
      if (!unseen.isEmpty()) {
        limits.add(
            new Limit(
                "next to no row with label "
                    + String.join(", ", unseen)
                    + " was seen, at most %s: labels must be "
                    + (rows.length == 2 ? "0 or 1" : "0 to " + (rows.length - 1))
                    + ", unless they have names, and rows with others are left out",
                most * heaviest,
                false));
      }
      return this;
    }

    NoisedMetrics with(double meanLoss) {
      if (!hasRows) {
        return new NoisedMetrics(Map.of(), Map.of(), Double.NaN, List.of());
      }
      tails.forEach(
          (what, tail) ->
              limits.add(
                  new Limit(
                      "noise may hide up to %s with "
                          + what
                          + " "
                          + Limit.number(tail.beyond())
                          + ", which don't count in "
                          + String.join(", ", tail.metrics()),
                      tail.rows() * heaviest,
                      false)));
      return new NoisedMetrics(metrics, errors, meanLoss, limits);
    }
  }
}
