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

  /** Creates a federation of these workers. */
  public InProcessFederation(Map<String, S> shards) {
    this.shards = new TreeMap<>(shards);
  }

  @Override
  public List<String> workers() {
    return List.copyOf(shards.keySet());
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
