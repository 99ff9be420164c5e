package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.crypto.Shamir;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.protocol.LeftOut;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The driver's part in one session: checks messages, and takes the masks off the sum. What breaks a
 * rule is left out, and its sender named among the faults.
 */
final class DriverSide {
  private final Roster roster;
  private final Session session;
  private final Cards cards;
  private final byte[] context;
  private final Topology topology;
  private final List<String> faults = new ArrayList<>();
  private final Map<List<Integer>, Shamir.Combiner> combiners = new HashMap<>();

  /**
   * Opens the session at the driver.
   *
   * @param roster null where there is none
   */
  DriverSide(Roster roster, Session session, byte[] askedHash) {
    this.roster = roster;
    this.session = session;
    this.cards = Cards.parse(session.cards());
    this.context = session.context(cards.hash(), roster, askedHash);
    this.topology = cards.topology(session.degree(), roster);
  }

  /** Returns what was left out because it broke a rule, a sentence each, with names of workers. */
  List<String> faults() {
    return faults;
  }

  /**
   * Reads the masked vectors. Left out are messages that are malformed, forged, foreign or not of
   * the length that most have, and workers that send two.
   */
  SortedMap<String, MaskedVector> maskedVectors(List<byte[]> messages) {
    SortedMap<String, MaskedVector> byWorker = new TreeMap<>();
    SortedSet<String> twice = new TreeSet<>();
    for (byte[] bytes : messages) {
      MaskedVector vector = genuine(bytes);
      if (vector != null && byWorker.put(vector.worker(), vector) != null) {
        twice.add(vector.worker());
      }
    }
    twice.forEach(
        worker -> leaveOut(byWorker, worker, "a worker must send one message in a phase"));
    Map<Integer, Integer> lengths = new TreeMap<>();
    byWorker.values().forEach(vector -> lengths.merge(vector.length(), 1, Integer::sum));
    int length =
        lengths.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse(0);
    for (MaskedVector vector : List.copyOf(byWorker.values())) {
      if (vector.length() != length) {
        leaveOut(byWorker, vector.worker(), "masked vectors must have one length");
      }
    }
    return byWorker;
  }

  private void leaveOut(
      SortedMap<String, MaskedVector> byWorker, String worker, String brokenRule) {
    byWorker.remove(worker);
    faults.add("worker " + worker + ": " + brokenRule);
  }

  /** Returns a message that may be in the sum; null if it must not. */
  private MaskedVector genuine(byte[] bytes) {
    String sender = LeftOut.UNKNOWN;
    try {
      MaskedVector vector = MaskedVector.parse(bytes);
      sender = LeftOut.sender(vector.worker(), cards.workers());
      if (!cards.contains(vector.worker())) {
        throw new ProtocolException("a masked vector must be of a worker of the cohort");
      }
      if (!List.copyOf(vector.pledges().keySet()).equals(topology.neighbours(vector.worker()))) {
        throw new ProtocolException("shares must be sealed to exactly the sender's neighbors");
      }
      vector.verify(roster, context, bytes);
      return vector;
    } catch (ProtocolException e) {
      faults.add(sender + ": " + e.getMessage());
      return null;
    }
  }

  /** Returns what is relayed to each of those whose vector is in the sum. */
  SortedMap<String, byte[]> inboxes(SortedMap<String, MaskedVector> vectors) {
    Map<String, Inbox> byReceiver = new HashMap<>();
    vectors.keySet().forEach(receiver -> byReceiver.put(receiver, new Inbox()));
    // In the order of senders, in which each inbox is written.
    for (MaskedVector vector : vectors.values()) {
      vector
          .pledges()
          .forEach(
              (holder, pledge) -> {
                Inbox inbox = byReceiver.get(holder);
                if (inbox != null) {
                  inbox.add(vector.worker(), vector.commitment(), pledge.sealedShare());
                }
              });
    }
    SortedMap<String, byte[]> inboxes = new TreeMap<>();
    byReceiver.forEach((receiver, inbox) -> inboxes.put(receiver, inbox.toBytes()));
    return inboxes;
  }

