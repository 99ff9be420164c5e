package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The cards of U0, with what follows from them alone. A run has few sets of cards and many sums, so
 * a process keeps those it has read and checked last, whichever of its workers asks. Thread-safe.
 */
final class Cards {
  private static final int MOST_KEPT = 16;
  private static final Map<String, Cards> KEPT = new LinkedHashMap<>();

  private final SortedMap<String, Card> byWorker;
  private final byte[] hash;
  private final Map<String, Topology> topologies = new ConcurrentHashMap<>();

  /** Rosters, by their hash, that all cards were found to be genuine by, with the run. */
  private final Set<String> genuine = ConcurrentHashMap.newKeySet();

  /** Hashes of the private keys that cards were found to be of, by worker. */
  private final Map<String, byte[]> ownSecrets = new ConcurrentHashMap<>();

  private Cards(SortedMap<String, Card> byWorker, byte[] hash) {
    this.byWorker = byWorker;
    this.hash = hash;
  }

  /** Returns the canonical bytes of these cards. */
  static byte[] toBytes(Collection<Card> cards) {
    WireWriter out = new WireWriter().integer(cards.size());
    cards.forEach(card -> card.write(out));
    return out.toByteArray();
  }

  /**
   * Reads cards.
   *
   * @throws ProtocolException if they are malformed, not sorted by worker, or not one for each
   */
  static Cards parse(byte[] bytes) {
    byte[] hash = Kdf.sha256(bytes);
    String name = HexFormat.of().formatHex(hash);
    synchronized (KEPT) {
      Cards kept = KEPT.get(name);
      if (kept != null) {
        return kept;
      }
    }
    Cards read = new Cards(read(bytes), hash);
    synchronized (KEPT) {
      KEPT.put(name, read);
      if (KEPT.size() > MOST_KEPT) {
        KEPT.remove(KEPT.keySet().iterator().next());
      }
    }
    return read;
  }

  private static SortedMap<String, Card> read(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int count = in.count();
    SortedMap<String, Card> byWorker = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      Card card = Card.read(in);
      if (!byWorker.isEmpty() && byWorker.lastKey().compareTo(card.worker()) >= 0) {
        throw new ProtocolException("cards must be sorted and one for each worker");
      }
      byWorker.put(card.worker(), card);
    }
    in.end();
    return byWorker;
  }

  /** Returns the hash of all cards, which pins U0 and with it the neighbors. */
  byte[] hash() {
    return hash;
  }

  /** Returns the ids of U0, sorted. */
  List<String> workers() {
    return new ArrayList<>(byWorker.keySet());
  }

  /** Returns how many there are. */
  int size() {
    return byWorker.size();
  }

  /** Returns whether a worker is in U0. */
  boolean contains(String worker) {
    return byWorker.containsKey(worker);
  }

  /**
   * Returns a worker's card.
   *
   * @throws ProtocolException if there is none
   */
  Card of(String worker) {
    Card card = byWorker.get(worker);
    if (card == null) {
      throw new ProtocolException("a worker must have sent its card");
    }
    return card;
  }

  /**
   * Returns who masks with whom, where each has so many neighbors. With a roster the order is the
   * same in every run, so that nobody can look for a better one with keys of a run.
   *
   * @param roster null where there is none, and the order follows from the cards
   */
  Topology topology(int degree, Roster roster) {
    byte[] seed = roster == null ? hash : roster.hash();
    return topologies.computeIfAbsent(
        degree + " " + HexFormat.of().formatHex(seed),
        key -> new Topology(workers(), seed, degree));
  }

  /**
   * Checks that every card is its worker's, so that no name counts that isn't on the roster. Once
   * for all workers of a process whose rosters are the same.
   *
   * @param roster null where there is none
   * @throws ProtocolException if a card is not of the roster, or of another run
   */
  void requireGenuine(Roster roster, byte[] runId) {
    byte[] rosterHash = roster == null ? new byte[0] : roster.hash();
    String name =
        HexFormat.of().formatHex(new WireWriter().bytes(rosterHash).bytes(runId).toByteArray());
    if (!genuine.contains(name)) {
      byWorker.values().forEach(card -> card.verify(roster, runId));
      genuine.add(name);
    }
  }

  /**
   * Checks that a worker's card is of a private key. Once for a worker, since the public key of it
   * takes longer to compute than all else that a small sum needs.
   *
   * @throws ProtocolException if it is of another
   */
  void requireOwn(String worker, byte[] secret) {
    byte[] hash = Kdf.sha256(secret);
    if (!Arrays.equals(hash, ownSecrets.get(worker))) {
      if (!Arrays.equals(Agreement.publicKey(secret), of(worker).key())) {
        throw new ProtocolException("the card must be of the keys that are here");
      }
      ownSecrets.put(worker, hash);
    }
  }

  /** Forgets everything, as a lost executor does. */
  static void forgetAll() {
    synchronized (KEPT) {
      KEPT.clear();
    }
  }
}
