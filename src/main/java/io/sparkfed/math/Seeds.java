package io.sparkfed.math;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Named sub-seeds. One run seed gives an independent seed for each (purpose, round, worker), so
 * that no draw depends on the order in which tasks happen to run.
 *
 * <p>The sub-seed is the first eight bytes of SHA-256 over the length-prefixed parts.
 */
public final class Seeds {
  private Seeds() {}

  /**
   * Returns the seed of one purpose at one worker in one round.
   *
   * @param runSeed the run's seed
   * @param purpose what the numbers are drawn for, e.g. {@code "sgd"}
   * @param round the round's number; 0 for draws that belong to no round
   * @param worker the worker's id; empty for draws that belong to no worker
   */
  public static long derive(long runSeed, String purpose, int round, String worker) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(runSeed).array());
    updateWithLengthPrefix(digest, purpose);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(round).array());
    updateWithLengthPrefix(digest, worker);
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  private static void updateWithLengthPrefix(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
