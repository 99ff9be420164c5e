package io.sparkfed.recipe;

import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.NoSplit;
import io.sparkfed.config.Preset;
import io.sparkfed.config.Preset.Lossless;
import io.sparkfed.config.PresetNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.AggregationConfig;
import io.sparkfed.config.TrainingConfig.Algorithm;
import io.sparkfed.config.TrainingConfig.Keys;
import io.sparkfed.config.TrainingConfig.WherePaying;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.federated.AlgorithmChoice;
import io.sparkfed.federated.ExactPlan;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.Labels;
import io.sparkfed.model.ModelShape;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.KeyFolders;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.KeysElsewhere;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalSolver;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Fills the slots of a run: with those of its {@link Preset}, and with what the configuration says.
 */
public final class Presets {
  /** Most coefficients of a preset with Hessians: 2 million numbers, 16 MB a message. */
  static final int MOST_COEFFICIENTS_WITH_HESSIAN = 2000;

  /** Half a million numbers, 4 MB a message, once. */
  private static final int MOST_PRECONDITIONED_FEATURES = 1000;

  /** More lead to the optimum of a worker's own rows, away from that of all. */
  private static final int WARM_START_ITERATIONS = 3;

  private static final double WARM_START_TOLERANCE = 1e-6;

  private Presets() {}

  /**
   * Returns the plan of a run over rows with {@code features} numbers that no column bounds.
   *
   * @throws ConfigurationException if the preset can't have so many
   * @throws IllegalArgumentException if rows are hidden, which needs columns
   */
  public static TrainingPlan plan(TrainingConfig config, int features) {
    if (config.privacy().isPresent()) {
      throw new IllegalArgumentException("rows are hidden by what is known of their columns");
    }
    return plan(config, shape(config, features), sums -> Optional.empty(), Kdf.fresh());
  }

  /**
   * Returns the plan of a run over rows that are encoded so.
   *
   * @throws ConfigurationException if the preset can't have so many features, or rows are hidden
   *     and a feature isn't bounded
   */
  public static TrainingPlan plan(TrainingConfig config, FeatureEncoding encoding) {
    return plan(config, encoding, Kdf.fresh());
  }

  /**
   * Returns the plan of a run that may be resumed.
   *
   * @param runId no other run's; one that is gone on with has the same again
   * @throws ConfigurationException if the preset can't have so many features, or rows are hidden
   *     and a feature isn't bounded
   */
  public static TrainingPlan plan(TrainingConfig config, FeatureEncoding encoding, String runId) {
    return plan(config, encoding, Kdf.sha256(runId.getBytes(StandardCharsets.UTF_8)));
  }

  private static TrainingPlan plan(TrainingConfig config, FeatureEncoding encoding, byte[] runId) {
    ModelShape shape = shape(config, encoding.width());
    return plan(config, shape, sums -> PrivatePlans.of(config, encoding, shape, sums), runId);
  }

  static ModelShape shape(TrainingConfig config, int features) {
    return new ModelShape(features, config.model().intercept(), config.model().loss().outputs());
  }

  private static TrainingPlan plan(
      TrainingConfig config,
      ModelShape shape,
      Function<SumFactory, Optional<PrivatePlan>> privacy,
      byte[] runId) {
    SumFactory sums =
        config.aggregation().sums(keys(config.aggregation()), runId, Studies.hash(config));
    return new TrainingPlan(
        config.model().family(),
        config.model().loss(),
        shape,
        config.model().l1(),
        config.model().l2(),
        config.algorithm().proximalMu(),
        config.model().standardize(),
        config.algorithm().reduction(),
        config.algorithm().solver(),
        config.algorithm().weighting(),
        sums,
        config.algorithm().server(),
        config.algorithm().cohort(),
        config.algorithm().rounds(),
        config.algorithm().tolerance(),
        config.algorithm().divergenceFactor(),
        MetricSums.of(config.model().family(), config.model().loss(), config.metricSettings()),
        config.data().split() instanceof NoSplit
            ? OptionalInt.empty()
            : OptionalInt.of(config.aggregation().minWorkers()),
        config.seed(),
        pooled(config, shape),
        privacy.apply(sums));
  }

  private static Optional<ExactPlan> pooled(TrainingConfig config, ModelShape shape) {
    Algorithm algorithm = config.algorithm();
    if (!(slots(algorithm.preset()) instanceof Lossless lossless)) {
      return Optional.empty();
    }
    return Optional.of(
        new ExactPlan(
            chooser(config, shape),
            lossless.conditioning(),
            config.confidenceLevel(),
            config.model().labels() instanceof Labels.Proportions
                ? ExactPlan.Counting.ROWS
                : ExactPlan.Counting.WEIGHTS));
  }

  private static Preset.Slots slots(String preset) {
    return Preset.of(preset).orElseThrow().slots();
  }

