package io.sparkfed.config;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.config.DataConfig.Source;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig.AggregationConfig;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.AskedForms;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.NoisySum;
import io.sparkfed.secure.SumsOfStudy;
import io.sparkfed.secure.UnderPolicies;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.masked.MaskedCohort;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import java.util.List;
import java.util.SortedMap;

/** The values of {@code aggregation.mode}, with what each protects from whom. */
public enum AggregationMode {
  /** Pairwise masks: the driver sums masked vectors and learns their sum alone. */
  MASKED(
      List.of(),
      (keys, of, runId) -> new MaskedSum(keys, of.minWorkers(), of.masked(), runId),
      (of, cohort) -> MaskedCohort.of(cohort, MaskedCohort.LEAST_WORKERS, of.masked()).threshold(),
      List.of(
          "The driver, and so the model's owner, receives masked vectors that look uniformly"
              + " random, and learns only their sum over the cohort.",
          "No executor sees another worker's update.",
          "Rows never leave their worker's partition during training.",
          "A worker's failure reaches the driver as one coarse tag, without text."),
      List.of(Caveat.SUM_SPEAKS, Caveat.DRIVER_SHIPS_CODE, Caveat.ROOT, Caveat.POISONING)),
  /** Additive shares sealed to several aggregators. */
  COMMITTEE(
      List.of("aggregator-1", "aggregator-2"),
      AggregationMode::sealed,
      (of, cohort) -> Math.min(of.minWorkers(), cohort),
      List.of(
          "The driver, and so the model's owner, receives only sums over the cohort: never one"
              + " worker's update, row count, loss or metrics.",
          "No single aggregator sees an update: each has a share that looks uniformly random,"
              + " and only all of them together could reconstruct an update.",
          "Updates are sealed to the aggregators: neither the network, nor other executors, nor the"
              + " driver that relays them can read them.",
          "Rows never leave their worker's partition during training.",
          "A worker's failure reaches the driver as one coarse tag, without text."),
      List.of(
          "Aggregators that share an owner, an executor or a host protect no more than one does.",
          Caveat.SUM_SPEAKS,
          Caveat.DRIVER_SHIPS_CODE,
          Caveat.ROOT,
          Caveat.POISONING)),
  /** One trusted aggregator. */
  SECURE_WORKER(
      List.of("secure-worker"),
      AggregationMode::sealed,
      (of, cohort) -> Math.min(of.minWorkers(), cohort),
      List.of(
          "The driver, and so the model's owner, receives only sums over the cohort: never one"
              + " worker's update, row count, loss or metrics.",
          "Updates are sealed to the secure worker: neither the network, nor other executors, nor the"
              + " driver that relays them can read them.",
          "Rows never leave their worker's partition during training.",
          "A worker's failure reaches the driver as one coarse tag, without text."),
      List.of(
          "The secure worker, and so the executor it runs on, sees every update and who sent it.",
          Caveat.SUM_SPEAKS,
          Caveat.DRIVER_SHIPS_CODE,
          Caveat.ROOT,
          Caveat.POISONING)),
  /** The driver sums: the baseline. */
  INSECURE_PLAIN(
      List.of(),
      AggregationMode::plain,
      (of, cohort) -> 1,
      List.of("Rows never leave their worker's partition during training."),
      List.of(Caveat.IN_THE_CLEAR));

  /** What no mode protects from. */
  private static final class Caveat {
    static final String IN_THE_CLEAR =
        "The driver sees every worker's update, row count, loss and metric sums in the clear. Use"
            + " this mode for comparison only.";
    static final String NOISY_IN_THE_CLEAR =
        "The driver sees every worker's sums in the clear, each with its own noise alone.";
    static final String SUM_SPEAKS =
        "The sum itself reveals something about the workers: more when they are few, and more"
            + " with each round. With two, each can compute the other's update.";
    static final String NOISY_SUM_SPEAKS =
        "What all rows have in common is what a model is for, and noise doesn't hide it. A person"
            + " with rows at several workers is protected at each by itself.";
    static final String DRIVER_SHIPS_CODE =
        "The driver ships the code: a malicious driver can read anything at the workers. It also"
            + " lists files, so it sees their sizes, and it sees how long tasks take.";
    static final String RELAYS =
        "Rows and keys are with the owners' agents, whose code is the owners' own. The driver, which"
            + " ships the code of the relays, sees how large messages are and how long they take.";
    static final String ROOT =
        "Anybody with root on an executor's host sees that executor's" + " workers.";
    static final String POISONING =
        "Workers are trusted to send honest updates (no defense against poisoning).";
  }

