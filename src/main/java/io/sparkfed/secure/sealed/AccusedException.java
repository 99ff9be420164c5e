package io.sparkfed.secure.sealed;

import io.sparkfed.wire.ProtocolException;
import java.util.List;

/** Messages of these workers break a rule, so nothing was opened: it can be done without them. */
final class AccusedException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> workers;

  /**
   * Creates the exception.
   *
   * @param rule the rule that was broken first
   */
  AccusedException(List<String> workers, String rule) {
    super(rule);
    this.workers = List.copyOf(workers);
  }

  List<String> workers() {
    return workers;
  }
}
