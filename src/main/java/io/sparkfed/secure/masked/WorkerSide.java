package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.crypto.Sealing;
import io.sparkfed.secure.crypto.Shamir;
import io.sparkfed.secure.keys.Journal;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * One worker's part in one session, as pure functions of its keys, the session and the pinned bytes
 * of earlier phases. Runs at the worker.
 */
final class WorkerSide {
  private final Roster roster;
  private final PartyKeys own;
  private final Policy policy;
  private final Journal journal;
  private final String worker;
  private final SharedSession shared;
  private final Session session;
  private final byte[] context;
  private final Topology topology;

  /**
   * Opens the session at a worker.
   *
   * @param modelHash hash of what this worker received from the driver
   * @throws ProtocolException if the driver broke a rule of the protocol or of the owner's policy
   */
  WorkerSide(Owner owner, String worker, Session session, byte[] modelHash) {
    this(owner, worker, SharedSession.checked(session), modelHash);
  }

  /** Opens a session that other workers of the process share, and that was checked for all. */
  WorkerSide(Owner owner, String worker, SharedSession shared, byte[] modelHash) {
    this.shared = shared;
    this.session = shared.session();
    this.roster = owner.roster();
    this.own = owner.keys();
    this.policy = owner.policy();
    this.journal = owner.journal();
    this.worker = worker;
    this.context = shared.context(roster, modelHash);
    this.topology = shared.topology();
    requireOwnAdvert();
    policy.checkSum(session.minWorkers(), session.round());
    policy.checkThreshold(session.threshold());
  }

  /** An advert of other keys than these was made elsewhere: peers' messages would not open here. */
  private void requireOwnAdvert() {
    byte[] secret = Advert.shareSecret(own, session.runId());
    if (!Arrays.equals(Agreement.publicKey(secret), session.advert(worker).shareKey())) {
      throw new ProtocolException("the advert must be of the keys that are here");
    }
  }

  /** Phase B: commits to {@code vector} and shares the secrets behind its masks. */
  Commitment commit(long[] vector) {
    policy.checkDimension(vector.length);
    byte[] commitment = commitmentTo(vector);
    SortedMap<String, byte[]> ciphertexts = new TreeMap<>();
    List<String> holders = topology.holders(worker);
    byte[][] selfShares = selfShares(commitment, holders);
    byte[][] maskShares = maskShares(commitment, holders);
    byte[] secret = Advert.shareSecret(own, session.runId());
    for (int i = 0; i < holders.size(); i++) {
      String holder = holders.get(i);
      if (holder.equals(worker)) {
        continue;
      }
      Advert advert = shared.genuineAdvert(holder, roster);
      byte[] shares = new WireWriter().bytes(selfShares[i]).bytes(maskShares[i]).toByteArray();
      byte[] key = shareKey(secret, advert.shareKey(), worker, holder, commitment);
      ciphertexts.put(holder, Sealing.seal(key, shares, context));
    }
    return Commitment.make(own, worker, session.id(), commitment, ciphertexts);
  }

  /**
   * Phase C: masks {@code vector} if it is the one that was committed to.
   *
   * @throws ProtocolException if it isn't, or too few workers are left
   */
  MaskedVector mask(long[] vector, Pins pins) {
    byte[] pinned = pins.commitments().get(worker);
    if (pinned == null || !MessageDigest.isEqual(pinned, commitmentTo(vector))) {
      throw new ProtocolException("the vector must be the one committed to");
    }
    requireEnough(pins.commitments().size());
    SortedSet<String> peers = topology.neighbours(worker);
    peers.retainAll(pins.commitments().keySet());
    if (peers.size() + 1 < session.threshold()) {
      throw new ProtocolException("too few neighbors are left to unmask");
    }
    long[] masked = vector.clone();
    new KeyStream(selfMaskKey(selfSecret(pinned), context, pins)).addTo(masked);
    byte[] secret = Advert.maskSecret(own, session.runId(), session.slot());
    byte[] ownKey = Agreement.publicKey(secret);
    for (String peer : peers) {
      byte[] agreed = SecretMemo.agreed(secret, ownKey, session.advert(peer).maskKey());
      byte[] key = pairKey(agreed, worker, peer, context, pins);
      KeyStream stream = new KeyStream(key);
      if (worker.compareTo(peer) < 0) {
        stream.addTo(masked);
      } else {
        stream.subtractFrom(masked);
      }
    }
    return MaskedVector.make(own, worker, session.id(), pins.hash(), masked);
  }

