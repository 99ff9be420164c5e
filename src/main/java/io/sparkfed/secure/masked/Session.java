package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;

/**
 * The public frame of one masked sum, the same for every worker.
 *
 * @param runId 32 random bytes of the run
 * @param id 32 random bytes of the session; never used twice
 * @param round the round it belongs to
 * @param minWorkers least number of workers in the sum
 * @param degree k: with how many others each worker masks
 * @param threshold t: how many holders' shares open a self mask
 * @param cards canonical bytes of the cards of U0
 */
record Session(
    byte[] runId, byte[] id, int round, int minWorkers, int degree, int threshold, byte[] cards) {

  /**
   * Returns what every key of the session is bound to.
   *
   * @param cardsHash hash of the cards
   * @param roster the pinned roster; null where there is none
   * @param askedHash hash of what the worker was asked; workers with different questions don't
   *     cancel
   */
  byte[] context(byte[] cardsHash, Roster roster, byte[] askedHash) {
    return Kdf.sha256(
        new WireWriter()
            .text("spark-federated masked sum 2")
            .bytes(runId)
            .bytes(id)
            .integer(round)
            .integer(minWorkers)
            .integer(degree)
            .integer(threshold)
            .bytes(roster == null ? new byte[0] : roster.hash())
            .bytes(askedHash)
            .bytes(cardsHash)
            .toByteArray());
  }

  /**
   * Checks the frame, at a worker.
   *
   * @param workers how many are in U0
   * @throws ProtocolException if the driver broke a rule of the protocol, or of the owner's policy
   */
  void check(int workers, Policy policy) {
    policy.checkMinWorkers(minWorkers);
    policy.checkThreshold(threshold);
    if (workers < minWorkers) {
      throw new ProtocolException("the cohort must have at least min-workers workers");
    }
    if (!Graph.isPrivate(workers, degree, threshold, policy.corrupted())) {
      throw new RefusedException(
          OwnersRule.CORRUPTED, "the threshold and the degree must be at least the protocol's");
    }
    if (Graph.smallestOpened(degree, threshold) < policy.minWorkers()) {
      throw new RefusedException(
          OwnersRule.MIN_WORKERS,
          "a driver that lies must not be able to open a sum of fewer workers than the owner's"
              + " policy allows");
    }
  }

  /** Returns how many vectors must be in a sum that is opened. */
  int least() {
    return Math.max(minWorkers, threshold);
  }
}
