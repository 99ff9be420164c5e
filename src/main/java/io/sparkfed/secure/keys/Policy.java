package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a data owner allows, whatever the driver asks for.
 *
 * @param minWorkers least number of workers in a sum this owner takes part in
 * @param minThreshold least number of workers that must agree to unmask
 * @param maxDimension most words of a vector
 * @param clip how long an update may be
 * @param corrupted what part of a cohort is assumed to work together with the driver, in [0, 0.33]
 * @param aggregators the only set of aggregators that updates may be sealed to, for sums that have
 *     aggregators; empty for any
 * @param requiredWorkers whose vectors must be in each sum
 */
public record Policy(
    int minWorkers,
    int minThreshold,
    long maxDimension,
    Clip clip,
    double corrupted,
    Optional<Set<String>> aggregators,
    Set<String> requiredWorkers) {

  /** What part of a cohort is assumed to be corrupted where nobody says. */
  public static final double CORRUPTED = 0.1;

  /** The policy of simulated owners: what the protocol itself demands. */
  public static final Policy PERMISSIVE =
      new Policy(2, 2, Long.MAX_VALUE, Clip.NONE, CORRUPTED, Optional.empty());

  /** Copies the names. */
  public Policy {
    aggregators = aggregators.map(Set::copyOf);
    requiredWorkers = Set.copyOf(requiredWorkers);
  }

  /** Creates a policy that requires no worker by name. */
  public Policy(
      int minWorkers,
      int minThreshold,
      long maxDimension,
      Clip clip,
      double corrupted,
      Optional<Set<String>> aggregators) {
    this(minWorkers, minThreshold, maxDimension, clip, corrupted, aggregators, Set.of());
  }

  /**
   * Checks whose vectors are in a sum.
   *
   * @param cohort those who are asked, or are left
   * @throws RefusedException if a worker is missing that the owner requires
   */
  public void checkPresent(Collection<String> cohort) {
    if (!cohort.containsAll(requiredWorkers)) {
      throw new RefusedException(
          OwnersRule.REQUIRED_WORKERS,
          "the workers that the owner's policy requires must take part");
    }
  }

  /**
   * Checks how many workers' vectors a sum holds at least.
   *
   * @throws RefusedException if the driver would open sums of fewer than the owner allows
   */
  public void checkMinWorkers(int sessionMinWorkers) {
    if (sessionMinWorkers < minWorkers) {
      throw new RefusedException(
          OwnersRule.MIN_WORKERS, "the session's min-workers is below the owner's policy");
    }
  }

  /**
   * Checks the threshold of a masked sum.
   *
   * @throws RefusedException if it is below what the owner allows
   */
  public void checkThreshold(int threshold) {
    if (threshold < minThreshold) {
      throw new RefusedException(
          OwnersRule.MIN_THRESHOLD, "the session's threshold is below the owner's policy");
    }
  }

  /**
   * Checks who would open a sealed sum: fewer aggregators than the owner named could collude more
   * easily, other ones it never chose.
   *
   * @throws RefusedException if they are not exactly those that the owner allows
   */
  public void checkAggregators(Collection<String> names) {
    if (aggregators.isPresent() && !new TreeSet<>(names).equals(new TreeSet<>(aggregators.get()))) {
      throw new RefusedException(
          OwnersRule.AGGREGATORS, "the aggregators must be those of the owner's policy");
    }
  }

  /**
   * Checks a vector's length.
   *
   * @throws RefusedException if it is more than the owner allows
   */
  public void checkDimension(int words) {
    if (words > maxDimension) {
      throw new RefusedException(
          OwnersRule.MAX_DIMENSION, "the vector is longer than the owner's policy allows");
    }
  }
}