  /** Opens the sum of integer vectors that a mode rides on. */
  private interface Ring {
    RingSum open(KeyRing keys, AggregationConfig of, byte[] runId);
  }

  /** Of how many workers of a cohort the noise can be relied on. */
  private interface Honest {
    int of(AggregationConfig of, int cohort);
  }

  private final List<String> aggregators;
  private final Ring ring;
  private final Honest honest;
  private final List<String> protects;
  private final List<String> doesNotProtect;

  AggregationMode(
      List<String> aggregators,
      Ring ring,
      Honest honest,
      List<String> protects,
      List<String> doesNotProtect) {
    this.aggregators = aggregators;
    this.ring = ring;
    this.honest = honest;
    this.protects = protects;
    this.doesNotProtect = doesNotProtect;
  }

  private static RingSum plain(KeyRing keys, AggregationConfig of, byte[] runId) {
    RingSum sum = new InsecurePlainSum(of.minWorkers());
    return of.keys().isPresent() ? new UnderPolicies(keys, sum, runId) : sum;
  }

  private static RingSum sealed(KeyRing keys, AggregationConfig of, byte[] runId) {
    return new SealedSum(keys, of.aggregators().keySet(), of.minWorkers(), runId);
  }

  /**
   * Returns this mode's sums.
   *
   * @param keys where the parties' keys are
   * @param of what is configured
   * @param runId 32 bytes that no other run has
   * @param study SHA-256 of the study that all is asked for
   */
  SumFactory sums(KeyRing keys, AggregationConfig of, byte[] runId, byte[] study) {
    RingSum opened = ring.open(keys, of, runId);
    RingSum shared = new SumsOfStudy(study, opened);
    // Noise is an owner's, also where nothing else is asked of one.
    boolean hasOwners = this != INSECURE_PLAIN || of.keys().isPresent();
    RingSum noised =
        hasOwners ? shared : new SumsOfStudy(study, new UnderPolicies(keys, opened, runId));
    return new SumFactory() {
      @Override
      public VectorSum sumOf(Layout layout) {
        return new FixedPointSum(shared, layout);
      }

      @Override
      public ReleasedSum released(Zcdp cost, Zcdp plan, int honestWorkers) {
        return new NoisySum(noised, cost, plan, honestWorkers);
      }

      @Override
      public int mostHonest(int cohort) {
        return honest.of(of, cohort);
      }

      @Override
      public <S> void end(Federation<S> federation) {
        shared.end(federation);
      }

      @Override
      public SortedMap<String, String> journals() {
        return shared.journals();
      }

      @Override
      public SortedMap<String, Integer> leftOut() {
        return shared.leftOut();
      }
    };
  }

  /** Returns what protects the messages of this mode's sums. */
  public AskedForms.Way way() {
    return switch (this) {
      case MASKED -> AskedForms.Way.MASKED;
      case COMMITTEE, SECURE_WORKER -> AskedForms.Way.SEALED;
      case INSECURE_PLAIN -> AskedForms.Way.PLAIN;
    };
  }

  /** Returns the aggregators this mode has unless others are named; none if it needs none. */
  public List<String> aggregators() {
    return aggregators;
  }

  /** Returns whether this mode works with so many aggregators. */
  boolean acceptsAggregators(int number) {
    return aggregators.size() == 1 ? number == 1 : number >= aggregators.size();
  }

  /** Says how many aggregators this mode has, for error messages. */
  String aggregatorRule() {
    return aggregators.size() == 1
        ? "must name exactly one aggregator for this mode"
        : "must name at least " + aggregators.size() + " aggregators for this mode";
  }

  /** Returns whether the driver can't see single workers' numbers. */
  public boolean protectsFromDriver() {
    return this != INSECURE_PLAIN;
  }

  /** Returns what is protected from whom, one sentence each. */
  public List<String> protects() {
    return protects;
  }

  /**
   * Returns what is not protected, one sentence each.
   *
   * @param source where the rows are
   * @param hasNoise whether all that workers send has noise
   */
  public List<String> doesNotProtect(Source source, boolean hasNoise) {
    boolean areOfAgents = source instanceof WorkerPaths paths && paths.areOfAgents();
    return doesNotProtect.stream()
        .map(one -> areOfAgents && one.equals(Caveat.DRIVER_SHIPS_CODE) ? Caveat.RELAYS : one)
        .map(one -> hasNoise && one.equals(Caveat.SUM_SPEAKS) ? Caveat.NOISY_SUM_SPEAKS : one)
        .map(one -> hasNoise && one.equals(Caveat.IN_THE_CLEAR) ? Caveat.NOISY_IN_THE_CLEAR : one)
        .toList();
  }
}
