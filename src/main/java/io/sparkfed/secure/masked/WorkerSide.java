package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.crypto.Sealing;
import io.sparkfed.secure.crypto.Shamir;
import io.sparkfed.secure.keys.Answer;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Sent;
import io.sparkfed.secure.masked.MaskedVector.Pledge;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * One worker's part in one session: functions of its keys, the session and what it was asked, and
 * of what its journal holds. Runs at the worker.
 */
final class WorkerSide {
  private final Owner owner;
  private final PartyKeys own;
  private final PartyKeys ofReading;
  private final String worker;
  private final Session session;
  private final Cards cards;
  private final byte[] secret;
  private final byte[] context;
  private final Topology topology;

  /**
   * Opens the session at a worker.
   *
   * @param askedHash hash of what this worker was asked
   * @throws ProtocolException if the driver broke a rule of the protocol or of the owner's policy,
   *     or a card of the session is not its worker's
   */
  WorkerSide(Owner owner, String worker, Session session, byte[] askedHash) {
    this(owner, worker, session, askedHash, "");
  }

  /**
   * Opens the session at a worker, to mask what is made of one reading of its rows.
   *
   * @param reading a text that no other reading has; empty where there is one alone
   */
  WorkerSide(Owner owner, String worker, Session session, byte[] askedHash, String reading) {
    this.owner = owner;
    this.own = owner.keysOf(session.runId());
    this.ofReading = own.ofReading(reading);
    this.worker = worker;
    this.session = session;
    this.cards = Cards.parse(session.cards());
    session.check(cards.size(), owner.policy());
    owner.policy().checkPresent(cards.workers());
    this.secret = Card.secret(own, session.runId());
    cards.requireOwn(worker, secret);
    cards.requireGenuine(owner.roster(), session.runId());
    this.context = session.context(cards.hash(), owner.roster(), askedHash);
    this.topology = cards.topology(session.degree(), owner.roster());
  }

  /**
   * Checks that the session is opened over all of its cohort, or not at all.
   *
   * @throws ProtocolException if the driver may leave somebody out
   */
  void requireAll() {
    if (session.least() < cards.size()) {
      throw new ProtocolException(
          "what holds more than an update must be asked of everybody, and opened over all");
    }
  }

  /**
   * Masks a vector. Once done for one vector, the journal refuses another in this session, and the
   * same one of another reading: who asks twice doesn't learn whether they are the same.
   *
   * @param ring how such vectors are added
   * @param subject hash of what the vector answers
   * @return the message, see {@link MaskedVector}
   * @throws ProtocolException if it is too long for the owner, or the session was masked otherwise
   */
  byte[] mask(long[] vector, Ring ring, byte[] subject) {
    owner.policy().checkDimension(vector.length);
    byte[] commitment = commitmentTo(vector);
    owner.journal().send(session.id(), new Sent(session.runId(), context, commitment, subject));
    long[] masked = vector.clone();
    byte[] selfSecret = selfSecret(commitment);
    KeyStream.add(selfMaskKey(selfSecret, context), masked, ring);
    List<String> holders = topology.holders(worker);
    byte[][] shares = shares(selfSecret, commitment, holders);
    SortedMap<String, Pledge> pledges = new TreeMap<>();
    byte[] ownShareHash = new byte[0];
    for (int i = 0; i < holders.size(); i++) {
      String peer = holders.get(i);
      byte[] shareHash = Kdf.sha256(shares[i]);
      if (peer.equals(worker)) {
        ownShareHash = shareHash;
        continue;
      }
      byte[] pair = pairSecret(peer);
      byte[] seed = seed(pair);
      if (worker.compareTo(peer) < 0) {
        KeyStream.add(seed, masked, ring);
      } else {
        KeyStream.subtract(seed, masked, ring);
      }
      byte[] sealedShare =
          Sealing.seal(shareKey(pair, worker, peer, commitment), shares[i], context);
      pledges.put(peer, new Pledge(sealedShare, shareHash, Kdf.sha256(seed)));
    }
    return MaskedVector.make(
        own, owner.roster(), worker, context, commitment, pledges, ownShareHash, masked);
  }

