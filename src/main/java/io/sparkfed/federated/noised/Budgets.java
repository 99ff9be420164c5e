package io.sparkfed.federated.noised;

import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * How the budget of a run is divided among its releases, from what is public alone.
 *
 * @param count of the release of the number of rows; nothing where that is public
 * @param products of the release of products
 * @param gradient of each release of gradients
 * @param plan of all releases of the run
 */
record Budgets(Zcdp count, Zcdp products, Zcdp gradient, Zcdp plan) {

  /** Divides a budget. */
  static Budgets of(PrivatePlan privacy, boolean withProducts, int rounds) {
    Zcdp all = privacy.training();
    Zcdp count = privacy.rows().isPresent() ? Zcdp.NOTHING : all.part(share(privacy.countShare()));
    Zcdp left = count.leftOf(all);
    if (privacy.method() == PrivatePlan.Method.STATISTICS) {
      return new Budgets(count, left, Zcdp.NOTHING, all);
    }
    Zcdp products = withProducts ? left.part(share(privacy.gramShare())) : Zcdp.NOTHING;
    BigDecimal oneOf =
        BigDecimal.ONE.divide(BigDecimal.valueOf(rounds), new MathContext(15, RoundingMode.DOWN));
    return new Budgets(count, products, products.leftOf(left).part(oneOf), all);
  }

  private static BigDecimal share(double share) {
    return new BigDecimal(share);
  }
}
