package io.sparkfed.recipe;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.keys.Budget;
import io.sparkfed.secure.keys.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** An owner's privacy budget in plain words. */
final class BudgetText {
  private BudgetText() {}

  /**
   * Returns each charge, and then what they add up to.
   *
   * @param epsilon of runs, to say how many more there can be; empty not to, 0 for those of the
   *     largest epsilon that one run may have
   * @throws ConfigurationException if the epsilon is none
   */
  static List<String> lines(Budget budget, Ledger ledger, OptionalDouble epsilon) {
    List<String> lines = new ArrayList<>(ledger.charges());
    Zcdp total = budget.total();
    Zcdp left = ledger.spent().leftOf(total);
    lines.add(
        "budget for %s: epsilon %s, delta %s (rho %s)"
            .formatted(
                budget.data(), number(budget.epsilon()), number(budget.delta()), rho(total)));
    lines.add(
        "spent, in %d %s: rho %s, alone epsilon %s"
            .formatted(
                ledger.runs(),
                ledger.runs() == 1 ? "run" : "runs",
                rho(ledger.spent()),
                number(ledger.spent().epsilon(budget.delta()))));
    lines.add(
        "left: rho %s, alone epsilon %s"
            .formatted(rho(left), number(left.epsilon(budget.delta()))));
    epsilon.ifPresent(
        given -> {
          if (!(given >= 0.0 && given < Double.POSITIVE_INFINITY)) {
            throw new ConfigurationException("--epsilon must be a number > 0: " + given);
          }
          double each = given == 0.0 ? budget.epsilonPerRun() : given;
          lines.add(
              "left, in runs of epsilon %s: %s%s"
                  .formatted(
                      number(each),
                      runs(left, Zcdp.within(each, budget.delta())),
                      each > budget.epsilonPerRun()
                          ? ", but one run may have at most " + number(budget.epsilonPerRun())
                          : ""));
        });
    return lines;
  }

  private static String runs(Zcdp left, Zcdp each) {
    return left.rho().divideToIntegralValue(each.rho()).toBigInteger().toString();
  }

  private static String rho(Zcdp cost) {
    return cost.rho().toPlainString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
