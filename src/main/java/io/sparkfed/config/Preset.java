package io.sparkfed.config;

import io.sparkfed.config.TrainingConfig.Algorithm;
import io.sparkfed.federated.ExactPlan.Conditioning;
import io.sparkfed.federated.PrivatePlan.Method;
import io.sparkfed.server.AdaptiveServer;
import io.sparkfed.server.AdaptiveServer.Adagrad;
import io.sparkfed.server.AdaptiveServer.Adam;
import io.sparkfed.server.AdaptiveServer.SecondMoment;
import io.sparkfed.server.AdaptiveServer.Yogi;
import io.sparkfed.server.ExactGradientDescent;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.server.ServerMomentum;
import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.server.ServerSgd;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A named algorithm: a row of the table {@link #ALL}, which says what fills the slots of a round.
 *
 * @param name the value of {@code algorithm.preset}
 * @param slots what fills them
 * @param keys what it reads that not all presets read
 * @param defaults what it sets where the configuration doesn't, in HOCON; this comes before {@code
 *     reference.conf}
 */
public record Preset(String name, Slots slots, List<String> keys, String defaults) {
  /** As many pairs of steps and gradients as Spark ML's. */
  public static final int LBFGS_MEMORY = 10;

  private static final String RATE = "algorithm.server.learning-rate";
  private static final String MOMENTUM = "algorithm.server.momentum";
  private static final String BETA1 = "algorithm.server.beta1";
  private static final String BETA2 = "algorithm.server.beta2";
  private static final String TAU = "algorithm.server.tau";
  private static final String STEP_SIZE = "algorithm.step-size";
  private static final String PRECONDITIONER = "algorithm.preconditioner";
  private static final String PRIVATE_ROUNDS = "privacy.rounds";

  /** What all averaging presets read. */
  private static final List<String> OF_AVERAGING =
      List.of(
          "algorithm.local", "algorithm.weighting", "algorithm.proximal-mu", "algorithm.cohort");

  /** The presets; those that average come first. */
  static final List<Preset> ALL =
      List.of(
          averaging(
              "fed-avg",
              List.of(RATE),
              read -> new ServerSgd(rate(read)),
              "algorithm.server.learning-rate = 1.0"),
          averaging(
              "fed-prox",
              List.of(RATE),
              read -> new ServerSgd(rate(read)),
              "algorithm { server.learning-rate = 1.0, proximal-mu = 0.01 }"),
          averaging(
              "fed-avgm",
              List.of(RATE, MOMENTUM),
              read -> new ServerMomentum(rate(read), decay(read, MOMENTUM)),
              "algorithm.server { learning-rate = 1.0, momentum = 0.9 }"),
          averaging(
              "fed-adagrad",
              List.of(RATE, BETA1, TAU),
              read -> adaptive(read, new Adagrad()),
              "algorithm.server { learning-rate = 0.1, beta1 = 0.0, tau = 1e-3 }"),
          averaging(
              "fed-adam",
              List.of(RATE, BETA1, BETA2, TAU),
              read -> adaptive(read, new Adam(decay(read, BETA2))),
              "algorithm.server { learning-rate = 0.1, beta1 = 0.9, beta2 = 0.99, tau = 1e-3 }"),
          averaging(
              "fed-yogi",
              List.of(RATE, BETA1, BETA2, TAU),
              read -> adaptive(read, new Yogi(decay(read, BETA2))),
              "algorithm.server { learning-rate = 0.1, beta1 = 0.9, beta2 = 0.99, tau = 1e-3 }"),
          lossless(
              "fed-newton",
              List.of(),
              a -> new Newton(a.tolerance().orElseThrow()),
              Conditioning.STANDARDIZED,
              "algorithm { rounds = 50, tolerance = 1e-12 }"),
          lossless(
              "fed-lbfgs",
              List.of(PRECONDITIONER),
              a -> new Lbfgs(LBFGS_MEMORY, a.tolerance().orElseThrow()),
              Conditioning.STANDARDIZED,
              "algorithm { rounds = 1000, tolerance = 1e-11 }"),
          lossless(
              "normal-equations",
              List.of(),
              a -> new NormalEquations(),
              Conditioning.STANDARDIZED,
              "algorithm.rounds = 1"),
          lossless(
              "fed-sgd",
              List.of(STEP_SIZE),
              a ->
                  new ExactGradientDescent(
                      a.stepSize(), a.tolerance().orElseThrow(), a.divergenceFactor()),
              Conditioning.AS_IS,
              "algorithm { rounds = 100, tolerance = 1e-8, step-size = 0.1 }"),
          lossless(
              PresetNames.AUTO,
              List.of(PRECONDITIONER),
              a -> {
                throw new IllegalStateException("auto stands for another preset");
              },
              Conditioning.STANDARDIZED,
              "algorithm.rounds = 1000"),
          noised(
              PresetNames.PRIVATE,
              Method.GRADIENTS,
              List.of(PRIVATE_ROUNDS, PrivacyReader.GRAM_SHARE, PrivacyReader.INTERVALS_SHARE)),
          noised("private-statistics", Method.STATISTICS, List.of()));

