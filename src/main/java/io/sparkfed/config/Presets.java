package io.sparkfed.config;

import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.TrainingConfig.AggregationConfig;
import io.sparkfed.config.TrainingConfig.Algorithm;
import io.sparkfed.config.TrainingConfig.Keys;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.federated.PooledPlan;
import io.sparkfed.federated.PooledPlan.Conditioning;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.privacy.ClipBound;
import io.sparkfed.privacy.OwnersClip;
import io.sparkfed.secure.crypto.ProtocolException;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.KeyFolders;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.protocol.Ledger;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.server.PooledGradientDescent;
import io.sparkfed.server.PooledOptimizer;
import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.server.ServerSgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The named algorithms: each fills the slots of a round. */
public final class Presets {
  /** Most coefficients of a preset with Hessians: 2 million numbers, 16 MB a message. */
  static final int MOST_COEFFICIENTS_WITH_HESSIAN = 2000;

  /** As many pairs of steps and gradients as Spark ML's. */
  private static final int LBFGS_MEMORY = 10;

  private static final Map<String, ServerOptimizer> AVERAGING =
      Map.of("fed-avg", new ServerSgd(1.0));

  private static final Map<String, Function<Algorithm, PooledOptimizer>> LOSSLESS =
      Map.of(
          "fed-newton", a -> new Newton(a.lossless().orElseThrow().tolerance()),
          "fed-lbfgs", a -> new Lbfgs(LBFGS_MEMORY, a.lossless().orElseThrow().tolerance()),
          "normal-equations", a -> new NormalEquations(),
          "fed-sgd",
              a ->
                  new PooledGradientDescent(
                      a.lossless().orElseThrow().stepSize(),
                      a.lossless().orElseThrow().tolerance(),
                      a.divergenceFactor()));

  private Presets() {}

  /** Returns the names of the presets, sorted. */
  public static List<String> names() {
    return Stream.concat(AVERAGING.keySet().stream(), LOSSLESS.keySet().stream()).sorted().toList();
  }

  static boolean isLossless(String preset) {
    return LOSSLESS.containsKey(preset);
  }

  /**
   * Returns the lossless preset that fits.
   *
   * @param l1 lasso penalty, at least 0
   * @param coefficients the model's number of coefficients
   */
  public static String lossless(Family family, double l1, long coefficients) {
    if (l1 > 0.0
        || coefficients > MOST_COEFFICIENTS_WITH_HESSIAN
        || !LosslessValidation.WITH_CURVATURE.contains(family)) {
      return "fed-lbfgs";
    }
    return family == Family.LINEAR ? "normal-equations" : "fed-newton";
  }

  /**
   * Returns the plan of a run over rows with {@code features} features.
   *
   * @throws ConfigurationException if the preset can't have so many
   */
  public static TrainingPlan plan(TrainingConfig config, int features) {
    return plan(config, features, SumLedger.none());
  }

  /**
   * Returns the plan of a run that may be resumed.
   *
   * @param ledger where the secure sums that were begun are kept
   * @throws ConfigurationException if the preset can't have so many features
   */
  public static TrainingPlan plan(TrainingConfig config, int features, SumLedger ledger) {
    ModelShape shape =
        new ModelShape(features, config.model().intercept(), config.model().loss().outputs());
    KeyRing keys = keys(config.aggregation());
    return new TrainingPlan(
        config.model().family(),
        config.model().loss(),
        shape,
        config.model().l1(),
        config.model().l2(),
        config.model().standardize(),
        config.algorithm().reduction(),
        config.algorithm().solver(),
        config.algorithm().weighting(),
        config.aggregation().keys().isEmpty() ? ClipBound.NONE : new OwnersClip(keys),
        sums(config, keys, ledger(ledger)),
        AVERAGING.getOrDefault(config.algorithm().preset(), new ServerSgd(1.0)),
        config.algorithm().rounds(),
        config.algorithm().divergenceFactor(),
        MetricSums.of(config.model().family(), config.model().loss(), config.aucBins()),
        config.seed(),
        pooled(config, shape));
  }

  private static Optional<PooledPlan> pooled(TrainingConfig config, ModelShape shape) {
    Algorithm algorithm = config.algorithm();
    if (!isLossless(algorithm.preset())) {
      return Optional.empty();
    }
    PooledOptimizer optimizer = LOSSLESS.get(algorithm.preset()).apply(algorithm);
    if (optimizer.needsHessian() && shape.size() > MOST_COEFFICIENTS_WITH_HESSIAN) {
      throw new ConfigurationException(
          "algorithm.preset = "
              + algorithm.preset()
              + " can have at most "
              + MOST_COEFFICIENTS_WITH_HESSIAN
              + " coefficients, for it sums a number for each pair of them; take fed-lbfgs. Provided: "
              + shape.size());
    }
    return Optional.of(
        new PooledPlan(
            optimizer,
            optimizer instanceof PooledGradientDescent
                ? Conditioning.AS_IS
                : Conditioning.STANDARDIZED,
            config.confidenceLevel()));
  }

  /** Returns the sums that all numbers of a run's preprocessing travel through. */
  public static SumFactory sums(TrainingConfig config) {
    return sums(config, keys(config.aggregation()), Ledger.inMemory());
  }

  private static SumFactory sums(TrainingConfig config, KeyRing keys, Ledger ledger) {
    AggregationConfig aggregation = config.aggregation();
    return aggregation
        .mode()
        .sums(keys, aggregation.aggregators().keySet(), aggregation.minWorkers(), ledger);
  }

  private static Ledger ledger(SumLedger kept) {
    HexFormat hex = HexFormat.of();
    Ledger.Store store =
        (runId, sums, slots) -> kept.write(new SumLedger.Entry(hex.formatHex(runId), sums, slots));
    return kept.last()
        .map(last -> new Ledger(hex.parseHex(last.runId()), last.sums(), last.slots(), store))
        .orElseGet(() -> Ledger.begin(store));
  }

  private static KeyRing keys(AggregationConfig aggregation) {
    if (aggregation.keys().isEmpty()) {
      return new EphemeralKeys();
    }
    Keys keys = aggregation.keys().get();
    try {
      return new KeyFolders(keys.dir(), Files.readAllLines(Path.of(keys.roster())));
    } catch (IOException | ProtocolException e) {
      throw new ConfigurationException(
          "aggregation.keys.roster " + keys.roster() + " is not a roster: " + e.getMessage(), e);
    }
  }
}
