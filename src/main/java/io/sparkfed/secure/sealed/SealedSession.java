package io.sparkfed.secure.sealed;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The public frame of one sealed sum, the same for every party.
 *
 * @param runId 32 random bytes of the run
 * @param id 32 random bytes of the session; never used twice
 * @param round the round it belongs to
 * @param minWorkers least number of workers in the sum
 * @param ring how vectors are added
 * @param aggregators adverts, sorted by aggregator
 */
record SealedSession(
    byte[] runId,
    byte[] id,
    int round,
    int minWorkers,
    Ring ring,
    List<AggregatorAdvert> aggregators)
    implements Serializable {

  SealedSession {
    aggregators = new ArrayList<>(aggregators);
  }

  /** Returns the ids of the aggregators, sorted. */
  List<String> names() {
    return aggregators.stream().map(AggregatorAdvert::aggregator).toList();
  }

  /**
   * Returns what every key of the session is bound to.
   *
   * @param roster the pinned roster; null where there is none
   * @param modelHash hash of what the worker received
   */
  byte[] context(Roster roster, byte[] modelHash) {
    WireWriter out =
        new WireWriter()
            .text("spark-federated sealed sum 2")
            .bytes(runId)
            .bytes(id)
            .integer(round)
            .integer(minWorkers)
            .integer(ring.singles())
            .integer(ring.width())
            .bytes(roster == null ? new byte[0] : roster.hash())
            .bytes(modelHash)
            .integer(aggregators.size());
    aggregators.forEach(advert -> advert.write(out));
    return Kdf.sha256(out.toByteArray());
  }

  /**
   * Checks the frame, at a party.
   *
   * @throws ProtocolException if the driver broke a rule, or an advert is not the aggregator's
   */
  void check(Roster roster) {
    if (aggregators.isEmpty()) {
      throw new ProtocolException("a sealed sum must have an aggregator");
    }
    for (int i = 0; i < aggregators.size(); i++) {
      if (i > 0
          && aggregators.get(i - 1).aggregator().compareTo(aggregators.get(i).aggregator()) >= 0) {
        throw new ProtocolException("aggregators must be sorted and without duplicates");
      }
      aggregators.get(i).verify(roster, runId);
    }
  }

  /** Returns what an answer is signed for, and a journal records: the session and the set. */
  byte[] openingOf(byte[] setHash) {
    return Kdf.sha256(new WireWriter().bytes(id).bytes(setHash).toByteArray());
  }

  /** Returns the hash of the pinned set: messages of distinct workers in their order. */
  static byte[] setHash(List<byte[]> messages) {
    WireWriter out = new WireWriter();
    messages.forEach(message -> out.bytes(Kdf.sha256(message)));
    return Kdf.sha256(out.toByteArray());
  }
}
