package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.LengthsWithin;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;

/**
 * How long rows are, but for few. Bounds say how long they may be, and where these are wide most
 * rows are much shorter: noise of their products is as large as the square of what is allowed.
 */
final class Reach {
  /** How long a row may be, in roots of the mean square of rows' lengths. */
  private static final double LONG = 1.2;

  /** By how many deviations of its noise that mean square is taken to be larger than it seems. */
  private static final double DEVIATIONS = 2.0;

  private static final String PURPOSE = "lengths";

  private final Releases releases;
  private final RowCut cut;
  private final LengthsWithin asked;

  Reach(TrainingPlan plan, Releases releases) {
    this.releases = releases;
    this.cut = plan.privacy().orElseThrow().cut();
    this.asked = new LengthsWithin(plan.loss(), plan.shape(), cut);
  }

  /**
   * Asks all workers, once.
   *
   * @param rows n
   * @return at most the cut's norm
   */
  double of(Federation<Shard> federation, double rows, Zcdp cost) {
    double sum =
        releases
            .ask(federation, PURPOSE, "lengths of rows", asked, cost)
            .get(LengthsWithin.LENGTHS);
    double noise = releases.deviation(asked, cost);
    double meanSquare = (Math.max(0.0, sum) + DEVIATIONS * noise) / rows;
    return cut.norm() * Math.min(1.0, LONG * Math.sqrt(meanSquare));
  }

  /** Takes what was opened before a state was kept into account. */
  void count(Zcdp cost) {
    releases.count(PURPOSE, asked, cost, 1);
  }
}