  /**
   * Reveals what unmasks the sum over {@code survivors}: for each neighbor among them a share of
   * its self mask, for each other the seed of the pair's mask. A share that doesn't open is left
   * out.
   *
   * @param survivors U2
   * @param inbox what neighbors sealed to this worker
   * @throws ProtocolException if this worker sent no vector in this session, U2 breaks a rule, or
   *     the journal doesn't allow it
   */
  Reveal reveal(SortedSet<String> survivors, SortedMap<String, Inbox.Sealed> inbox) {
    Sent sent =
        owner
            .journal()
            .sent(session.id())
            .filter(entry -> Arrays.equals(entry.context(), context))
            .orElseThrow(
                () -> new ProtocolException("a worker must have sent a vector in the session"));
    if (!survivors.contains(worker) || !survivors.stream().allMatch(cards::contains)) {
      throw new ProtocolException("the survivors must be of the cohort, this worker among them");
    }
    owner.policy().checkPresent(survivors);
    List<String> holders = topology.holders(worker);
    if (survivors.size() < session.least()
        || holders.stream().filter(holder -> survivors.contains(holder)).count()
            < session.threshold()) {
      throw new ProtocolException("too few workers are left to open a sum");
    }
    owner
        .journal()
        .answer(
            session.id(),
            new Answer(
                session.runId(),
                opening(survivors, inbox),
                sent.subject(),
                parties(survivors),
                survivors));
    SortedMap<String, byte[]> shares = new TreeMap<>();
    SortedMap<String, byte[]> seeds = new TreeMap<>();
    byte[][] own = shares(selfSecret(sent.commitment()), sent.commitment(), holders);
    for (int i = 0; i < holders.size(); i++) {
      String peer = holders.get(i);
      if (peer.equals(worker)) {
        shares.put(peer, own[i]);
      } else if (!survivors.contains(peer)) {
        seeds.put(peer, seed(pairSecret(peer)));
      } else if (inbox.containsKey(peer)) {
        openShare(peer, inbox.get(peer), shares);
      }
    }
    return new Reveal(worker, shares, seeds);
  }

  /** A neighbor, or the driver, that sends what doesn't open costs one share and no more. */
  private void openShare(String peer, Inbox.Sealed from, SortedMap<String, byte[]> shares) {
    byte[] key = shareKey(pairSecret(peer), peer, worker, from.commitment());
    try {
      shares.put(peer, Sealing.open(key, from.share(), context));
    } catch (ProtocolException e) {
      System.getLogger(WorkerSide.class.getName())
          .log(System.Logger.Level.WARNING, "a share of worker {0} does not open", peer);
    }
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

  /** Another vector has another commitment, and with it another self mask and other share keys. */
  private byte[] commitmentTo(long[] vector) {
    byte[] digest = Kdf.sha256(new WireWriter().longs(vector).toByteArray());
    return Kdf.hmac(
        ofReading.derive("commit", context),
        new WireWriter().bytes(context).bytes(digest).toByteArray());
  }

  private byte[] selfSecret(byte[] commitment) {
    return own.derive("self", context, commitment);
  }

  /** The polynomials are a function of the session and the vector, so a re-run repeats them. */
  private byte[][] shares(byte[] selfSecret, byte[] commitment, List<String> holders) {
    byte[] key = own.derive("coefficients", context, commitment);
    return KeyStream.within(
        key,
        coefficients ->
            Shamir.share(selfSecret, holders.size(), session.threshold(), coefficients));
  }

  private byte[] pairSecret(String peer) {
    return PairSecrets.of(secret, cards.of(worker), cards.of(peer), session.runId());
  }

  private byte[] seed(byte[] pairSecret) {
    return Kdf.prf(pairSecret, "pair", context);
  }

  private byte[] shareKey(byte[] pairSecret, String sender, String holder, byte[] commitment) {
    return Kdf.prf(pairSecret, "share", context, utf8(sender), utf8(holder), commitment);
  }

  /** Returns the hash of the session, of U2 and of whose vectors are said to be in the sum. */
  private byte[] opening(SortedSet<String> survivors, SortedMap<String, Inbox.Sealed> inbox) {
    WireWriter out = new WireWriter().bytes(context);
    out.integer(survivors.size());
    survivors.forEach(out::text);
    inbox.forEach((sender, from) -> out.text(sender).bytes(from.commitment()));
    return Kdf.sha256(out.toByteArray());
  }

  /** Returns the hash of all that is the same in two sessions which could have been one. */
  private byte[] parties(SortedSet<String> survivors) {
    WireWriter out = new WireWriter().integer(session.degree()).integer(session.threshold());
    // The order of a sparse graph follows from the roster: with another one it is another graph.
    out.bytes(owner.roster() == null ? new byte[0] : owner.roster().hash());
    out.integer(cards.size());
    cards.workers().forEach(out::text);
    survivors.forEach(out::text);
    return Kdf.sha256(out.toByteArray());
  }

  /**
   * Returns the key of the self mask's stream; also used by the driver once the secret is revealed.
   */
  static byte[] selfMaskKey(byte[] selfSecret, byte[] context) {
    return Kdf.derive(selfSecret, "self-mask", context);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
