package io.sparkfed.spark.agents;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Visit;
import java.util.List;

/** Brings requests to agents, and their replies back. */
public interface AgentRelays extends AutoCloseable {

  /**
   * Asks the agents of a cohort, each the same.
   *
   * @param request the bytes of an {@link AgentRequest}
   * @param opening what an agent is asked before once more, in order, if it replies that what the
   *     request is about is not open
   * @return at most one for each worker of the cohort, in no particular order; who missed the
   *     deadline, or whose task was lost, has none
   * @throws io.sparkfed.aggregate.AggregationException if the cluster could not finish the visit
   */
  List<Relayed> ask(Visit visit, byte[] request, List<byte[]> opening);

  /** Visits aggregators; see {@link io.sparkfed.aggregate.Federation#visitAggregators}. */
  <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task);

  @Override
  void close();
}
