package io.sparkfed.secure.masked;

import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A session with what follows from its public bytes alone. Workers that share a process share it
 * too: if each hashed and checked what all of them advertised, a phase's work would grow with the
 * square of their number. Thread-safe.
 */
final class SharedSession {
  private final Session session;
  private final byte[] advertsHash;
  private final Topology topology;

  /** The identity that an advert's signature was found to be of, by worker. */
  private final Map<String, byte[]> signers = new ConcurrentHashMap<>();

  /**
   * Checks a session, at a worker, and takes it over.
   *
   * @throws ProtocolException if the driver broke a rule
   */
  static SharedSession checked(Session session) {
    session.check();
    return new SharedSession(session);
  }

  SharedSession(Session session) {
    this.session = session;
    this.advertsHash = session.advertsHash();
    this.topology = session.topology();
  }

  Session session() {
    return session;
  }

  Topology topology() {
    return topology;
  }

  /** Returns what every key of the session is bound to. */
  byte[] context(Roster roster, byte[] modelHash) {
    return session.context(advertsHash, roster, modelHash);
  }

  /**
   * Returns a worker's advert. A signature is checked once for all rosters that name one key.
   *
   * @throws ProtocolException if there is none, or it isn't signed with the roster's key
   */
  Advert genuineAdvert(String worker, Roster roster) {
    Advert advert = session.advert(worker);
    byte[] key = roster.publicKey(worker);
    if (!Arrays.equals(key, signers.get(worker))) {
      advert.verify(roster, session.runId());
      signers.put(worker, key);
    }
    return advert;
  }
}
