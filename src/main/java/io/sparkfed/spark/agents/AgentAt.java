package io.sparkfed.spark.agents;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.spark.cluster.Held;
import java.io.Serializable;
import java.util.Optional;

/**
 * All that a Spark partition has of a worker with an agent.
 *
 * @param worker the worker's id
 * @param address where its agent listens, on the worker's host
 */
record AgentAt(String worker, AgentAddress address) implements Held<AgentAddress>, Serializable {
  @Override
  public Optional<AgentAddress> held() {
    return Optional.of(address);
  }

  @Override
  public boolean isElsewhere() {
    return false;
  }
}
