package io.sparkfed.agent;

import java.io.Closeable;
import java.io.IOException;

/**
 * Bytes to and from one peer. It blocks; {@link #close}, from another thread, ends what blocks with
 * an {@link IOException}.
 */
interface Link extends Closeable {

  /**
   * Reads what is there, at least a byte.
   *
   * @return how many bytes; -1 at the end
   */
  int read(byte[] into, int offset, int length) throws IOException;

  /** Writes all. */
  void write(byte[] from, int offset, int length) throws IOException;

  /**
   * Returns who the peer is. Before, no byte of it is believed.
   *
   * @throws IOException if it doesn't say
   */
  Peer peer() throws IOException;

  /** Closes the connection between two frames, where no other thread is at it. */
  default void end() throws IOException {
    close();
  }
}
