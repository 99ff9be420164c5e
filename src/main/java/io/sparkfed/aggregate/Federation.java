package io.sparkfed.aggregate;

import java.util.List;

/**
 * All that the library knows of a cluster: a set of workers that can be visited.
 *
 * @param <S> what a worker holds
 */
public interface Federation<S> {

  /** Returns the ids of the workers that hold rows, sorted. */
  List<String> workers();

  /**
   * Runs {@code task} once at each worker of the cohort and brings the messages to the driver. The
   * driver sees each message: what leaves a worker must already be protected or public.
   *
   * @return at most one message for each worker of the cohort, in no particular order; who missed
   *     the deadline or whose task was lost has none
   * @throws AggregationException if the cluster could not finish the visit
   */
  <B, M> List<M> visit(Visit<B> visit, WorkerTask<S, B, M> task);

  /**
   * Runs {@code task} once at each worker of the cohort and brings the messages together in one
   * task away from the driver; the driver receives that task's result alone.
   *
   * @throws AggregationException if the cluster could not finish the visit
   */
  <B, M, R> R visitAndCombine(Visit<B> visit, WorkerTask<S, B, M> task, Combiner<M, R> combiner);
}
