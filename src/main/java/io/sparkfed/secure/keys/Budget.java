package io.sparkfed.secure.keys;

import io.sparkfed.privacy.Zcdp;
import io.sparkfed.wire.ProtocolException;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How much differential privacy an owner gives away, over all runs: the keys {@code dp.*} of its
 * policy. The guarantee is for one row more or less, whoever drives the runs.
 *
 * @param isRequired whether sums without noise are refused
 * @param data what the budget is for; charges for other names don't count
 * @param epsilon of all runs together, positive
 * @param delta of all runs together, and of each, in (0, 1)
 * @param epsilonPerRun of one run, at most {@code epsilon}
 * @param honestWorkers of how many workers' noise, with its own, the owner relies on, at least 1
 */
public record Budget(
    boolean isRequired,
    String data,
    double epsilon,
    double delta,
    double epsilonPerRun,
    int honestWorkers) {
  private static final String REQUIRED = "dp.required";
  private static final String EPSILON = "dp.epsilon";
  private static final String DELTA = "dp.delta";
  private static final String EPSILON_PER_RUN = "dp.epsilon-per-run";
  private static final String HONEST_WORKERS = "dp.honest-workers";
  private static final String DATA = "dp.data";

  private static final Set<String> KEYS =
      Set.of(REQUIRED, EPSILON, DELTA, EPSILON_PER_RUN, HONEST_WORKERS, DATA);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /** Returns whether a key of a policy is about budgets. */
  static boolean has(String key) {
    return KEYS.contains(key);
  }

  /**
   * Reads a policy's budget.
   *
   * @return empty where the policy has none of the keys
   * @throws ProtocolException if a key is missing, or a value out of its domain
   */
  static Optional<Budget> of(Properties policy) {
    SortedMap<String, String> keys = new TreeMap<>();
    for (String key : policy.stringPropertyNames()) {
      if (has(key)) {
        keys.put(key, policy.getProperty(key));
      }
    }
    return keys.isEmpty() ? Optional.empty() : Optional.of(read(new PolicyText(keys)));
  }

  private static Budget read(PolicyText policy) {
    double epsilon = policy.number(EPSILON, "> 0", value -> value > 0.0, Double.NaN);
    double delta =
        policy.number(DELTA, "in (0, 1)", value -> value > 0.0 && value < 1.0, Double.NaN);
    if (Double.isNaN(epsilon) || Double.isNaN(delta)) {
      throw new ProtocolException(EPSILON + " and " + DELTA + " must be set with any key dp.*");
    }
    String data = policy.text(DATA).orElse("all");
    if (!NAME.matcher(data).matches()) {
      throw new ProtocolException(DATA + " must be of letters, digits, dots, - and _");
    }
    return new Budget(
        isTrue(policy.text(REQUIRED).orElse("false")),
        data,
        epsilon,
        delta,
        policy.number(
            EPSILON_PER_RUN,
            "> 0 and at most " + EPSILON,
            value -> value > 0.0 && value <= epsilon,
            epsilon),
        policy.count(HONEST_WORKERS, 1, 1));
  }

  private static boolean isTrue(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new ProtocolException(REQUIRED + " must be true or false");
    }
    return text.equals("true");
  }

  /** Returns what all runs together may cost. */
  public Zcdp total() {
    return Zcdp.within(epsilon, delta);
  }

  /** Returns what one run may cost. */
  public Zcdp perRun() {
    return Zcdp.within(epsilonPerRun, delta);
  }
}
