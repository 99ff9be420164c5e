package io.sparkfed.aggregate;

import io.sparkfed.wire.ProtocolException;

/**
 * Thrown where an owner's rows are: its policy doesn't allow what the driver asks for. Of all that
 * can go wrong there, only which rule it was is told.
 */
public final class RefusedException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final OwnersRule rule;

  /**
   * Creates the exception.
   *
   * @param said the broken rule, for the owner's own log
   */
  public RefusedException(OwnersRule rule, String said) {
    super(said);
    this.rule = rule;
  }

  /** Returns the rule. */
  public OwnersRule rule() {
    return rule;
  }
}
