package io.sparkfed.recipe;

import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.federated.PrivatePlan.Method;
import io.sparkfed.federated.noised.Budgets;
import io.sparkfed.privacy.GaussianCurve;
import io.sparkfed.privacy.Zcdp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much noise the sums of a training to come will have, reckoned from its configuration. Noise
 * is in units of the most that one row, person or worker can add to the sum, so it is the same
 * whatever the columns are.
 */
public final class PlannedNoise {
  private final TrainingConfig config;
  private final PrivacySettings privacy;
  private final HiddenUnit unit;
  private final Zcdp budget;

  private PlannedNoise(TrainingConfig config) {
    this.config = config;
    this.privacy = config.privacy().orElseThrow();
    this.unit = PrivatePlans.unit(privacy);
    this.budget = Zcdp.within(privacy.epsilon(), privacy.delta());
  }

  /** Returns the budget of a training in one line. */
  public static String budget(TrainingConfig config) {
    PlannedNoise noise = new PlannedNoise(config);
    return String.format(
        Locale.ROOT,
        "%ss, epsilon %s, delta %s (rho %.3g)",
        noise.unit.text(),
        shortest(noise.privacy.epsilon()),
        shortest(noise.privacy.delta()),
        noise.budget.rho().doubleValue());
  }

  /** Returns what a training hides; of no meaning where it hides nothing. */
  public static HiddenUnit unit(TrainingConfig config) {
    return new PlannedNoise(config).unit;
  }

  /** Returns by how much more than by guessing it can be told at most, in [0, 1]. */
  public static double advantage(TrainingConfig config) {
    return GaussianCurve.advantage(new PlannedNoise(config).budget.mu());
  }

  /**
   * Returns the noise of each kind of sum, and what it does to a mean.
   *
   * @param coefficients number d of coefficients
   * @param workers that take part
   */
  public static List<String> lines(TrainingConfig config, int coefficients, int workers) {
    return new PlannedNoise(config).lines(coefficients, workers);
  }

  private List<String> lines(int coefficients, int workers) {
    int honest = privacy.honestWorkers().orElseGet(() -> Presets.sums(config).mostHonest(workers));
    double excess = Math.sqrt((double) Math.max(workers, honest) / honest);
    Method method = PrivatePlans.method(config);
    int order = coefficients / config.model().loss().outputs();
    Budgets budgets =
        Budgets.of(PrivatePlans.budget(config), method, order, config.algorithm().rounds());
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "privacy: %s, by the noise of at least %d of %d workers; standard deviations, where 1 is"
                + " what one %s adds at most:",
            budget(config),
            honest,
            workers,
            unit.text()));
    add("number of rows", budgets.count(), excess, lines);
    if (method == Method.GRADIENTS) {
      add("lengths of rows", budgets.lengths(), excess, lines);
      add("products of features", budgets.products(), excess, lines);
      gradients(sigma(budgets.gradient(), excess), coefficients, lines);
      add("Hessian for intervals", budgets.hessian(), excess, lines);
    }
    if (method == Method.STATISTICS) {
      add("products of features and labels", budgets.products(), excess, lines);
    }
    if (method == Method.UPDATES) {
      updates(sigma(budgets.gradient(), excess), coefficients, workers, lines);
    }
    add("figures of training rows", budgets.figures(), excess, lines);
    if (budgets.test().equals(Zcdp.NOTHING)) {
      lines.add(
          unit == HiddenUnit.WORKER
              ? "  no figure of test rows is told: privacy.evaluation-share is 0, or there are none"
              : "  no test rows: no figure of them is told");
    } else {
      add("figures of test rows", budgets.test(), excess, lines);
      lines.addAll(
          unit == HiddenUnit.WORKER
              ? PlannedFigures.ofWorkers(config, sigma(budgets.test(), excess), workers)
              : PlannedFigures.lines(config, sigma(budgets.test(), excess)));
    }
    return lines;
  }

  private void gradients(double sigma, int coefficients, List<String> lines) {
    lines.add(line("each of " + privacy.rounds() + " gradients", sigma));
    privacy
        .rows()
        .ifPresent(
            rows ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "  a mean gradient of %d rows gets noise as long as %.3g of the longest"
                            + " row's",
                        rows,
                        sigma * Math.sqrt(coefficients) / rows)));
  }

  private void updates(double sigma, int coefficients, int workers, List<String> lines) {
    lines.add(line("each of " + config.algorithm().rounds() + " sums of updates", sigma));
    lines.add(
        String.format(
            Locale.ROOT,
            "  a mean update of %d workers gets noise as long as %.3g of the longest one's",
            workers,
            sigma * Math.sqrt(coefficients) / workers));
  }

  private void add(String what, Zcdp cost, double excess, List<String> lines) {
    if (!cost.equals(Zcdp.NOTHING)) {
      lines.add(line(what, sigma(cost, excess)));
    }
  }

  private double sigma(Zcdp cost, double excess) {
    return excess * unit.reachOfRow() / cost.mu();
  }

  private static String line(String what, double sigma) {
    return String.format(Locale.ROOT, "  %-32s sigma %.4g", what, sigma);
  }

  /** Returns a number as short as it can be read back. */
  static String shortest(double number) {
    return String.valueOf(number)
        .replaceFirst("\\.0$", "")
        .replace(".0E", "E")
        .toLowerCase(Locale.ROOT);
  }
}
