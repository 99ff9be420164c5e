package io.sparkfed.agent;

import java.io.IOException;

/** What came is no frame that may stand there. The message says which rule it breaks. */
final class BadFrameException extends IOException {
  private static final long serialVersionUID = 1L;

  private final AgentException.Kind kind;

  BadFrameException(AgentException.Kind kind, String rule) {
    super(rule);
    this.kind = kind;
  }

  /** Returns what the peer is told. */
  AgentException.Kind kind() {
    return kind;
  }
}
