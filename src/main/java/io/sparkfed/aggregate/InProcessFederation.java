package io.sparkfed.aggregate;

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
  public <B, M> List<M> visit(Visit<B> visit, WorkerTask<S, B, M> task) {
    return visit.cohort().stream()
        .map(worker -> task.run(worker, shardOf(worker), visit.broadcast()))
        .toList();
  }

  @Override
  public <B, M> List<M> visitAggregators(Visit<B> visit, AggregatorTask<B, M> task) {
    return visit.cohort().stream()
        .map(aggregator -> task.run(aggregator, visit.broadcast()))
        .toList();
  }

  private S shardOf(String worker) {
    S shard = shards.get(worker);
    if (shard == null) {
      throw new IllegalArgumentException("no worker is called " + worker);
    }
    return shard;
  }
}
