package io.sparkfed.secure.sealed;

import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.protocol.LeftOut;
import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The workers of one session at the driver: which of their messages the aggregators get. A message
 * that they would refuse costs its sender its place in the sum, and nobody else.
 *
 * @param roster null where there is none
 * @param askedHash hash of what the workers were asked
 * @param subject hash of what they answer
 * @param asked who they are
 * @param leftOut hears of messages that break a rule
 */
record SealedCohort(
    Roster roster,
    SealedSession session,
    byte[] askedHash,
    byte[] subject,
    NavigableSet<String> asked,
    LeftOut leftOut) {

  /** A message that has been read. */
  private record Received(byte[] bytes, SealedUpdate update) {}

  /** Returns the messages that may be in the sum, sorted by worker. */
  List<byte[]> genuine(List<byte[]> messages) {
    SortedMap<String, Received> byWorker = new TreeMap<>();
    SortedSet<String> twice = new TreeSet<>();
    for (byte[] bytes : messages) {
      SealedUpdate update = genuine(bytes);
      if (update != null && byWorker.put(update.worker(), new Received(bytes, update)) != null) {
        twice.add(update.worker());
      }
    }
    for (String worker : twice) {
      byWorker.remove(worker);
      leftOut.add("worker " + worker + ": a worker must send one message in a phase");
    }
    Map<Integer, Integer> lengths = new HashMap<>();
    byWorker.values().forEach(each -> lengths.merge(each.update.words(), 1, Integer::sum));
    int most = lengths.values().stream().max(Integer::compare).orElse(0);
    int words =
        lengths.entrySet().stream()
            .filter(length -> length.getValue() == most)
            .mapToInt(Map.Entry::getKey)
            .min()
            .orElse(0);
    byWorker
        .values()
        .removeIf(
            each -> {
              boolean differs = each.update.words() != words;
              if (differs) {
                leftOut.add(
                    "worker " + each.update.worker() + ": sealed vectors must have one length");
              }
              return differs;
            });
    return byWorker.values().stream().map(Received::bytes).toList();
  }

  /** Returns a message that may be in the sum; null if it must not. */
  private SealedUpdate genuine(byte[] bytes) {
    String sender = LeftOut.UNKNOWN;
    try {
      SealedUpdate update = SealedUpdate.parse(bytes);
      sender = LeftOut.sender(update.worker(), asked);
      if (!asked.contains(update.worker())) {
        throw new ProtocolException("a sealed vector must be of a worker of the cohort");
      }
      update.verify(roster, session.id());
      if (!Arrays.equals(update.modelHash(), askedHash)
          || !Arrays.equals(update.subject(), subject)) {
        throw new ProtocolException("a sealed vector must be what was asked for");
      }
      if (update.keys().size() != session.aggregators().size()) {
        throw new ProtocolException("a message must have a key for each aggregator");
      }
      return update;
    } catch (ProtocolException e) {
      leftOut.add(sender + ": " + e.getMessage());
      return null;
    }
  }
}
