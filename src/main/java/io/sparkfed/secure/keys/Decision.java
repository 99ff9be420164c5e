package io.sparkfed.secure.keys;

import java.time.LocalDate;

/**
 * What an owner decided of a study by hand.
 *
 * @param isApproved whether it may be asked
 * @param runs in so many runs from then on
 * @param until the last day on which it may be
 */
public record Decision(boolean isApproved, long runs, LocalDate until) {
  /** Of a study that may not be asked. */
  public static final Decision DENIED = new Decision(false, 0, LocalDate.MIN);
}
