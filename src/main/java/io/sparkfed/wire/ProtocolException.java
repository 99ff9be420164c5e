package io.sparkfed.wire;

/**
 * Bytes or keys that break a rule of the protocol. The message names the rule and never a secret or
 * a worker's number.
 */
public class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the broken rule. */
  public ProtocolException(String rule) {
    super(rule);
  }
}
