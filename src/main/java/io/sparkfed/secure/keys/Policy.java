package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.ProtocolException;

/**
 * What a data owner allows, whatever the driver asks for.
 *
 * @param minWorkers least number of workers in a sum this owner takes part in
 * @param minThreshold least number of workers that must agree to unmask
 * @param maxDimension most words of a vector
 * @param maxRounds highest round number
 */
public record Policy(int minWorkers, int minThreshold, long maxDimension, int maxRounds) {

  /** The policy of simulated owners: what the protocol itself demands. */
  public static final Policy PERMISSIVE = new Policy(2, 2, Long.MAX_VALUE, Integer.MAX_VALUE);

  /**
   * Checks a session's parameters.
   *
   * @throws ProtocolException naming the rule that the driver would break
   */
  public void check(int sessionMinWorkers, int threshold, int round) {
    if (sessionMinWorkers < minWorkers) {
      throw new ProtocolException("the session's min-workers is below the owner's policy");
    }
    if (threshold < minThreshold) {
      throw new ProtocolException("the session's threshold is below the owner's policy");
    }
    if (round > maxRounds) {
      throw new ProtocolException("the round is beyond the owner's policy");
    }
  }

  /**
   * Checks a vector's length.
   *
   * @throws ProtocolException if it is more than the owner allows
   */
  public void checkDimension(int words) {
    if (words > maxDimension) {
      throw new ProtocolException("the vector is longer than the owner's policy allows");
    }
  }
}
