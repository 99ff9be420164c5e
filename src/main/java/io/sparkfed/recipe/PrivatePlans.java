package io.sparkfed.recipe;

import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.NoSplit;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.Preset;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.PrivatePlan.Method;
import io.sparkfed.federated.RunBudget;
import io.sparkfed.federated.noised.Budgets;
import io.sparkfed.math.Interval;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.SampledGram;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What {@code privacy} makes of a training. */
final class PrivatePlans {
  /** Of one release: with less, noise on the grid of a sum over 100,000 workers has no room. */
  private static final BigDecimal LEAST_RHO = new BigDecimal("1e-9");

  private PrivatePlans() {}

  /**
   * Returns how rows are hidden; empty where they aren't.
   *
   * @param encoding complete
   * @param sums the sums all numbers travel through
   * @throws ConfigurationException if no bound follows for a feature, there are too many
   *     coefficients, or the noise is relied on of more workers than the sums can vouch for
   */
  static Optional<PrivatePlan> of(
      TrainingConfig config, FeatureEncoding encoding, ModelShape shape, SumFactory sums) {
    if (config.privacy().isEmpty()) {
      return Optional.empty();
    }
    PrivacySettings privacy = config.privacy().get();
    Method method = method(config);
    if (method == Method.STATISTICS && shape.features() > Presets.MOST_COEFFICIENTS_WITH_HESSIAN) {
      throw new ConfigurationException(
          "algorithm.preset = private-statistics can have at most "
              + Presets.MOST_COEFFICIENTS_WITH_HESSIAN
              + " features, because it sums a number for each pair of them; use private."
              + " Provided: "
              + shape.features());
    }
    RunBudget budget = budget(config);
    Budgets budgets =
        Budgets.of(budget, method, SampledGram.order(shape), config.algorithm().rounds());
    if (privacy.intervalsShare() > 0.0 && !budgets.hasIntervals()) {
      throw new ConfigurationException(
          "privacy.intervals-share must be 0 with so many features, because intervals need a number"
              + " for each pair of them. Provided: "
              + shape.features());
    }
    requireRoom(budgets);
    requireHonest(config, privacy, sums);
    Optional<Interval> labels = privacy.labelBounds();
    return Optional.of(
        new PrivatePlan(
            unit(privacy),
            method,
            privacy.epsilon(),
            privacy.delta(),
            budget,
            RowBounds.of(encoding, privacy, shape),
            labels.map(Interval::middle).orElse(0.0),
            labels.map(Interval::halfWidth).orElse(1.0),
            privacy.rows(),
            privacy.honestWorkers(),
            config.confidenceLevel(),
            config.metricSettings(),
            privacy.updateNorm()));
  }

  /** Returns what the releases of a run that hides something may cost, at the price of rows. */
  static RunBudget budget(TrainingConfig config) {
    PrivacySettings privacy = config.privacy().orElseThrow();
    Zcdp budget = Zcdp.within(privacy.epsilon(), privacy.delta());
    boolean isSplit = !(config.data().split() instanceof NoSplit);
    if (unit(privacy) == HiddenUnit.WORKER) {
      Zcdp all = budget.times(HiddenUnit.WORKER.priceOfRow());
      double share = privacy.evaluationShare();
      return new RunBudget(
          all,
          isSplit ? all.part(new BigDecimal(share)) : Zcdp.NOTHING,
          isSplit ? 0.0 : share,
          0.0,
          0.0,
          0.0);
    }
    return new RunBudget(
        budget,
        isSplit ? budget : Zcdp.NOTHING,
        privacy.evaluationShare(),
        privacy.rows().isPresent() ? 0.0 : privacy.countShare(),
        privacy.intervalsShare(),
        privacy.gramShare());
  }

  /** Returns what is hidden. */
  static HiddenUnit unit(PrivacySettings privacy) {
    if (privacy.unit() == PrivacySettings.Unit.WORKER) {
      return HiddenUnit.WORKER;
    }
    return privacy.personColumn().isPresent() ? HiddenUnit.PERSON : HiddenUnit.ROW;
  }

  /** Returns what is released of a run that hides something. */
  static Method method(TrainingConfig config) {
    return Preset.of(config.algorithm().preset()).orElseThrow().slots()
            instanceof Preset.Noised noised
        ? noised.method()
        : Method.UPDATES;
  }

  /** Before the first release is paid for: noise must have room beside what it hides. */
  private static void requireRoom(Budgets budgets) {
    Map<String, Zcdp> costs = new LinkedHashMap<>();
    costs.put("the number of rows", budgets.count());
    costs.put("the lengths of rows", budgets.lengths());
    costs.put("products of features", budgets.products());
    costs.put("each of the rounds", budgets.gradient());
    costs.put("intervals", budgets.hessian());
    costs.put("figures of training rows", budgets.figures());
    costs.put("figures of test rows", budgets.test());
    costs.forEach(
        (what, cost) -> {
          if (!cost.equals(Zcdp.NOTHING) && cost.rho().compareTo(LEAST_RHO) < 0) {
            throw new ConfigurationException(
                "privacy.epsilon, privacy.delta, the number of rounds and the shares of the budget must leave"
                    + " a rho of at least "
                    + LEAST_RHO
                    + " to each release: with less its noise hides everything. For "
                    + what
                    + " it is "
                    + cost.rho().round(new MathContext(3)));
          }
        });
  }

  private static void requireHonest(
      TrainingConfig config, PrivacySettings privacy, SumFactory sums) {
    OptionalInt workers = config.data().source().knownWorkers();
    if (privacy.honestWorkers().isEmpty() || workers.isEmpty()) {
      return;
    }
    int most = sums.mostHonest(workers.getAsInt());
    if (privacy.honestWorkers().getAsInt() > most) {
      throw new ConfigurationException(
          "privacy.honest-workers must be at most "
              + most
              + ": aggregation.mode = "
              + EnumNames.of(config.aggregation().mode())
              + " opens a sum of "
              + workers.getAsInt()
              + " workers only with the noise of so many. Provided value: "
              + privacy.honestWorkers().getAsInt());
    }
  }
}
