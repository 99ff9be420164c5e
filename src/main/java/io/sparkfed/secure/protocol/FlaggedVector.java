package io.sparkfed.secure.protocol;

import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.aggregate.NonFiniteValueException;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A worker's vector with its flags, {@code [not finite, 1, payload...]}: in a sum the flags say how
 * many workers are in it and how many had nothing to send.
 */
public final class FlaggedVector {
  private static final int FLAGS = 2;

  private FlaggedVector() {}

  /** Returns how flagged vectors are added whose payload is added like this. */
  public static Ring ring(Ring payload) {
    return payload.behind(FLAGS);
  }

  /**
   * Returns a worker's vector, at the worker. A payload that can't be sent is replaced by random
   * words, so that nothing is learned from the sum but the flags.
   *
   * @param payload computes the payload
   * @param blindingKey key of the random words, the same whenever the task runs again
   */
  public static long[] of(Supplier<long[]> payload, Supplier<byte[]> blindingKey) {
    try {
      return flagged(payload.get(), 0L);
    } catch (NonFiniteValueException e) {
      long[] random = new long[e.words()];
      KeyStream.add(blindingKey.get(), random, Ring.OF_WORDS);
      return flagged(random, 1L);
    }
  }

  private static long[] flagged(long[] payload, long notFinite) {
    long[] vector = new long[FLAGS + payload.length];
    vector[0] = notFinite;
    vector[1] = 1L;
    System.arraycopy(payload, 0, vector, FLAGS, payload.length);
    return vector;
  }

  /**
   * Takes the flags off an opened sum.
   *
   * @param sum the sum of flagged vectors
   * @param workers how many must be in it
   * @param cohort how many were asked
   * @param bytes payload bytes that were received for it
   * @throws ProtocolException if the sum doesn't count its workers: a wrong mask or share would
   *     leave uniform words there
   * @throws NonFiniteUpdateException if a worker had nothing to send
   */
  public static Opened<long[]> open(long[] sum, int workers, int cohort, long bytes) {
    if (sum.length < FLAGS) {
      throw new ProtocolException("a sum must carry its flags");
    }
    long notFinite = sum[0];
    if (sum[1] != workers || notFinite < 0 || notFinite > workers) {
      throw new ProtocolException("the opened sum must count its workers");
    }
    if (notFinite > 0) {
      throw new NonFiniteUpdateException((int) notFinite);
    }
    return new Opened<>(
        Arrays.copyOfRange(sum, FLAGS, sum.length), workers, cohort - workers, bytes, 0);
  }
}
