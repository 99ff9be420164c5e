package io.sparkfed.agent;

import java.time.Duration;

/**
 * What one side of a connection grants the other.
 *
 * @param longest most bytes of a payload
 * @param budget most bytes of requests that an agent holds at a time, over all connections
 * @param connections most connections that an agent has at a time
 * @param atOnce most requests that an agent works on at a time; the others wait
 * @param frame how long a frame may take from its first byte to its last, and another second for
 *     each 4 MiB
 * @param idle how long a connection may be without a request
 * @param keepAlive how often an agent that works on a request says so
 */
public record FrameLimits(
    int longest,
    long budget,
    int connections,
    int atOnce,
    Duration frame,
    Duration idle,
    Duration keepAlive) {

  /** 256 MiB a frame, half a GiB of requests, 256 connections, 8 requests at a time. */
  public static final FrameLimits USUAL =
      new FrameLimits(
          256 << 20,
          512L << 20,
          256,
          8,
          Duration.ofSeconds(20),
          Duration.ofMinutes(10),
          Duration.ofSeconds(1));

  /**
   * Returns the usual limits, or as much of them as a quarter of a process's memory has room for.
   */
  public static FrameLimits within(long memory) {
    long budget = Math.min(USUAL.budget, Math.max(1 << 20, memory / 4));
    return new FrameLimits(
        (int) Math.min(USUAL.longest, budget),
        budget,
        USUAL.connections,
        USUAL.atOnce,
        USUAL.frame,
        USUAL.idle,
        USUAL.keepAlive);
  }

  /**
   * @throws IllegalArgumentException if a limit leaves room for nothing
   */
  public FrameLimits {
    if (longest < 1 || budget < longest || connections < 1 || atOnce < 1) {
      throw new IllegalArgumentException(
          "limits must leave room for a frame, a connection and a request");
    }
    for (Duration time : new Duration[] {frame, idle, keepAlive}) {
      if (time.isZero() || time.isNegative()) {
        throw new IllegalArgumentException("limits in time must be > 0. Provided value: " + time);
      }
    }
  }

  /** Returns how long a frame of so many bytes may take. */
  Duration timeFor(int bytes) {
    return frame.plusSeconds(bytes >> 22);
  }
}
