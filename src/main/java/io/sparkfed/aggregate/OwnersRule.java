package io.sparkfed.aggregate;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A rule of a data owner's policy that what it was asked for may break. */
public enum OwnersRule {
  MIN_WORKERS(1, "a sum over fewer workers"),
  MIN_THRESHOLD(2, "fewer workers that must agree to unmask"),
  MAX_DIMENSION(3, "a longer vector"),
  MAX_ROUNDS(4, "more questions in one run"),
  MAX_SUMS(5, "more sums"),
  COHORTS(6, "the answer to a question for another cohort than the first"),
  CORRUPTED(7, "a graph of masks for fewer corrupted workers"),
  CLIP(8, "sums of rows' values, which a bound on updates does not hold"),
  AGGREGATORS(9, "other aggregators"),
  STUDY(10, "what belongs to no study that they accepted"),
  STATEMENTS(11, "a statement that they don't list"),
  LEAST_ROWS(12, "sums of so few rows of a worker"),
  LEAST_EFFECTIVE_ROWS(13, "weights by which a few of a worker's rows count"),
  MOST_PARAMETERS_PER_ROW(14, "a model with so many coefficients for a worker's rows"),
  LEAST_EACH_SIDE(15, "a label or feature that so few rows of a worker have a value of"),
  GRIDS(16, "one question in so many roundings"),
  DP_REQUIRED(17, "sums without noise"),
  DP_EPSILON(
      18, "more than their privacy budgets have left, which an owner sees by jobs/keys budget"),
  DP_EPSILON_PER_RUN(
      19,
      "so much of their privacy budgets in one run, which what a resumed run lost and asks again"
          + " counts for, too: ask for a smaller epsilon, or have them allow more"),
  DP_HONEST_WORKERS(
      24, "noise that relies on so many workers: the run must rely on fewer honest ones"),
  LEAST_DIFFERENCE(20, "rows of a worker that differ by so few from those of an earlier answer"),
  APPROVE(21, "a study that they didn't approve by hand, or for no more runs"),
  MAX_RUNS_PER_DAY(22, "more runs in a day"),
  REQUIRED_WORKERS(23, "sums without the workers that they require");

  private final int code;
  private final String asked;

  OwnersRule(int code, String asked) {
    this.code = code;
    this.asked = asked;
  }

  /** Returns what it is on the wire, from 1 to 127. */
  public int code() {
    return code;
  }

  /** Returns the rule of a code; empty if it is none. */
  public static Optional<OwnersRule> of(int code) {
    return Arrays.stream(values()).filter(rule -> rule.code == code).findFirst();
  }

  /** Returns its key in a policy. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-').replaceFirst("^dp-", "dp.");
  }

  /** Says what owners refused by which rules, for the message of a failure; empty for none. */
  public static String said(Collection<OwnersRule> broken) {
    return broken.isEmpty()
        ? ""
        : broken.stream()
            .distinct()
            .sorted()
            .map(rule -> rule.asked + " (" + rule.key() + ")")
            .collect(
                Collectors.joining(
                    "; ",
                    ". Owners' policies don't allow ",
                    "; see policy.properties in the owners' folders, and the workers' own logs"));
  }
}
