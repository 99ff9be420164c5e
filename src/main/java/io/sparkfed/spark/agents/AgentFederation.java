package io.sparkfed.spark.agents;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.federated.StatementForm;
import io.sparkfed.secure.AskedForms;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.spark.agents.AgentReply.Part;
import io.sparkfed.spark.agents.AgentReply.Refused;
import io.sparkfed.spark.agents.AgentRequest.Ask;
import io.sparkfed.spark.agents.AgentRequest.Opening;
import io.sparkfed.spark.agents.AgentRequest.Release;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A federation whose workers are agents: each is sent the bytes of a task, and what leaves it is
 * the bytes of its message. An agent that can't be asked, or has no part to give, drops out.
 *
 * @param <S> what a worker holds
 */
public final class AgentFederation<S> implements Federation<S>, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AgentFederation.class.getName());

  private final AgentRelays relays;
  private final Opening opened;
  private final List<byte[]> opening;
  private final byte[] name;
  private final List<String> workers;
  private final List<String> evaluators;
  private final AskedForms<S> forms = AskedForms.of(StatementForm.instance());

  /**
   * Creates a federation of agents that have something open.
   *
   * @param relays brings tasks to them, and belongs to somebody else
   * @param signed the study, to be proposed again to an agent that was started again
   * @param opened what is open, to be opened again there
   * @param workers who holds something to train from, sorted
   * @param evaluators who takes part in evaluations alone, sorted
   */
  public AgentFederation(
      AgentRelays relays,
      byte[] signed,
      Opening opened,
      List<String> workers,
      List<String> evaluators) {
    this.relays = relays;
    this.opened = opened;
    byte[] bytes = opened.toBytes();
    this.opening = List.of(new AgentRequest.Propose(signed).toBytes(), bytes);
    this.name = Kdf.sha256(bytes);
    this.workers = List.copyOf(workers);
    this.evaluators = List.copyOf(evaluators);
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
    String form = forms.nameOf(task);
    byte[] request = new Ask(opened.study(), name, form, task.toBytes()).toBytes();
    List<M> messages = new ArrayList<>();
    for (Relayed relayed : relays.ask(visit, request, opening)) {
      part(visit, relayed).ifPresent(part -> messages.add(forms.message(form, part.message())));
    }
    return messages;
  }

  private static Optional<Part> part(Visit visit, Relayed relayed) {
    String why = relayed.problem();
    if (why.isEmpty()) {
      try {
        AgentReply reply = AgentReply.parse(relayed.reply());
        if (reply instanceof Part part) {
          return Optional.of(part);
        }
        why =
            reply instanceof Refused refused
                ? "its owner refuses the study by the rule " + refused.rule()
                : "its agent replies with " + reply.getClass().getSimpleName();
      } catch (ProtocolException e) {
        why = "its agent's reply breaks a rule: " + e.getMessage();
      }
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}: worker {1} drops out: {2}",
        visit.description(),
        relayed.worker(),
        why);
    return Optional.empty();
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    return relays.visitAggregators(visit, task);
  }

  /** Tells the agents that nothing more will be asked about what is open. */
  @Override
  public void close() {
    List<String> everybody = Stream.concat(workers.stream(), evaluators.stream()).sorted().toList();
    Visit visit = new Visit("releasing what agents keep", 0, everybody);
    try {
      relays.ask(visit, new Release(opened.study(), name).toBytes(), List.of());
    } catch (RuntimeException e) {
      // They forget it by themselves, later.
      LOG.log(System.Logger.Level.DEBUG, "agents could not be told of the end", e);
    }
  }
}
