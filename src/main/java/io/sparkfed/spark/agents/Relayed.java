package io.sparkfed.spark.agents;

import java.io.Serializable;

/**
 * What a relay brings back from an agent.
 *
 * @param worker whose agent it is
 * @param reply the bytes of an {@link AgentReply}; empty where there is none
 * @param problem why there is none; empty where there is one
 */
public record Relayed(String worker, byte[] reply, String problem) implements Serializable {

  /** Returns a reply. */
  public static Relayed of(String worker, byte[] reply) {
    return new Relayed(worker, reply, "");
  }

  /** Returns that there is none. */
  public static Relayed without(String worker, String problem) {
    return new Relayed(worker, new byte[0], problem);
  }
}
