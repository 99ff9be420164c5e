package io.sparkfed.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Wall-clock seconds by phase. */
final class Phases {
  private final Instant started = Instant.now();
  private final long startNanos = System.nanoTime();
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long phaseStart = startNanos;

  void end(String phase) {
    long now = System.nanoTime();
    seconds.put(phase, (now - phaseStart) / 1e9);
    phaseStart = now;
  }

  Instant started() {
    return started;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  Map<String, Double> seconds() {
    return seconds;
  }
}
