package io.sparkfed.secure.sealed;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.Hpke;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.crypto.Sealing;
import io.sparkfed.secure.keys.Journal;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.Sent;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * One worker's part in one session, as pure functions of its keys and the session. Runs at the
 * worker.
 */
final class SealingSide {
  private final PartyKeys own;
  private final PartyKeys ofReading;
  private final Policy policy;
  private final Journal journal;
  private final String worker;
  private final SealedSession session;
  private final byte[] modelHash;
  private final byte[] context;

  /**
   * Opens the session at a worker.
   *
   * @param modelHash hash of what this worker received from the driver
   * @throws io.sparkfed.wire.ProtocolException if the driver broke a rule of the protocol or of the
   *     owner's policy, or an aggregator's advert is not its own
   */
  SealingSide(Owner owner, String worker, SealedSession session, byte[] modelHash) {
    this(owner, worker, session, modelHash, "");
  }

  /**
   * Opens the session at a worker, to seal what is made of one reading of its rows.
   *
   * @param reading a text that no other reading has; empty where there is one alone
   */
  SealingSide(Owner owner, String worker, SealedSession session, byte[] modelHash, String reading) {
    session.check(owner.roster());
    owner.policy().checkMinWorkers(session.minWorkers());
    owner.policy().checkAggregators(session.names());
    this.own = owner.keysOf(session.runId());
    this.ofReading = own.ofReading(reading);
    this.journal = owner.journal();
    this.policy = owner.policy();
    this.worker = worker;
    this.session = session;
    this.modelHash = modelHash;
    this.context = session.context(owner.roster(), modelHash);
  }

  /**
   * Returns the key of a vector's noise, the same whenever the task runs again.
   *
   * @param hash of the vector without noise
   */
  byte[] releaseKey(byte[] hash) {
    return ofReading.derive("release", context, hash);
  }

  /** Returns the key of the words that are sent in place of a vector that can't be. */
  byte[] blindingKey() {
    return ofReading.derive("blinding", context);
  }

  /**
   * Seals a vector to the aggregators. Once done for one vector, the journal refuses another in
   * this session, and the same one of another reading: who asks twice doesn't learn whether they
   * are the same.
   *
   * @param ring how such vectors are added
   * @param subject hash of what the vector answers
   * @throws ProtocolException if the driver says that they are added otherwise, the vector is too
   *     long for the owner, or another was sealed
   */
  SealedUpdate seal(long[] vector, Ring ring, byte[] subject) {
    policy.checkDimension(vector.length);
    if (!ring.equals(session.ring())) {
      throw new ProtocolException("vectors must be added as they are made to be");
    }
    byte[] commitment = commitmentTo(vector);
    journal.send(session.id(), new Sent(session.runId(), context, commitment, subject));
    long[] first = vector.clone();
    byte[] firstKey = shareKey(commitment, 0);
    List<byte[]> keys = new ArrayList<>();
    keys.add(sealedKey(0, firstKey, commitment));
    for (int l = 1; l < session.aggregators().size(); l++) {
      byte[] seed = shareKey(commitment, l);
      KeyStream.subtract(expansionKey(seed, context), first, ring);
      keys.add(sealedKey(l, seed, commitment));
    }
    byte[] body = Sealing.seal(firstKey, new WireWriter().longs(first).toByteArray(), context);
    return SealedUpdate.make(
        own, worker, session.id(), modelHash, subject, vector.length, keys, body);
  }

  /**
   * What keys of this vector are bound to: another vector has other keys, so that no key ever seals
   * two plaintexts.
   */
  private byte[] commitmentTo(long[] vector) {
    byte[] digest = Kdf.sha256(new WireWriter().longs(vector).toByteArray());
    return Kdf.hmac(
        ofReading.derive("commit", context),
        new WireWriter().bytes(context).bytes(digest).toByteArray());
  }

  private byte[] shareKey(byte[] commitment, int aggregator) {
    return own.derive("share", context, commitment, index(aggregator));
  }

  private byte[] sealedKey(int aggregator, byte[] key, byte[] commitment) {
    AggregatorAdvert advert = session.aggregators().get(aggregator);
    byte[] ephemeral = own.derive("encapsulate", context, commitment, index(aggregator));
    return Hpke.seal(
        advert.sealKey(), ephemeral, context, associated(worker, advert.aggregator()), key);
  }

  private static byte[] index(int aggregator) {
    return new WireWriter().integer(aggregator).toByteArray();
  }

  /** Returns what a sealed key is bound to beside the context: from whom, to whom. */
  static byte[] associated(String worker, String aggregator) {
    return new WireWriter().text(worker).text(aggregator).toByteArray();
  }

  /** Returns the key of the stream that a share's seed is expanded with. */
  static byte[] expansionKey(byte[] seed, byte[] context) {
    return Kdf.derive(seed, "share-words", context);
  }
}
