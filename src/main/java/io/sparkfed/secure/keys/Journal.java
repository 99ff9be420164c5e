package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * What a party remembers, whatever numbers the driver chooses: the secret of each run, what left in
 * each session, and which sums it helped to open.
 *
 * <p>A session is masked once: a second vector, or a second set of parties, is refused. A session
 * is answered once. And where the owner wants it one question is answered for one cohort alone,
 * whatever the run, since the difference of two sums is a sum, too.
 */
public interface Journal {
  /** Of keys that are made for one process. */
  String NO_OWNER = "only an owner with a folder decides by hand";

  /**
   * Returns the secret of a run, 32 bytes: random, made when it is first asked for, the same until
   * the run ends. What a session's keys are derived from can't be computed any more once it is
   * forgotten, not even with the owner's keys.
   *
   * @throws io.sparkfed.wire.ProtocolException if it can't be read or written
   */
  byte[] secretOf(byte[] runId);

  /**
   * Records what is asked, before it is answered.
   *
   * @param subject hash of the question
   * @param grid hash of how numbers become integers; empty where that may be in any way
   * @param told the question's name, and what it is asked for, for people who read the journal
   * @throws io.sparkfed.wire.ProtocolException if the owner answered the question on as many other
   *     grids as it does, or it can't be recorded
   */
  void ask(byte[] subject, byte[] grid, String told);

  /**
   * Records what leaves in a session, before it leaves.
   *
   * @param session 32 random bytes of the session
   * @throws io.sparkfed.wire.ProtocolException if the session holds another entry, or it can't be
   *     recorded
   */
  void send(byte[] session, Sent sent);

  /** Returns what left in a session. */
  Optional<Sent> sent(byte[] session);

  /**
   * Records, before the answer leaves, what it opens.
   *
   * @param session 32 random bytes of the session
   * @throws io.sparkfed.wire.ProtocolException if the session was answered for another set, the
   *     owner's limits don't allow it, or it can't be recorded
   */
  void answer(byte[] session, Answer answer);

  /**
   * Records the rows that an answer is about, before it leaves.
   *
   * @param leastDifference by how many rows they must differ from those of earlier answers, unless
   *     they are the same
   * @throws io.sparkfed.wire.ProtocolException if they differ by fewer, or it can't be recorded
   */
  void use(RowSets rows, int leastDifference);

  /**
   * Records what a release costs, before it leaves.
   *
   * @param budget the owner's, which it must not pass
   * @throws io.sparkfed.aggregate.RefusedException if it would
   * @throws io.sparkfed.wire.ProtocolException if it can't be recorded
   */
  void charge(Charge charge, Budget budget);

  /**
   * Records that the owner joins a study, before anything of it is answered.
   *
   * @param study SHA-256 of the study and of what it was accepted by
   * @param until the last day for which it is
   * @throws io.sparkfed.wire.ProtocolException if it can't be recorded
   */
  void accept(byte[] study, LocalDate until);

  /**
   * Returns the day that last days are compared with, in UTC: it is none before the latest of an
   * entry, whatever the clock says.
   */
  default LocalDate today() {
    return LocalDate.now(ZoneOffset.UTC);
  }

  /** Returns whether the owner joined a study, and a day is not after its last. */
  boolean isAccepted(byte[] study, LocalDate today);

  /**
   * Records that a run asks for a study, before it is answered.
   *
   * @param study SHA-256 of the study
   * @param runId 32 bytes of the run
   * @throws io.sparkfed.wire.ProtocolException if the owner allows no more runs, or it can't be
   *     recorded
   */
  default void run(byte[] study, byte[] runId) {
    // Without an owner nobody counts.
  }

  /**
   * Records that a study waits for the owner, who decides by hand.
   *
   * @param study SHA-256 of the study
   * @param signed its bytes, for the owner to read
   * @throws io.sparkfed.wire.ProtocolException if it can't be recorded
   */
  default void propose(byte[] study, byte[] signed) {
    throw new ProtocolException(NO_OWNER);
  }

  /**
   * Records what the owner decided of a study.
   *
   * @param study SHA-256 of the study
   * @throws io.sparkfed.wire.ProtocolException if it can't be recorded
   */
  default void decide(byte[] study, Decision decision) {
    throw new ProtocolException(NO_OWNER);
  }

  /** Returns what was proposed to the owner, the first one first. */
  default List<Proposal> proposals() {
    return List.of();
  }

  /** Returns what was proposed, or decided, of a study. */
  default Optional<Proposal> proposal(byte[] study) {
    return Optional.empty();
  }

  /**
   * Forgets the secret of a run that has ended, if it is known, and records that it has.
   *
   * @return the hash that the journal's lines had then, 16 bytes: it says nothing of them to who
   *     doesn't see them; empty for an unknown run, and where there are no lines
   * @throws io.sparkfed.wire.ProtocolException if it can't be deleted
   */
  Optional<byte[]> end(byte[] runId);
}
