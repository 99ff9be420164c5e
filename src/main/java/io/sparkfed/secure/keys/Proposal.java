package io.sparkfed.secure.keys;

import java.time.LocalDate;
import java.util.Optional;

/**
 * A study that was brought before an owner who decides by hand.
 *
 * @param study its SHA-256
 * @param signed the signed study's bytes
 * @param isWaiting whether it was asked for since the owner decided
 * @param decision the last one; empty for none yet
 * @param runs how many runs of it there were since
 */
public record Proposal(
    byte[] study, byte[] signed, boolean isWaiting, Optional<Decision> decision, long runs) {

  /** Returns whether the owner approved it, and a day is not after its last. */
  public boolean isApproved(LocalDate today) {
    return decision.filter(last -> last.isApproved() && !today.isAfter(last.until())).isPresent();
  }

  /** Returns whether the owner denied it. */
  public boolean isDenied() {
    return decision.filter(last -> !last.isApproved()).isPresent();
  }

  /** Returns whether there were as many runs of it as the owner approved. */
  public boolean isUsedUp() {
    return decision.filter(last -> runs >= last.runs()).isPresent();
  }
}
