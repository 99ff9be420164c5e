package io.sparkfed.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.testing.Asked;
import io.sparkfed.wire.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimedFederationTest {
  private static final List<String> COHORT = List.of("a", "b");
  private static final Map<String, Integer> ROWS = Map.of("a", 1, "b", 2);

  private long now = 5_000_000_000L;
  private final TimedFederation<Integer> timed =
      new TimedFederation<>(new InProcessFederation<>(ROWS), () -> now);

  private void pass(double seconds) {
    now += (long) (seconds * 1e9);
  }

  private Visit visit(Phase phase) {
    return new Visit(phase, "a visit", 1, COHORT);
  }

  @Test
  void times_visitsOfPhases_areSummedAndTheRestIsTheDrivers() {
    pass(4);
    timed.restart();
    pass(1);
    timed.visit(visit(Phase.UNMASK), Asked.task((worker, rows) -> take(0.25)));
    timed.visit(visit(Phase.WORK), Asked.task((worker, rows) -> take(2)));
    timed.visit(visit(Phase.WORK), Asked.task((worker, rows) -> take(3)));
    timed.visitAggregators(visit(Phase.OPEN), new Aggregating());
    pass(1);

    TimedFederation.Times times = timed.times();

    assertEquals(13.5, times.seconds());
    assertEquals(Map.of("work", 10.0, "unmask", 0.5, "open", 1.0, "driver", 2.0), times.byPhase());
    assertEquals(
        List.of("work", "unmask", "open", "driver"), List.copyOf(times.byPhase().keySet()));
  }

  @Test
  void times_failedVisit_isCounted() {
    assertThrows(
        IllegalStateException.class,
        () ->
            timed.visit(
                visit(Phase.WORK),
                Asked.task(
                    (worker, rows) -> {
                      take(1);
                      throw new IllegalStateException();
                    })));

    assertEquals(Map.of("work", 1.0, "driver", 0.0), timed.times().byPhase());
  }

  @Test
  void visitGroups_federationThatGroupsItsWorkers_isAskedForGroupsItself() {
    List<String> asked = new ArrayList<>();
    Federation<Integer> grouping =
        new Federation<>() {
          @Override
          public List<String> workers() {
            return COHORT;
          }

          @Override
          public <M> List<M> visit(Visit visit, WorkerTask<Integer, M> task) {
            throw new AssertionError("asked for each worker alone");
          }

          @Override
          public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
            throw new AssertionError("no aggregator is wanted");
          }

          @Override
          public <M> List<M> visitGroups(Visit visit, GroupTask<Integer, M> task) {
            asked.add(visit.description());
            pass(3);
            return List.of();
          }
        };
    TimedFederation<Integer> around = new TimedFederation<>(grouping, () -> now);
    around.restart();

    around.visitGroups(
        visit(Phase.WORK), new PlainTask<>(Asked.words((worker, rows) -> new long[1])));

    assertEquals(List.of("a visit"), asked);
    assertEquals(Map.of("work", 3.0, "driver", 0.0), around.times().byPhase());
  }

  /** Takes half a second at each aggregator. */
  private final class Aggregating implements AggregatorTask<Boolean> {
    @Override
    public Boolean run(String aggregator) {
      return take(0.5);
    }

    @Override
    public byte[] toBytes() {
      return new byte[0];
    }

    @Override
    public Form<AggregatorTask<Boolean>> form() {
      return (bytes, site) -> this;
    }
  }

  private boolean take(double seconds) {
    pass(seconds);
    return true;
  }
}