  /** Reads what was revealed. Left out are messages that are malformed or not of a survivor. */
  SortedMap<String, Reveal> reveals(List<byte[]> messages, SortedSet<String> survivors) {
    SortedMap<String, Reveal> byHolder = new TreeMap<>();
    for (byte[] bytes : messages) {
      try {
        Reveal reveal = Reveal.parse(bytes);
        if (!survivors.contains(reveal.holder())) {
          throw new ProtocolException("what unmasks a sum must be revealed by a survivor");
        }
        byHolder.putIfAbsent(reveal.holder(), reveal);
      } catch (ProtocolException e) {
        faults.add(LeftOut.UNKNOWN + ": " + e.getMessage());
      }
    }
    return byHolder;
  }

  /**
   * Returns the sum of the survivors' vectors.
   *
   * @param ring how such vectors are added
   * @throws UnopenedException if too few shares of a self mask were revealed, or the seed of a
   *     pair's mask was not
   */
  long[] unmask(
      SortedMap<String, MaskedVector> vectors, SortedMap<String, Reveal> reveals, Ring ring) {
    long[] sum = new long[vectors.get(vectors.firstKey()).length()];
    vectors.values().forEach(vector -> vector.addTo(sum, ring));
    Map<String, Reveal> byHolder = new HashMap<>(reveals);
    for (MaskedVector vector : vectors.values()) {
      byte[] selfSecret = selfSecret(vector, byHolder);
      KeyStream.subtract(WorkerSide.selfMaskKey(selfSecret, context), sum, ring);
    }
    for (String missing : cards.workers()) {
      if (!vectors.containsKey(missing)) {
        removePairMasks(missing, vectors, reveals, sum, ring);
      }
    }
    return sum;
  }

  /** Removes the masks that survivors share with a worker that is missing. */
  private void removePairMasks(
      String missing,
      SortedMap<String, MaskedVector> vectors,
      SortedMap<String, Reveal> reveals,
      long[] sum,
      Ring ring) {
    for (String peer : topology.neighbours(missing)) {
      if (!vectors.containsKey(peer)) {
        continue;
      }
      Reveal reveal = reveals.get(peer);
      byte[] seed = reveal == null ? null : reveal.seeds().get(missing);
      if (seed == null) {
        throw new UnopenedException(
            "a worker was lost that shared a mask with one that is missing");
      }
      byte[] promised = vectors.get(peer).pledges().get(missing).seedHash();
      if (!Arrays.equals(Kdf.sha256(seed), promised)) {
        faults.add("worker " + peer + ": a seed must be the one that was promised");
        throw new UnopenedException("a worker revealed another seed than it had promised");
      }
      if (peer.compareTo(missing) < 0) {
        KeyStream.subtract(seed, sum, ring);
      } else {
        KeyStream.add(seed, sum, ring);
      }
    }
  }

  private byte[] selfSecret(MaskedVector vector, Map<String, Reveal> reveals) {
    List<String> holders = topology.holders(vector.worker());
    List<Integer> indices = new ArrayList<>();
    List<byte[]> shares = new ArrayList<>();
    for (int i = 0; i < holders.size() && indices.size() < session.threshold(); i++) {
      Reveal reveal = reveals.get(holders.get(i));
      byte[] share = reveal == null ? null : reveal.shares().get(vector.worker());
      if (share == null) {
        continue;
      }
      if (Arrays.equals(Kdf.sha256(share), vector.shareHash(holders.get(i)))) {
        indices.add(i + 1);
        shares.add(share);
      } else {
        faults.add(
            "workers "
                + vector.worker()
                + " and "
                + holders.get(i)
                + ": a share must be the one that was promised");
      }
    }
    if (indices.size() < session.threshold()) {
      throw new UnopenedException("too few holders revealed their shares");
    }
    return combiners
        .computeIfAbsent(
            indices, all -> new Shamir.Combiner(all.stream().mapToInt(Integer::intValue).toArray()))
        .secret(shares.toArray(new byte[0][]));
  }
}
