package io.sparkfed.it;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Kills an executor once, before the visit of one phase. At the driver and not in a listener, whose
 * events may arrive when the phase is over.
 */
public final class ExecutorKiller implements Federation<Shard> {
  private final Federation<Shard> federation;
  private final String phase;
  private final long pid;
  private boolean done;

  /**
   * Waits for a phase.
   *
   * @param phase part of the description of its visit
   * @param pid the executor's process
   */
  public ExecutorKiller(Federation<Shard> federation, String phase, long pid) {
    this.federation = federation;
    this.phase = phase;
    this.pid = pid;
  }

  /** Returns whether the executor was killed. */
  public boolean done() {
    return done;
  }

  @Override
  public List<String> workers() {
    return federation.workers();
  }

  @Override
  public <M> List<M> visit(Visit visit, WorkerTask<Shard, M> task) {
    kill(visit);
    return federation.visit(visit, task);
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    kill(visit);
    return federation.visitAggregators(visit, task);
  }

  private void kill(Visit visit) {
    if (done || !visit.description().contains(phase)) {
      return;
    }
    ProcessHandle executor = ProcessHandle.of(pid).orElseThrow();
    executor.destroyForcibly();
    try {
      executor.onExit().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("executor " + pid + " does not die", e);
    }
    done = true;
  }
}
