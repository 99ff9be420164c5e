package io.sparkfed.secure.keys;

import java.util.Arrays;

/**
 * What a worker sent in a session.
 *
 * @param runId 32 bytes of the run
 * @param context hash of all that the session's keys are bound to
 * @param commitment keyed hash of the vector
 * @param subject hash of what the vector answers
 */
public record Sent(byte[] runId, byte[] context, byte[] commitment, byte[] subject) {

  /** Returns whether all bytes are the same. */
  boolean isSameAs(Sent other) {
    return Arrays.equals(runId, other.runId)
        && Arrays.equals(context, other.context)
        && Arrays.equals(commitment, other.commitment)
        && Arrays.equals(subject, other.subject);
  }
}
