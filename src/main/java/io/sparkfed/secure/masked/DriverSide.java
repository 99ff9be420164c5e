package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.crypto.Shamir;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** The driver's part in one session: checks messages, and takes the masks off the sum. */
final class DriverSide {
  private final Roster roster;
  private final Session session;
  private final byte[] context;
  private final Topology topology;

  DriverSide(Roster roster, Session session, byte[] modelHash) {
    this.roster = roster;
    this.session = session;
    SharedSession shared = new SharedSession(session);
    this.context = shared.context(roster, modelHash);
    this.topology = shared.topology();
  }

  /**
   * Reads the messages of phase B.
   *
   * @throws ProtocolException if one is malformed, forged, foreign or comes twice
   */
  SortedMap<String, Commitment> commitments(List<byte[]> messages) {
    SortedMap<String, Commitment> byWorker = new TreeMap<>();
    for (byte[] bytes : messages) {
      Commitment message = Commitment.parse(bytes);
      session.advert(message.worker());
      message.verify(roster, session.id());
      requireNew(byWorker.put(message.worker(), message) == null);
      SortedSet<String> expected = topology.neighbours(message.worker());
      if (!message.sealedShares().keySet().equals(expected)) {
        throw new ProtocolException("shares must be sealed to exactly the sender's neighbors");
      }
    }
    return byWorker;
  }

  /**
   * Reads the messages of phase C.
   *
   * @throws ProtocolException if one is malformed, forged, foreign, comes twice, or lengths differ
   */
  SortedMap<String, MaskedVector> maskedVectors(List<byte[]> messages, Pins pins) {
    SortedMap<String, MaskedVector> byWorker = new TreeMap<>();
    for (byte[] bytes : messages) {
      MaskedVector message = MaskedVector.parse(bytes);
      if (!pins.commitments().containsKey(message.worker())) {
        throw new ProtocolException("a masked vector must be of a worker that committed");
      }
      message.verify(roster, session.id(), pins.hash());
      requireNew(byWorker.put(message.worker(), message) == null);
      if (message.length() != byWorker.get(byWorker.firstKey()).length()) {
        throw new ProtocolException("masked vectors must have one length");
      }
    }
    return byWorker;
  }

  /**
   * Reads the messages of phase D.
   *
   * @throws ProtocolException if one is malformed, forged, foreign or comes twice
   */
  SortedMap<String, Reveal> reveals(List<byte[]> messages, Pins pins, SortedSet<String> survivors) {
    byte[] sumHash = WorkerSide.sumHash(session, pins, survivors);
    SortedMap<String, Reveal> byHolder = new TreeMap<>();
    for (byte[] bytes : messages) {
      Reveal message = Reveal.parse(bytes);
      if (!survivors.contains(message.holder())) {
        throw new ProtocolException("a share must be revealed by a survivor");
      }
      message.verify(roster, sumHash);
      requireNew(byHolder.put(message.holder(), message) == null);
    }
    return byHolder;
  }

  private static void requireNew(boolean isNew) {
    if (!isNew) {
      throw new ProtocolException("a worker must send one message in a phase");
    }
  }

  /** Returns the ciphertexts of phase B by receiver, then by sender. */
  SortedMap<String, SortedMap<String, byte[]>> inboxes(SortedMap<String, Commitment> commitments) {
    SortedMap<String, SortedMap<String, byte[]>> inboxes = new TreeMap<>();
    commitments.forEach(
        (sender, message) ->
            message
                .sealedShares()
                .forEach(
                    (holder, ciphertext) ->
                        inboxes
                            .computeIfAbsent(holder, h -> new TreeMap<>())
                            .put(sender, ciphertext)));
    return inboxes;
  }

  /**
   * Returns the sum of the survivors' vectors.
   *
   * @throws ProtocolException if too few shares of a secret were revealed, or shares are wrong
   */
  long[] unmask(
      SortedMap<String, MaskedVector> vectors, Pins pins, SortedMap<String, Reveal> reveals) {
    long[] sum = new long[vectors.get(vectors.firstKey()).length()];
    for (MaskedVector vector : vectors.values()) {
      vector.addTo(sum);
    }
    for (String worker : pins.commitments().keySet()) {
      byte[] secret = combine(worker, reveals);
      if (vectors.containsKey(worker)) {
        new KeyStream(WorkerSide.selfMaskKey(secret, context, pins)).subtractFrom(sum);
      } else {
        removePairMasks(worker, secret, sum, vectors.keySet(), pins);
      }
    }
    return sum;
  }

  /** Removes the masks that survivors share with a worker that dropped out after committing. */
  private void removePairMasks(
      String dropout, byte[] secret, long[] sum, Set<String> survivors, Pins pins) {
    if (!Arrays.equals(Agreement.publicKey(secret), session.advert(dropout).maskKey())) {
      throw new ProtocolException("revealed shares must give the key that was advertised");
    }
    for (String peer : topology.neighbours(dropout)) {
      if (!survivors.contains(peer)) {
        continue;
      }
      byte[] agreed = Agreement.sharedSecret(secret, session.advert(peer).maskKey());
      byte[] key = WorkerSide.pairKey(agreed, dropout, peer, context, pins);
      KeyStream stream = new KeyStream(key);
      if (peer.compareTo(dropout) < 0) {
        stream.subtractFrom(sum);
      } else {
        stream.addTo(sum);
      }
    }
  }

  private byte[] combine(String worker, SortedMap<String, Reveal> reveals) {
    List<String> holders = topology.holders(worker);
    int threshold = session.threshold();
    int[] indices = new int[threshold];
    byte[][] shares = new byte[threshold][];
    int found = 0;
    for (int i = 0; i < holders.size() && found < threshold; i++) {
      Reveal reveal = reveals.get(holders.get(i));
      byte[] share = reveal == null ? null : reveal.shares().get(worker);
      if (share != null) {
        indices[found] = i + 1;
        shares[found] = share;
        found++;
      }
    }
    if (found < threshold) {
      throw new ProtocolException("too few holders revealed their shares");
    }
    return Shamir.combine(indices, shares);
  }
}
