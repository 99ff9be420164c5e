package io.sparkfed.agent;

import java.io.IOException;

/** An agent can't be asked, or doesn't answer. The message names its address. */
public final class AgentException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Why not. */
  public enum Kind {
    /** Nobody listens. */
    ABSENT("no agent listens there"),
    /** The agent, or its socket's permissions, turn this process away. */
    TURNED_AWAY("the agent's owner doesn't let this process ask"),
    /** Who listens is not who should. */
    IMPOSTOR("who listens there is not the agent that was expected"),
    /** The two sides don't speak the same version. */
    OTHER_VERSION("the agent speaks another version"),
    /** The agent has no room for one more; later it may. */
    BUSY("the agent has no room for another request now"),
    /** No frame came in time. */
    SILENT("the agent said nothing in time"),
    /** The request, or its answer, is longer than a frame may be. */
    TOO_LONG("a request or an answer is longer than a frame may be"),
    /** The agent's own work on the request failed; its log says how. */
    FAILED("the agent failed at the request; its log says how"),
    /** The connection broke, or what came was no frame. */
    BROKEN("the connection to the agent broke");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  AgentException(Kind kind, AgentAddress address, String more) {
    super(address + ": " + kind.words + (more.isEmpty() ? "" : " (" + more + ")"));
    this.kind = kind;
  }

  AgentException(Kind kind, AgentAddress address, Throwable cause) {
    this(kind, address, String.valueOf(cause.getMessage()));
    initCause(cause);
  }

  /** Returns why. */
  public Kind kind() {
    return kind;
  }
}
