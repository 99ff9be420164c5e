package io.sparkfed.secure.keys;

import java.util.Set;

/**
 * A sum that a party helps to open.
 *
 * @param runId 32 bytes of the run
 * @param opening hash of the session and of the set that is opened
 * @param subject hash of what the vectors answer, whatever grid they are on
 * @param parties hash of who was asked, of whose vectors are in the sum, and of who masks with
 *     whom: where it is the same for two sessions, they could have been one
 * @param cohort whose vectors are in the sum
 */
public record Answer(
    byte[] runId, byte[] opening, byte[] subject, byte[] parties, Set<String> cohort) {
  /** Copies the names. */
  public Answer {
    cohort = Set.copyOf(cohort);
  }
}
