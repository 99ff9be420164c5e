package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.privacy.Zcdp;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * What a journal's charges add up to, by what budgets are for. A budget is a filter: what would
 * pass it is refused, before anything leaves. Not thread-safe.
 */
final class Spent {
  private static final HexFormat HEX = HexFormat.of();

  private final Map<String, Map<String, RunCost>> byRun = new HashMap<>();
  private final Set<String> charged = new HashSet<>();

  /**
   * Returns whether a charge is new. It is refused, too, if the run's further releases would pass
   * the budget: nothing is spent on a run that can't end. What a resumed run lost counts beside its
   * plan only as it is asked again.
   *
   * @throws RefusedException if it would pass the budget
   */
  boolean isNew(Charge charge, Budget budget) {
    if (charged.contains(id(budget.data(), charge))) {
      return false;
    }
    RunCost ofRun = runs(budget.data()).getOrDefault(run(charge), new RunCost());
    Zcdp run = ofRun.with(charge).beside(charge.plan());
    if (!budget.perRun().covers(run)) {
      throw new RefusedException(
          OwnersRule.DP_EPSILON_PER_RUN,
          "the owner's policy allows a run a rho of "
              + shown(budget.perRun())
              + ", this one asks for "
              + shown(run));
    }
    Zcdp others = allBut(budget.data(), run(charge));
    if (!budget.total().covers(others.then(run))) {
      throw new RefusedException(
          OwnersRule.DP_EPSILON,
          "the owner's privacy budget for "
              + budget.data()
              + " is a rho of "
              + shown(budget.total())
              + ", other runs spent "
              + shown(others)
              + ", this one asks for "
              + shown(run));
    }
    return true;
  }

  void add(String data, Charge charge) {
    if (charged.add(id(data, charge))) {
      byRun
          .computeIfAbsent(data, name -> new HashMap<>())
          .computeIfAbsent(run(charge), run -> new RunCost())
          .add(charge);
    }
  }

  /** Returns what was spent of a budget. */
  Zcdp total(String data) {
    return runs(data).values().stream().map(RunCost::total).reduce(Zcdp.NOTHING, Zcdp::then);
  }

  /** Returns how many runs something was spent on. */
  int runCount(String data) {
    return runs(data).size();
  }

  private Zcdp allBut(String data, String run) {
    return runs(data).entrySet().stream()
        .filter(entry -> !entry.getKey().equals(run))
        .map(entry -> entry.getValue().total())
        .reduce(Zcdp.NOTHING, Zcdp::then);
  }

  private Map<String, RunCost> runs(String data) {
    return byRun.getOrDefault(data, Map.of());
  }

  private static String run(Charge charge) {
    return HEX.formatHex(charge.runId());
  }

  private static String id(String data, Charge charge) {
    return data + " " + run(charge) + " " + HEX.formatHex(charge.id());
  }

  private static String shown(Zcdp cost) {
    return cost.rho().toPlainString();
  }
}
