package io.sparkfed.spark.agents;

import io.sparkfed.spark.cluster.Held;
import java.io.Serializable;
import java.util.Optional;

/**
 * All that a Spark partition has of a worker with an agent.
 *
 * @param worker the worker's id
 * @param endpoint how its agent is reached, from the worker's host
 */
record AgentAt(String worker, AgentEndpoint endpoint) implements Held<AgentEndpoint>, Serializable {
  @Override
  public Optional<AgentEndpoint> held() {
    return Optional.of(endpoint);
  }

  @Override
  public boolean isElsewhere() {
    return false;
  }
}
