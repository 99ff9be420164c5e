package io.sparkfed.jobs;

import io.sparkfed.agent.AgentHandler;
import io.sparkfed.agent.Peer;
import io.sparkfed.agent.Progress;
import io.sparkfed.spark.agents.AgentReply;
import io.sparkfed.spark.agents.AgentRequest;
import io.sparkfed.wire.ProtocolException;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/**
 * Prints a line for each request that an agent answers: who asks for what, and what becomes of it.
 */
final class ToldRequests implements AgentHandler {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  /** Longer requests and replies hold vectors; they aren't read again only to be told. */
  private static final int SHORT = 1 << 16;

  /** As much of a hash as is shown. */
  private static final int SHOWN = 6;

  private final AgentHandler handler;

  ToldRequests(AgentHandler handler) {
    this.handler = handler;
  }

  @Override
  public byte[] answer(byte[] request, Peer peer, Progress progress) {
    long start = System.nanoTime();
    String asked = request.length > SHORT ? "a part in a sum" : asked(request);
    try {
      byte[] reply = handler.answer(request, peer, progress);
      line(peer, asked, reply.length > SHORT ? part(reply.length) : replied(reply), start);
      return reply;
    } catch (RuntimeException | Error e) {
      line(peer, asked, "failed", start);
      throw e;
    }
  }

  private static void line(Peer peer, String asked, String replied, long start) {
    Terminal.line(
        LocalTime.now(ZoneOffset.UTC).format(TIME)
            + " "
            + peer.name()
            + ": "
            + asked
            + ": "
            + replied
            + ", "
            + (System.nanoTime() - start) / 1_000_000
            + " ms");
  }

  private static String asked(byte[] bytes) {
    try {
      AgentRequest request = AgentRequest.parse(bytes);
      return words(request)
          + (request instanceof AgentRequest.OfStudy asked
              ? " of study " + hex(asked.study())
              : "");
    } catch (ProtocolException e) {
      return "what is no request";
    }
  }

  private static String words(AgentRequest request) {
    if (request instanceof AgentRequest.Describe) {
      return "who is there";
    }
    if (request instanceof AgentRequest.Propose) {
      return "to join a study";
    }
    if (request instanceof AgentRequest.OpenTypes) {
      return "types of columns";
    }
    if (request instanceof AgentRequest.OpenSummary) {
      return "a look at the rows";
    }
    if (request instanceof AgentRequest.OpenShard) {
      return "to pack the rows";
    }
    if (request instanceof AgentRequest.Ask asked) {
      return "a part in a sum (" + asked.form() + ")";
    }
    return request instanceof AgentRequest.Release ? "to forget the rows" : "the columns";
  }

  private static String replied(byte[] bytes) {
    AgentReply reply = AgentReply.parse(bytes);
    if (reply instanceof AgentReply.Refused refused) {
      return "refused by the rule " + refused.rule();
    }
    if (reply instanceof AgentReply.Part) {
      return part(bytes.length);
    }
    if (reply instanceof AgentReply.NotOpen) {
      return "not before it is opened again";
    }
    if (reply instanceof AgentReply.Fault || reply instanceof AgentReply.Rejected) {
      return "rejected";
    }
    return reply instanceof AgentReply.Accepted ? "joined" : "done";
  }

  private static String part(int bytes) {
    return bytes + " bytes left";
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash, 0, Math.min(SHOWN, hash.length));
  }
}
