package io.sparkfed.secure.sealed;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Hpke;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.crypto.Sealing;
import io.sparkfed.secure.keys.Answer;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One aggregator's part in one session. Runs at the aggregator. */
final class OpeningSide {
  private final Owner owner;
  private final String aggregator;
  private final SealedSession session;
  private final byte[] secret;
  private final int position;

  /**
   * Opens the session at an aggregator.
   *
   * @throws ProtocolException if the driver broke a rule
   */
  OpeningSide(Owner owner, String aggregator, SealedSession session) {
    session.check(owner.roster());
    owner.policy().checkMinWorkers(session.minWorkers());
    this.owner = owner;
    this.aggregator = aggregator;
    this.session = session;
    this.secret = AggregatorAdvert.sealSecret(owner.keysOf(session.runId()), session.runId());
    this.position = session.names().indexOf(aggregator);
    if (position < 0) {
      throw new ProtocolException("an aggregator must have advertised its key");
    }
  }

  /** Returns whether the advertised key is the one that is here. */
  boolean holdsKey() {
    return Arrays.equals(
        Agreement.publicKey(secret), session.aggregators().get(position).sealKey());
  }

  /**
   * Opens exactly this set and sums its shares.
   *
   * @param messages the pinned messages, sorted by worker
   * @throws AccusedException if messages don't open or are not their worker's
   * @throws ProtocolException if a message is malformed, foreign or comes twice, there are too few,
   *     the owner's policy doesn't allow it, or the journal holds another opening of this sum
   */
  ShareSum open(List<byte[]> messages) {
    if (messages.size() < Math.max(2, session.minWorkers())) {
      throw new ProtocolException("the set must have at least min-workers messages");
    }
    List<SealedUpdate> updates = messages.stream().map(SealedUpdate::parse).toList();
    SealedUpdate first = updates.get(0);
    owner.policy().checkDimension(first.words());
    byte[] context = session.context(owner.roster(), first.modelHash());
    SortedMap<String, String> accused = new TreeMap<>();
    long[] sum = new long[first.words()];
    for (int i = 0; i < updates.size(); i++) {
      SealedUpdate update = updates.get(i);
      if (i > 0 && updates.get(i - 1).worker().compareTo(update.worker()) >= 0) {
        throw new ProtocolException("messages must be sorted and one from each worker");
      }
      if (!Arrays.equals(update.modelHash(), first.modelHash())) {
        throw new ProtocolException("all workers must have received the same model");
      }
      if (!Arrays.equals(update.subject(), first.subject())) {
        throw new ProtocolException("all workers must answer the same question");
      }
      if (update.words() != sum.length) {
        throw new ProtocolException("sealed vectors must have one length");
      }
      if (update.keys().size() != session.aggregators().size()) {
        throw new ProtocolException("a message must have a key for each aggregator");
      }
      try {
        update.verify(owner.roster(), session.id());
        addShare(update, context, sum);
      } catch (ProtocolException e) {
        accused.put(update.worker(), e.getMessage());
      }
    }
    if (!accused.isEmpty()) {
      throw new AccusedException(List.copyOf(accused.keySet()), accused.get(accused.firstKey()));
    }
    byte[] setHash = SealedSession.setHash(messages);
    byte[] opening = session.openingOf(setHash);
    Set<String> cohort =
        updates.stream().map(SealedUpdate::worker).collect(Collectors.toCollection(TreeSet::new));
    owner.policy().checkPresent(cohort);
    owner
        .journal()
        .answer(
            session.id(),
            new Answer(session.runId(), opening, first.subject(), parties(cohort), cohort));
    return ShareSum.of(owner.keys(), aggregator, opening, setHash, sum);
  }

  private static byte[] parties(Set<String> cohort) {
    WireWriter out = new WireWriter();
    cohort.forEach(out::text);
    return Kdf.sha256(out.toByteArray());
  }

  private void addShare(SealedUpdate update, byte[] context, long[] sum) {
    byte[] key =
        Hpke.open(
            secret,
            context,
            SealingSide.associated(update.worker(), aggregator),
            update.keys().get(position));
    if (position > 0) {
      KeyStream.add(SealingSide.expansionKey(key, context), sum, session.ring());
      return;
    }
    WireReader in = new WireReader(Sealing.open(key, update.body(), context));
    long[] share = in.longs(sum.length);
    in.end();
    session.ring().add(sum, share);
  }
}
