package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sparkfed.federated.RunPhase;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhasesTest {
  private static final Instant STARTED = Instant.parse("2026-03-01T10:15:30Z");

  private long now = 7_000_000_000L;

  private Phases started(long beforeNanos) {
    return new Phases(STARTED, Duration.ofNanos(beforeNanos), () -> now);
  }

  /** Whatever order phases come in, and however often, each moment is in one and in one alone. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void times_anyOrder_addUpToTheWhole(long seed) {
    Random random = new Random(seed);
    RunPhase[] all = RunPhase.values();
    long before = random.nextInt(2_000_000_000);
    Phases phases = started(before);
    Map<RunPhase, Double> heard = new EnumMap<>(RunPhase.class);
    phases.tell(heard::put);
    Map<RunPhase, Long> expected = new EnumMap<>(RunPhase.class);
    expected.put(RunPhase.START, before);
    RunPhase current = RunPhase.START;
    long whole = before;
    for (int step = 0; step < 200; step++) {
      long passed = random.nextInt(1_000_000_000);
      now += passed;
      whole += passed;
      expected.merge(current, passed, Long::sum);
      if (random.nextInt(10) == 0) {
        Phases.Times times = phases.times();
        double sum = times.seconds().values().stream().mapToDouble(Double::doubleValue).sum();
        assertEquals(Duration.ofNanos(whole), times.elapsed());
        assertEquals(whole / 1e9, sum, 1e-9 * sum);
      }
      current = all[random.nextInt(all.length)];
      phases.entered(current);
    }

    Phases.Times end = phases.end();

    expected.putIfAbsent(current, 0L);
    assertEquals(
        Arrays.stream(all).filter(expected::containsKey).map(RunPhase::key).toList(),
        List.copyOf(end.seconds().keySet()));
    expected.forEach(
        (phase, nanos) -> {
          assertEquals(nanos / 1e9, end.seconds().get(phase.key()), 1e-9, phase.key());
          assertEquals(nanos / 1e9, heard.get(phase), 1e-9, phase.key());
        });
    assertEquals(STARTED, phases.started());
  }

  @Test
  void tell_late_hearsOfPhasesThatHaveEnded() {
    Phases phases = started(1_500_000_000L);
    phases.entered(RunPhase.PLAN);
    now += 250_000_000L;
    phases.entered(RunPhase.LOAD);
    List<String> heard = new ArrayList<>();

    phases.tell((phase, seconds) -> heard.add(phase + " " + seconds));
    now += 1_000_000_000L;
    phases.entered(RunPhase.LOAD);
    assertEquals(Duration.ofSeconds(1), phases.inCurrent());
    phases.end();

    assertEquals(List.of("START 1.5", "PLAN 0.25", "LOAD 1.0"), heard);
    assertEquals(RunPhase.LOAD, phases.current());
  }

  @Test
  void ofProcess_startedWithTheJvm() {
    assumeTrue(SparkSession.getDefaultSession().isEmpty());

    long uptime = ManagementFactory.getRuntimeMXBean().getUptime();
    Phases phases = Phases.ofProcess();
    Duration elapsed = phases.times().elapsed();

    assertTrue(elapsed.toMillis() >= uptime, elapsed + ", up for " + uptime + " ms");
    assertTrue(elapsed.toMillis() <= uptime + 10_000, elapsed + ", up for " + uptime + " ms");
    assertEquals(RunPhase.START, phases.current());
  }
}
