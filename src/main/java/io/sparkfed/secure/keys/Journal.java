package io.sparkfed.secure.keys;

/**
 * What a party remembers of the sums it helped to open: for one sum of a run it answers for one set
 * of workers, however often and by whomever it is asked again.
 */
@FunctionalInterface
public interface Journal {

  /**
   * Records, before the answer leaves, what it opens.
   *
   * @param runId 32 random bytes of the run
   * @param sum number of the sum within the run; a second attempt at it keeps the number
   * @param opening hash of the session and the set of workers
   * @throws io.sparkfed.wire.ProtocolException if another opening of this sum is recorded, or it
   *     can't be recorded
   */
  void record(byte[] runId, int sum, byte[] opening);
}
