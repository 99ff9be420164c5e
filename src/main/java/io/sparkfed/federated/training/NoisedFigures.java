package io.sparkfed.federated.training;

import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.hint.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What noised sums tell of a finished model.
 *
 * @param train of training rows; empty where nobody was asked
 * @param test of test rows
 */
record NoisedFigures(Optional<NoisedMetrics> train, Optional<NoisedMetrics> test) {

  Map<String, Double> trainMetrics() {
    return train.map(NoisedMetrics::metrics).orElse(Map.of());
  }

  Map<String, Double> testMetrics() {
    return test.map(NoisedMetrics::metrics).orElse(Map.of());
  }

  MetricNoise noise() {
    return new MetricNoise(
        train.map(NoisedMetrics::errors).orElse(Map.of()),
        test.map(NoisedMetrics::errors).orElse(Map.of()));
  }

  /** Returns the mean loss of training rows, NaN where it isn't told. */
  double loss() {
    return train.map(NoisedMetrics::meanLoss).orElse(Double.NaN);
  }

  /**
   * Returns which figures noise hides, and what the others don't count: nobody could say otherwise
   * why they are missing.
   */
  List<Message> notes() {
    return Stream.concat(
            train.stream().flatMap(found -> notes("training", found)),
            test.stream().flatMap(found -> notes("test", found)))
        .toList();
  }

  private static Stream<Message> notes(String rows, NoisedMetrics found) {
    return Stream.concat(
        hidden(rows, found).stream(),
        found.limits().stream()
            .map(limit -> Message.of("figures of ", rows, " rows: ", limit.told())));
  }

  private static Optional<Message> hidden(String rows, NoisedMetrics found) {
    if (found.metrics().isEmpty()) {
      return Optional.of(
          Message.of(
              "noise hides whether there are ",
              rows,
              " rows: no figure of them can be told. Rows with a label that the model has not are"
                  + " left out"));
    }
    String names =
        found.metrics().entrySet().stream()
            .filter(metric -> metric.getValue().isNaN())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(Message.of("noise hides these figures of ", rows, " rows: ", names));
  }
}
