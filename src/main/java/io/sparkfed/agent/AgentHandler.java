package io.sparkfed.agent;

/** What an agent does with a request. Called by several threads at a time. */
@FunctionalInterface
public interface AgentHandler {

  /**
   * Returns the answer to a request. What is thrown is logged at the agent; the peer learns that
   * the request failed, and nothing else.
   *
   * @param request the payload, as the peer sent it; nothing vouches for its form
   * @param peer who sent it
   * @param progress keeps the peer patient
   */
  byte[] answer(byte[] request, Peer peer, Progress progress);
}
