package io.sparkfed.agent;

import java.time.Duration;

/** Memory that all connections share. */
final class ByteBudget {
  private long left;

  /** Creates a budget of so many bytes. */
  ByteBudget(long bytes) {
    this.left = bytes;
  }

  /** Takes some, as soon as it is there; returns whether it was in time. */
  synchronized boolean take(long bytes, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (left < bytes) {
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    left -= bytes;
    return true;
  }

  synchronized void give(long bytes) {
    left += bytes;
    notifyAll();
  }
}
