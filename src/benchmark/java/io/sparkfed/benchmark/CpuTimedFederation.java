package io.sparkfed.benchmark;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A federation in this thread that measures the CPU time of its workers' tasks, by phase. */
final class CpuTimedFederation implements Federation<Integer> {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final List<String> workers;
  private final Map<Phase, Long> nanosByPhase = new TreeMap<>();
  private long visitNanos;
  private long workNanos;

  CpuTimedFederation(List<String> workers) {
    this.workers = List.copyOf(workers);
  }

  static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  @Override
  public List<String> workers() {
    return workers;
  }

  @Override
  public <M> List<M> visit(Visit visit, WorkerTask<Integer, M> task) {
    long start = cpuNanos();
    long workBefore = workNanos;
    List<M> messages = new ArrayList<>();
    for (String worker : visit.cohort()) {
      messages.add(task.run(worker, 0));
    }
    long nanos = cpuNanos() - start;
    visitNanos += nanos;
    nanosByPhase.merge(visit.phase(), nanos - (workNanos - workBefore), Long::sum);
    return messages;
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    return visit.cohort().stream().map(task::run).toList();
  }

  /** Counts CPU time as the worker's own work, which no sum costs. */
  void addWork(long nanos) {
    workNanos += nanos;
  }

  /** Returns CPU time of the tasks by phase, in nanoseconds over all workers, without own work. */
  Map<Phase, Long> nanosByPhase() {
    return Map.copyOf(nanosByPhase);
  }

  /** Returns CPU time of all visits, in nanoseconds. */
  long visitNanos() {
    return visitNanos;
  }

  /** Starts to count anew. */
  void reset() {
    nanosByPhase.clear();
    visitNanos = 0;
    workNanos = 0;
  }
}
