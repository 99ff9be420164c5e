package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The public frame of one masked sum, the same for every worker.
 *
 * @param runId 32 random bytes of the run
 * @param id 32 random bytes of the session; never used twice
 * @param round the round it belongs to
 * @param sum number of the sum within the run; attempts at one sum share it
 * @param slot the slot whose adverts it uses
 * @param minWorkers least number of workers in the sum
 * @param threshold t: least number of holders that reveal a share
 * @param adverts adverts of U0, sorted by worker
 */
record Session(
    byte[] runId,
    byte[] id,
    int round,
    int sum,
    int slot,
    int minWorkers,
    int threshold,
    List<Advert> adverts)
    implements Serializable {

  Session {
    adverts = new ArrayList<>(adverts);
  }

  /** Returns H0: the hash of the adverts, which pins U0 and with it the neighbors. */
  byte[] advertsHash() {
    WireWriter all = new WireWriter();
    adverts.forEach(advert -> advert.write(all));
    return Kdf.sha256(all.toByteArray());
  }

  /** Returns the ids of U0, sorted. */
  List<String> workers() {
    return adverts.stream().map(Advert::worker).toList();
  }

  /**
   * Returns a worker's advert.
   *
   * @throws ProtocolException if there is none
   */
  Advert advert(String worker) {
    int low = 0;
    int high = adverts.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = adverts.get(middle).worker().compareTo(worker);
      if (order == 0) {
        return adverts.get(middle);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    throw new ProtocolException("a peer must have advertised its keys");
  }

  /** Returns who masks with whom. */
  Topology topology() {
    return new Topology(workers(), new WireWriter().bytes(id).bytes(advertsHash()).toByteArray());
  }

  /**
   * Returns what every key of the session is bound to.
   *
   * @param modelHash hash of what the worker received; workers with different models don't cancel
   */
  byte[] context(Roster roster, byte[] modelHash) {
    return context(advertsHash(), roster, modelHash);
  }

  /** Returns the same, with H0 computed before. */
  byte[] context(byte[] advertsHash, Roster roster, byte[] modelHash) {
    return Kdf.sha256(
        new WireWriter()
            .text("spark-federated masked sum 1")
            .bytes(runId)
            .bytes(id)
            .integer(round)
            .integer(sum)
            .integer(slot)
            .integer(minWorkers)
            .integer(threshold)
            .bytes(roster.hash())
            .bytes(modelHash)
            .bytes(advertsHash)
            .toByteArray());
  }

  /**
   * Checks the frame, at a worker.
   *
   * @throws ProtocolException if the driver broke a rule
   */
  void check() {
    for (int i = 0; i < adverts.size(); i++) {
      if (adverts.get(i).slot() != slot) {
        throw new ProtocolException("an advert must be of the session's slot");
      }
      if (i > 0 && adverts.get(i - 1).worker().compareTo(adverts.get(i).worker()) >= 0) {
        throw new ProtocolException("adverts must be sorted and one for each worker");
      }
    }
    if (threshold < Topology.threshold(adverts.size())) {
      throw new ProtocolException("the threshold must be at least the protocol's");
    }
    if (adverts.size() < minWorkers) {
      throw new ProtocolException("the cohort must have at least min-workers workers");
    }
  }
}
