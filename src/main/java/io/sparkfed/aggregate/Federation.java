package io.sparkfed.aggregate;

import java.util.List;
import java.util.stream.Stream;

/**
 * All that the library knows of a cluster: a set of workers that can be visited.
 *
 * @param <S> what a worker holds
 */
public interface Federation<S> {

  /** Returns the ids of the workers that hold rows to train from, sorted. */
  List<String> workers();

  /**
   * Returns the ids of those who take part in evaluations alone, sorted, for they hold no training
   * rows. None is among {@link #workers}; a visit's cohort may name them.
   */
  default List<String> evaluators() {
    return List.of();
  }

  /** Returns the ids of all who hold rows, sorted. */
  default List<String> everybody() {
    return Stream.concat(workers().stream(), evaluators().stream()).sorted().toList();
  }

  /**
   * Runs {@code task} once at each worker of the cohort and brings the messages to the driver. The
   * driver sees each message: what leaves a worker must already be protected or public.
   *
   * @return at most one message for each worker of the cohort, in no particular order; who missed
   *     the deadline or whose task was lost has none
   * @throws AggregationException if the cluster could not finish the visit
   */
  <M> List<M> visit(Visit visit, WorkerTask<S, M> task);

  /**
   * Runs {@code task} once for each group of workers of the cohort that share a process and a task,
   * and brings one message of each group to the driver. Workers who hold rows of their own are
   * groups of one; only simulated workers, whom nothing protects from each other, share one.
   *
   * @return at most one message for each group, in no particular order
   * @throws AggregationException if the cluster could not finish the visit
   */
  default <M> List<M> visitGroups(Visit visit, GroupTask<S, M> task) {
    return visit(visit, new GroupOfOne<>(task));
  }

  /**
   * Runs {@code task} once at each aggregator of the cohort, away from the driver, and brings the
   * messages to the driver. An aggregator is a party without rows; it stays at one place as long as
   * that place is there, and different ones have different places where there are enough.
   *
   * @return at most one message for each aggregator of the cohort, in no particular order
   * @throws AggregationException if the cluster could not finish the visit
   */
  <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task);
}