  /**
   * Phase D: reveals one share for each neighbor.
   *
   * @param survivors U2
   * @param inbox ciphertext by sender, as phase B collected them
   * @throws ProtocolException if U2 breaks a rule, the journal holds another opening of this sum,
   *     or a ciphertext doesn't open
   */
  Reveal reveal(Pins pins, SortedSet<String> survivors, SortedMap<String, byte[]> inbox) {
    if (!survivors.contains(worker) || !pins.commitments().keySet().containsAll(survivors)) {
      throw new ProtocolException("the survivors must have committed, this worker among them");
    }
    requireEnough(survivors.size());
    SortedMap<String, byte[]> revealed = new TreeMap<>();
    List<String> ownHolders = topology.holders(worker);
    revealed.put(
        worker, selfShares(pins.commitments().get(worker), ownHolders)[ownHolders.indexOf(worker)]);
    byte[] secret = Advert.shareSecret(own, session.runId());
    for (String peer : topology.neighbours(worker)) {
      byte[] commitment = pins.commitments().get(peer);
      if (commitment == null) {
        continue;
      }
      byte[] ciphertext = inbox.get(peer);
      if (ciphertext == null) {
        throw new ProtocolException("each neighbor that committed must have sent its shares");
      }
      Advert advert = session.advert(peer);
      byte[] key = shareKey(secret, advert.shareKey(), peer, worker, commitment);
      WireReader shares = new WireReader(Sealing.open(key, ciphertext, context));
      byte[] selfShare = shares.bytes(Shamir.SHARE_LENGTH);
      byte[] maskShare = shares.bytes(Shamir.SHARE_LENGTH);
      shares.end();
      revealed.put(peer, survivors.contains(peer) ? selfShare : maskShare);
    }
    byte[] opening = sumHash(session, pins, survivors);
    journal.record(session.runId(), session.sum(), opening);
    return Reveal.make(own, worker, opening, revealed);
  }

  private void requireEnough(int workers) {
    if (workers < Math.max(session.minWorkers(), session.threshold())) {
      throw new ProtocolException("too few workers are left to open a sum");
    }
  }

  /** Returns the key of the words that are sent in place of a vector that can't be. */
  byte[] blindingKey() {
    return own.derive("blinding", context);
  }

  private byte[] commitmentTo(long[] vector) {
    byte[] digest = Kdf.sha256(new WireWriter().longs(vector).toByteArray());
    return Kdf.hmac(
        own.derive("commit", context), new WireWriter().bytes(context).bytes(digest).toByteArray());
  }

  private byte[] selfSecret(byte[] commitment) {
    return own.derive("self", context, commitment);
  }

  private byte[][] selfShares(byte[] commitment, List<String> holders) {
    return share("coefficients-self", selfSecret(commitment), commitment, holders);
  }

  private byte[][] maskShares(byte[] commitment, List<String> holders) {
    byte[] secret = Advert.maskSecret(own, session.runId(), session.slot());
    return share("coefficients-mask", secret, commitment, holders);
  }

  /** The polynomials are a function of what is shared and with whom, so a re-run repeats them. */
  private byte[][] share(String label, byte[] secret, byte[] commitment, List<String> holders) {
    WireWriter with = new WireWriter().integer(session.threshold()).integer(holders.size());
    holders.forEach(with::text);
    byte[] key = own.derive(label, context, commitment, with.toByteArray());
    return Shamir.share(secret, holders.size(), session.threshold(), new KeyStream(key));
  }

  private byte[] shareKey(
      byte[] secret, byte[] peerKey, String sender, String holder, byte[] commitment) {
    return Kdf.derive(
        SecretMemo.agreed(secret, session.advert(worker).shareKey(), peerKey),
        "share",
        context,
        utf8(sender),
        utf8(holder),
        commitment);
  }

  /**
   * Returns the key of the self mask's stream; also used by the driver once the secret is revealed.
   */
  static byte[] selfMaskKey(byte[] selfSecret, byte[] context, Pins pins) {
    return Kdf.derive(selfSecret, "self-mask", context, pins.hash());
  }

  /**
   * Returns the key of a pair's mask stream: the same for both.
   *
   * @param agreed what their mask keys agree on
   */
  static byte[] pairKey(byte[] agreed, String one, String other, byte[] context, Pins pins) {
    boolean ordered = one.compareTo(other) < 0;
    return Kdf.derive(
        agreed,
        "pair",
        context,
        pins.hash(),
        utf8(ordered ? one : other),
        utf8(ordered ? other : one));
  }

  /** Returns H2: what a reveal is signed for. */
  static byte[] sumHash(Session session, Pins pins, SortedSet<String> survivors) {
    WireWriter out = new WireWriter().bytes(session.id()).bytes(pins.hash());
    survivors.forEach(out::text);
    return Kdf.sha256(out.toByteArray());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