  /** What fills the slots of a round. */
  public sealed interface Slots {}

  /**
   * Local training, the mean of the updates, a step of the server.
   *
   * @param server reads the server's part of a configuration
   */
  record Averaging(Function<ConfigReader, ServerOptimizer> server) implements Slots {}

  /**
   * Sums of derivatives and a step of an optimizer.
   *
   * @param conditioning of the features, for the numbers' sake
   */
  public record Lossless(Function<Algorithm, ExactOptimizer> optimizer, Conditioning conditioning)
      implements Slots {}

  /**
   * Sums of bounded terms of rows with noise, and nothing else.
   *
   * @param method what is summed
   */
  public record Noised(Method method) implements Slots {}

  private static Preset noised(String name, Method method, List<String> keys) {
    return new Preset(
        name,
        new Noised(method),
        keys,
        "model.standardize = none\nalgorithm.rounds = null\ndata.missing = drop");
  }

  private static Preset averaging(
      String name,
      List<String> keys,
      Function<ConfigReader, ServerOptimizer> server,
      String defaults) {
    return new Preset(name, new Averaging(server), join(OF_AVERAGING, keys), defaults);
  }

  private static Preset lossless(
      String name,
      List<String> keys,
      Function<Algorithm, ExactOptimizer> optimizer,
      Conditioning conditioning,
      String defaults) {
    return new Preset(
        name,
        new Lossless(optimizer, conditioning),
        keys,
        "model.standardize = federated\n" + defaults);
  }

  /** Returns the preset of a name; empty where there is none. */
  public static Optional<Preset> of(String name) {
    return ALL.stream().filter(preset -> preset.name.equals(name)).findFirst();
  }

  /** Returns the presets that read a key; empty where all do. */
  static List<String> owners(String key) {
    return ALL.stream().filter(p -> p.keys.contains(key)).map(Preset::name).toList();
  }

  boolean isLossless() {
    return slots instanceof Lossless;
  }

  boolean isNoised() {
    return slots instanceof Noised;
  }

  /** Returns what the server makes of an average; of no use for a preset that doesn't average. */
  ServerOptimizer server(ConfigReader read) {
    return slots instanceof Averaging averaging
        ? averaging.server().apply(read)
        : new ServerSgd(1.0);
  }

  private static List<String> join(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static ServerOptimizer adaptive(ConfigReader read, SecondMoment secondMoment) {
    return new AdaptiveServer(rate(read), decay(read, BETA1), positive(read, TAU), secondMoment);
  }

  private static double rate(ConfigReader read) {
    return positive(read, RATE);
  }

  private static double positive(ConfigReader read, String key) {
    return read.number(key, "must be a number > 0", value -> value > 0.0);
  }

  private static double decay(ConfigReader read, String key) {
    return read.number(key, "must be a number in [0, 1)", v -> v >= 0.0 && v < 1.0);
  }
}
