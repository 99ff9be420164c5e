package io.sparkfed.aggregate;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** A rule of a data owner's policy that what it was asked for may break. */
public enum OwnersRule {
  MIN_WORKERS("a sum over fewer workers"),
  MIN_THRESHOLD("fewer workers that must agree to unmask"),
  MAX_DIMENSION("a longer vector"),
  MAX_ROUNDS("more questions in one run"),
  MAX_SUMS("more sums"),
  COHORTS("the answer to a question for another cohort than the first"),
  CORRUPTED("a graph of masks for fewer corrupted workers"),
  CLIP("sums of rows' values, which a bound on updates does not hold"),
  AGGREGATORS("other aggregators");

  private final String asked;

  OwnersRule(String asked) {
    this.asked = asked;
  }

  /** Returns its key in a policy. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
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