  private static AlgorithmChoice.Chooser chooser(TrainingConfig config, ModelShape shape) {
    Algorithm algorithm = config.algorithm();
    if (algorithm.preset().equals(PresetNames.AUTO)) {
      return new AutoAlgorithm(
              config.model().family(),
              config.model().l1(),
              shape,
              isPreconditioned(config, shape),
              config.aggregation().mode(),
              config.aggregation().masked())
          .chooser((preset, warmPays) -> filled(config, shape, preset, warmPays));
    }
    AlgorithmChoice named = filled(config, shape, algorithm.preset(), false);
    if (named.optimizer().needsHessian() && shape.size() > MOST_COEFFICIENTS_WITH_HESSIAN) {
      throw new ConfigurationException(
          "algorithm.preset = "
              + algorithm.preset()
              + " can have at most "
              + MOST_COEFFICIENTS_WITH_HESSIAN
              + " coefficients, because it sums a number for each pair of them; use fed-lbfgs."
              + " Provided: "
              + shape.size());
    }
    return named.always();
  }

  private static AlgorithmChoice filled(
      TrainingConfig config, ModelShape shape, String preset, boolean warmPays) {
    Algorithm algorithm = config.algorithm();
    OptionalDouble tolerance = algorithm.tolerance();
    if (tolerance.isEmpty()) {
      tolerance = ConfigLoader.defaultTolerance(preset);
    }
    ExactOptimizer optimizer =
        ((Lossless) slots(preset)).optimizer().apply(algorithm.with(tolerance));
    if (algorithm.preconditioner() == WherePaying.TRUE) {
      requirePreconditionable(config, shape);
    }
    boolean preconditions = optimizer instanceof Lbfgs && isPreconditioned(config, shape);
    return new AlgorithmChoice(
        preset, optimizer, warmStart(algorithm.warmStart(), warmPays), preconditions, "");
  }

  private static boolean isPreconditioned(TrainingConfig config, ModelShape shape) {
    return config.model().l1() == 0.0
        && isWanted(
            config.algorithm().preconditioner(), shape.features() <= MOST_PRECONDITIONED_FEATURES);
  }

  private static void requirePreconditionable(TrainingConfig config, ModelShape shape) {
    if (config.model().l1() > 0.0) {
      throw new ConfigurationException(
          "algorithm.preconditioner = true does not go with model.l1 > 0. Provided model.l1: "
              + config.model().l1());
    }
    if (shape.features() > MOST_COEFFICIENTS_WITH_HESSIAN) {
      throw new ConfigurationException(
          "algorithm.preconditioner = true can have at most "
              + MOST_COEFFICIENTS_WITH_HESSIAN
              + " features, because it sums a number for each pair of them. Provided: "
              + shape.features());
    }
  }

  private static boolean isWanted(WherePaying wanted, boolean pays) {
    return wanted == WherePaying.TRUE || (wanted == WherePaying.AUTO && pays);
  }

  private static Optional<LocalSolver> warmStart(WherePaying wanted, boolean pays) {
    return isWanted(wanted, pays)
        ? Optional.of(
            new LocalLbfgs(WARM_START_ITERATIONS, WARM_START_TOLERANCE, Preset.LBFGS_MEMORY))
        : Optional.empty();
  }

  /** Returns the sums that all numbers of a run's preprocessing travel through. */
  public static SumFactory sums(TrainingConfig config) {
    return config.aggregation().sums(keys(config.aggregation()), Kdf.fresh(), Studies.hash(config));
  }

  /**
   * Returns a worker's public key as the roster has it, in hexadecimal.
   *
   * @throws ConfigurationException if there is no roster, or the worker isn't on it
   */
  public static String publicKey(AggregationConfig aggregation, String worker) {
    Roster roster = keys(aggregation).roster();
    if (roster == null) {
      throw new ConfigurationException("aggregation.keys.roster must be set");
    }
    try {
      return HexFormat.of().formatHex(roster.publicKey(worker));
    } catch (ProtocolException e) {
      throw new ConfigurationException("worker " + worker + ": " + e.getMessage(), e);
    }
  }

  static KeyRing keys(AggregationConfig aggregation) {
    if (aggregation.keys().isEmpty()) {
      return new EphemeralKeys();
    }
    Keys keys = aggregation.keys().get();
    try {
      List<String> roster = Files.readAllLines(Path.of(keys.roster()));
      return keys.dir().isPresent()
          ? new KeyFolders(keys.dir().get(), roster)
          : new KeysElsewhere(roster);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          "aggregation.keys.roster " + keys.roster() + " does not exist", e);
    } catch (IOException | ProtocolException e) {
      throw new ConfigurationException(
          "aggregation.keys.roster " + keys.roster() + " is not a roster: " + e.getMessage(), e);
    }
  }
}
