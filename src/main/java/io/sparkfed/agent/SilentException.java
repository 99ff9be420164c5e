package io.sparkfed.agent;

import java.io.IOException;
import java.time.Duration;

/** A peer didn't send or take a frame in time; the connection is closed. */
final class SilentException extends IOException {
  private static final long serialVersionUID = 1L;

  SilentException(Duration time, IOException cause) {
    super("nothing within " + time.toMillis() + " ms", cause);
  }
}
