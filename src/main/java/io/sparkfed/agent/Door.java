package io.sparkfed.agent;

import java.io.Closeable;
import java.io.IOException;

/** Where an agent listens. */
interface Door extends Closeable {

  /**
   * Waits for the next one who comes.
   *
   * @throws IOException if the door is closed, or the system has no room for one more
   */
  Link accept() throws IOException;

  /** Returns whether somebody may bring requests. */
  boolean admits(Peer peer);

  /** Returns where it is. */
  AgentAddress address();
}
