package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.privacy.Zcdp;
import java.util.ArrayList;
import java.util.List;

/** Asks for noised sums, and keeps account of them; at the driver. */
final class Releases {
  private final SumFactory sums;
  private final Zcdp plan;
  private final int cohort;
  private final int honest;
  private final List<Released> released = new ArrayList<>();

  /**
   * Begins an account.
   *
   * @param plan what all releases of the run cost
   * @param cohort how many workers are asked
   * @param honest of how many the noise is relied on
   */
  Releases(SumFactory sums, Zcdp plan, int cohort, int honest) {
    this.sums = sums;
    this.plan = plan;
    this.cohort = cohort;
    this.honest = honest;
  }

  /** Begins the account of a run. */
  static Releases of(TrainingPlan plan, int workers) {
    PrivatePlan privacy = plan.privacy().orElseThrow();
    int honest = privacy.honestWorkers().orElse(plan.sums().mostHonest(workers));
    return new Releases(plan.sums(), privacy.budget().plan(), workers, Math.min(workers, honest));
  }

  /** Returns of how many workers the noise is relied on. */
  int honest() {
    return honest;
  }

  /** Returns the deviation of the noise on each number of a sum that costs so much. */
  double deviation(Statement<Shard> asked, Zcdp cost) {
    return sum(cost).deviation(asked, cohort, cohort);
  }

  /**
   * Asks all workers, once.
   *
   * @param purpose what the account calls it
   * @param what is asked, as the user reads it
   */
  NamedVector ask(
      Federation<Shard> federation,
      String purpose,
      String what,
      Statement<Shard> asked,
      Zcdp cost) {
    NamedVector opened =
        Ask.through(sum(cost), federation, federation.workers(), what, asked).value();
    count(purpose, asked, cost, 1);
    return opened;
  }

  /** Asks all workers, once, for products of features. */
  SymmetricMatrix products(Federation<Shard> federation, ProductsWithin asked, Zcdp cost) {
    return unscaled(
        asked.order(),
        ask(federation, "products", "products of features", asked, cost)
            .all(ProductsWithin.PRODUCTS));
  }

  /** Returns the matrix whose off-diagonal entries came times the root of 2. */
  static SymmetricMatrix unscaled(int order, double[] packed) {
    double[] own = packed.clone();
    for (int i = 0; i < order; i++) {
      for (int j = i + 1; j < order; j++) {
        own[SymmetricMatrix.at(order, i, j)] /= Math.sqrt(2.0);
      }
    }
    return SymmetricMatrix.of(order, own);
  }

  /** Asks all workers in a visit of a round. */
  Opened<double[]> ask(
      Federation<Shard> federation,
      Visit visit,
      String purpose,
      Statement<Shard> asked,
      Zcdp cost) {
    Opened<double[]> opened = Ask.ofAll(sum(cost), federation, visit, "the " + purpose, asked);
    count(purpose, asked, cost, 1);
    return opened;
  }

  /**
   * Takes releases into account that were opened; those of one purpose and the same rows stand
   * together.
   */
  void count(String purpose, Statement<Shard> asked, Zcdp cost, int opened) {
    RowPart rows = asked.part();
    int all = opened;
    int last = released.size() - 1;
    if (last >= 0
        && released.get(last).purpose().equals(purpose)
        && released.get(last).rows() == rows) {
      all += released.remove(last).sums();
    }
    released.add(
        new Released(
            purpose,
            rows,
            all,
            asked.layout().length(),
            deviation(asked, cost),
            asked.rowBound().orElseThrow(),
            cost.times(all).rho().doubleValue()));
  }

  /** Returns what was released so far. */
  List<Released> all() {
    return List.copyOf(released);
  }

  private ReleasedSum sum(Zcdp cost) {
    return sums.released(cost, plan, honest);
  }
}
