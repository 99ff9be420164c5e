package io.sparkfed.jobs;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.evaluation.RoundSummary;
import java.util.List;

/** The privacy statement for readers who know nothing of aggregation. */
final class PlainWords {
  private PlainWords() {}

  /**
   * Says what whoever ran a training could see of the workers.
   *
   * @param isLocal whether all of it ran in one process
   * @param minWorkers the least number of workers in a sum
   * @param rounds the run's rounds
   */
  static String of(
      AggregationMode mode, boolean isLocal, int minWorkers, List<RoundSummary> rounds) {
    if (!mode.protectsFromDriver()) {
      return "Whoever ran this training could see what every single worker sent: its update, how"
          + " many rows it has, and how well the model does there. Nothing was hidden.";
    }
    String totals = "only totals over at least " + minWorkers + " workers";
    String never = "never what a single worker sent";
    if (isLocal) {
      return "This was a rehearsal: all workers shared one process, so nobody was protected from"
          + " anybody. On a cluster, whoever runs the same training sees "
          + totals
          + ", and "
          + never
          + ".";
    }
    int fewest =
        rounds.stream()
            .filter(r -> r.workers() > 0)
            .mapToInt(RoundSummary::workers)
            .min()
            .orElse(0);
    return "Whoever ran this training saw "
        + totals
        + (fewest > 0 ? " (here " + fewest + " or more)" : "")
        + ", and "
        + never
        + ". The totals, and the model made of them, still say something about the rows.";
  }
}
