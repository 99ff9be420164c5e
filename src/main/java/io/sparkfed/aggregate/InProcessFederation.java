package io.sparkfed.aggregate;

import io.sparkfed.wire.Sendable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A federation inside one process: no cluster, the same results.
 *
 * @param <S> what a worker holds
 */
public final class InProcessFederation<S> implements Federation<S> {
  private final SortedMap<String, S> shards;
  private final List<String> workers;
  private final List<String> evaluators;

  /** Creates a federation of these workers. */
  public InProcessFederation(Map<String, S> shards) {
    this(shards, Map.of());
  }

  /** Creates a federation of these workers, and of others that take part in evaluations alone. */
  public InProcessFederation(Map<String, S> shards, Map<String, S> others) {
    this.shards = new TreeMap<>(shards);
    this.shards.putAll(others);
    this.workers = shards.keySet().stream().sorted().toList();
    this.evaluators = others.keySet().stream().sorted().toList();
  }

  @Override
  public List<String> workers() {
    return workers;
  }

  @Override
  public List<String> evaluators() {
    return evaluators;
  }

  @Override
  public <M> List<M> visit(Visit visit, WorkerTask<S, M> task) {
    WorkerTask<S, M> read = travelled(task);
    return visit.cohort().stream().map(worker -> read.run(worker, heldBy(worker))).toList();
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    AggregatorTask<M> read = travelled(task);
    return visit.cohort().stream().map(read::run).toList();
  }

  /** What is asked is read from its bytes, here as on a cluster. */
  private static <T extends Sendable<T>> T travelled(T task) {
    return task.form().read(task.toBytes(), task.site());
  }

  private S heldBy(String worker) {
    S held = shards.get(worker);
    if (held == null) {
      throw new IllegalArgumentException("no worker is called " + worker);
    }
    return held;
  }
}
