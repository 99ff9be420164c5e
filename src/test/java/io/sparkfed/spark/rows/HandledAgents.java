package io.sparkfed.spark.rows;

import io.sparkfed.agent.AgentHandler;
import io.sparkfed.agent.Peer;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.it.OwnersWithAgents;
import io.sparkfed.spark.agents.AgentRelays;
import io.sparkfed.spark.agents.AgentRequest;
import io.sparkfed.spark.agents.Relayed;
import io.sparkfed.spark.agents.Reopening;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** Agents in this process, asked without a relay; keeps what they replied. */
final class HandledAgents implements AgentRelays {
  static final Peer RELAY = new Peer("relay");

  /** Agents by worker; one that is taken out is gone. */
  final Map<String, AgentHandler> agents = new TreeMap<>();

  final List<byte[]> replies = new ArrayList<>();
  private final List<byte[]> requests = new ArrayList<>();

  /** Called before each visit. */
  Consumer<Visit> onVisit = visit -> {};

  /** Starts the agents of all. */
  static HandledAgents of(OwnersWithAgents owners, Supplier<SparkSession> spark)
      throws IOException {
    HandledAgents agents = new HandledAgents();
    for (String worker : OwnersWithAgents.WORKERS) {
      agents.agents.put(worker, owners.agent(worker, spark));
    }
    return agents;
  }

  @Override
  public List<Relayed> ask(Visit visit, byte[] request, List<byte[]> opening) {
    onVisit.accept(visit);
    requests.add(request);
    List<Relayed> relayed = new ArrayList<>();
    for (String worker : visit.cohort()) {
      AgentHandler agent = agents.get(worker);
      if (agent == null) {
        relayed.add(Relayed.without(worker, "nobody listens"));
        continue;
      }
      byte[] reply =
          Reopening.<RuntimeException>asked(
              asked -> agent.answer(asked, RELAY, text -> {}), request, opening);
      replies.add(reply);
      relayed.add(Relayed.of(worker, reply));
    }
    return relayed;
  }

  /** Returns the last request of a kind. */
  <R extends AgentRequest> R asked(Class<R> kind) {
    return requests.stream()
        .map(AgentRequest::parse)
        .filter(kind::isInstance)
        .map(kind::cast)
        .reduce((first, last) -> last)
        .orElseThrow();
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    AggregatorTask<M> read = task.form().read(task.toBytes(), task.site());
    return visit.cohort().stream().map(read::run).toList();
  }

  @Override
  public void close() {}
}
