package io.sparkfed.report;

import static io.sparkfed.report.ReportText.finite;

import io.sparkfed.evaluation.RoundSummary;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * One chart. The page's script draws it from its JSON, the template writes what is around it.
 *
 * @param id id of the element that the chart is drawn in
 * @param kind line, stack or bars
 * @param caption what is above the chart
 * @param description the chart in words, for readers without pictures
 * @param axis label of the vertical axis
 * @param rounds the rounds on the horizontal axis
 * @param series the curves or rows of bars
 */
record ReportChart(
    String id,
    String kind,
    String caption,
    String description,
    String axis,
    List<Integer> rounds,
    List<Series> series) {

  /**
   * One curve or one row of bars.
   *
   * @param label name in the legend
   * @param values one value for each round, null where there is nothing to draw
   * @param tone index of the style: even tones are train, odd ones test
   */
  record Series(String label, List<Double> values, int tone) {}

  /** Returns the numbers of these rounds. */
  static List<Integer> numbers(List<RoundSummary> rounds) {
    return rounds.stream().map(RoundSummary::round).toList();
  }

  /** Returns what a series shows of these rounds. */
  static List<Double> values(List<RoundSummary> rounds, ToDoubleFunction<RoundSummary> value) {
    return rounds.stream().map(r -> finite(value.applyAsDouble(r))).toList();
  }

  /** Tells whether there is anything to draw. */
  static boolean any(List<Double> values) {
    return values.stream().anyMatch(Objects::nonNull);
  }
}
