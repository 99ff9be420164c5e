package io.sparkfed.spark.agents;

import io.sparkfed.spark.agents.AgentReply.NotOpen;
import java.util.Arrays;
import java.util.List;

/** How a request is made of an agent that may have been started again since the last one. */
public final class Reopening {
  private static final byte[] NOT_OPEN = new NotOpen().toBytes();

  private Reopening() {}

  /**
   * What takes requests.
   *
   * @param <E> why one is not answered
   */
  public interface Asked<E extends Exception> {

    /**
     * Returns the reply's bytes.
     *
     * @throws E if there is none
     */
    byte[] ask(byte[] request) throws E;
  }

  /**
   * Asks; where what is asked about isn't open, opens it and asks once more.
   *
   * @param opening what opens it, in order
   * @return the reply, or that of an opening that didn't succeed
   * @throws E if the agent doesn't answer
   */
  public static <E extends Exception> byte[] asked(
      Asked<E> agent, byte[] request, List<byte[]> opening) throws E {
    byte[] reply = agent.ask(request);
    if (!isNotOpen(reply) || opening.isEmpty()) {
      return reply;
    }
    for (byte[] step : opening) {
      byte[] opened = agent.ask(step);
      AgentReply said = AgentReply.parse(opened);
      if (!(said instanceof AgentReply.Accepted || said instanceof AgentReply.Opened)) {
        return opened;
      }
    }
    return agent.ask(request);
  }

  private static boolean isNotOpen(byte[] reply) {
    return Arrays.equals(reply, NOT_OPEN);
  }
}
