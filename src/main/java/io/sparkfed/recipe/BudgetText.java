package io.sparkfed.recipe;

import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.keys.Budget;
import io.sparkfed.secure.keys.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An owner's privacy budget in plain words. */
final class BudgetText {
  private BudgetText() {}

  /** Returns each charge, and then what they add up to. */
  static List<String> lines(Budget budget, Ledger ledger) {
    List<String> lines = new ArrayList<>(ledger.charges());
    Zcdp total = budget.total();
    Zcdp left = ledger.spent().leftOf(total);
    lines.add(
        "budget for %s: epsilon %s, delta %s (rho %s)"
            .formatted(
                budget.data(), number(budget.epsilon()), number(budget.delta()), rho(total)));
    lines.add(
        "spent, in %d runs: rho %s, alone epsilon %s"
            .formatted(
                ledger.runs(),
                rho(ledger.spent()),
                number(ledger.spent().epsilon(budget.delta()))));
    lines.add(
        "left: rho %s, alone epsilon %s"
            .formatted(rho(left), number(left.epsilon(budget.delta()))));
    return lines;
  }

  private static String rho(Zcdp cost) {
    return cost.rho().toPlainString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
