package io.sparkfed.spark.agents;

import io.sparkfed.agent.AgentConnection;
import io.sparkfed.agent.AgentException;
import io.sparkfed.agent.AgentException.Kind;
import io.sparkfed.agent.FrameLimits;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Brings a request to the agent on this host, and its reply back: bytes that this doesn't
 * understand, but for one that says that something must be opened first.
 *
 * @param request bytes of an {@link AgentRequest}
 * @param opening what an agent is asked before once more, if it says so
 */
record RelayTask(byte[] request, List<byte[]> opening)
    implements WorkerTask<AgentEndpoint, Relayed> {
  /** An agent that works says so each second. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** One that has no room for a request may have it soon. */
  private static final int TRIES = 20;

  private static final long PAUSE_MILLIS = 250;

  /** Reads the task. */
  private enum RelayForm implements Form<WorkerTask<AgentEndpoint, Relayed>> {
    INSTANCE;

    @Override
    public WorkerTask<AgentEndpoint, Relayed> read(byte[] bytes, Site site) {
      WireReader in = new WireReader(bytes);
      byte[] request = in.bytes();
      int count = in.count(Integer.BYTES);
      List<byte[]> opening = Stream.generate(in::bytes).limit(count).toList();
      in.end();
      return new RelayTask(request, opening);
    }
  }

  @Override
  public byte[] toBytes() {
    WireWriter out = new WireWriter().bytes(request).integer(opening.size());
    opening.forEach(out::bytes);
    return out.toByteArray();
  }

  @Override
  public Form<WorkerTask<AgentEndpoint, Relayed>> form() {
    return RelayForm.INSTANCE;
  }

  @Override
  public Relayed run(String worker, AgentEndpoint endpoint) {
    for (int k = 1; ; k++) {
      try (AgentConnection agent =
          AgentConnection.open(
              endpoint.address(), endpoint.expected(), endpoint.identity(), FrameLimits.USUAL)) {
        return Relayed.of(
            worker,
            Reopening.<AgentException>asked(asked -> agent.ask(asked, SILENCE), request, opening));
      } catch (AgentException e) {
        if (e.kind() != Kind.BUSY || k == TRIES || !pause()) {
          return Relayed.without(worker, e.getMessage());
        }
      } catch (IOException e) {
        return Relayed.without(
            worker, "the key that tasks show to agents can't be read on its host");
      } catch (ProtocolException e) {
        return Relayed.without(worker, "its reply breaks a rule: " + e.getMessage());
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
