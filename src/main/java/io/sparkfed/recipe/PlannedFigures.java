package io.sparkfed.recipe;

import io.sparkfed.config.DataConfig.SplitByFraction;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.Model;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.ExpectedNoise;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How exact the figures of test rows will be, from what is public. */
final class PlannedFigures {
  /** What is told of where nobody says how many rows there are. */
  private static final long EXAMPLE = 1000;

  private PlannedFigures() {}

  /**
   * Returns what noise does to the accuracy of test rows; nothing for models of numbers, where it
   * depends on how large errors are.
   *
   * @param sigma of the noise on each number, where 1 is what one row (or person) adds at most
   */
  static List<String> lines(TrainingConfig config, double sigma) {
    if (!config.model().family().isClassifier()) {
      return List.of();
    }
    PrivacySettings privacy = config.privacy().orElseThrow();
    BoundedSums sums = sums(config);
    double noise = sigma * privacy.rowsPerPerson() * sums.bound();
    if (privacy.rows().isPresent() && config.data().split() instanceof SplitByFraction split) {
      double fraction = split.testFraction();
      long rows = Math.round(privacy.rows().getAsLong() * (fraction / (1.0 - fraction)));
      return List.of(line(noise, sums, rows, "about " + rows + " test rows", ""));
    }
    return List.of(
        line(
            noise,
            sums,
            EXAMPLE,
            EXAMPLE + " test rows",
            "; of ten times as many a tenth of that"));
  }

  /**
   * Returns what noise does to the accuracy in the mean of workers; nothing for models of numbers.
   *
   * @param sigma of the noise on each number, where 1 is what one worker adds at most
   */
  static List<String> ofWorkers(TrainingConfig config, double sigma, int workers) {
    if (!config.model().family().isClassifier()) {
      return List.of();
    }
    BoundedSums sums = sums(config);
    return List.of(line(sigma * sums.bound(), sums, workers, workers + " workers' mean", ""));
  }

  private static BoundedSums sums(TrainingConfig config) {
    Model model = config.model();
    return BoundedSums.of(
        model.family(), model.loss(), config.metricSettings(), Optional.empty(), 0.0);
  }

  private static String line(double noise, BoundedSums sums, long rows, String whose, String more) {
    double error = ExpectedNoise.ofAccuracy(sums, noise, (double) rows);
    return Double.isNaN(error)
        ? "  noise would hide the figures of " + whose
        : String.format(
            Locale.ROOT,
            "  accuracy of %s: expected error by noise at most +-%.2g%s",
            whose,
            error,
            more);
  }
}
