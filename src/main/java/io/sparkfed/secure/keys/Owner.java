package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.HeldRows;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.aggregate.Words;
import io.sparkfed.privacy.Release;
import io.sparkfed.privacy.StreamDraws;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What a data owner holds at its worker. Not serializable: it stays there.
 *
 * @param keys its private keys
 * @param policy what it allows of sums
 * @param questions what its policy says of questions, by key; empty where it says nothing
 * @param journal what it remembers of the sums it helped to open
 * @param roster its own copy of the roster; null where there is none, and the keys that parties
 *     send along must do
 * @param budget how much privacy it gives away; empty where its policy says nothing of it
 */
public record Owner(
    PartyKeys keys,
    Policy policy,
    SortedMap<String, String> questions,
    Journal journal,
    Roster roster,
    Optional<Budget> budget) {

  /** The key of the statements that an owner answers; all unless set. */
  public static final String STATEMENTS = "statements";

  /** The key that says whether each study is approved by a person; by rule unless set. */
  public static final String APPROVE = "approve";

  private static final byte[] ANY_GRID = {};

  private static final String BY_HAND = "by-hand";

  /** How much of a study's hash is shown. */
  static final int SHOWN = 16;

  /** Creates an owner whose policy says nothing of questions. */
  public Owner(PartyKeys keys, Policy policy, Journal journal, Roster roster) {
    this(keys, policy, new TreeMap<>(), journal, roster);
  }

  /** Creates an owner whose policy says nothing of privacy. */
  public Owner(
      PartyKeys keys,
      Policy policy,
      SortedMap<String, String> questions,
      Journal journal,
      Roster roster) {
    this(keys, policy, questions, journal, roster, Optional.empty());
  }

  /** Returns the keys that a run's secrets are derived from: with the run's own they are gone. */
  public PartyKeys keysOf(byte[] runId) {
    return keys.with(journal.secretOf(runId));
  }

  /**
   * Records that a study keeps to what the policy says of questions.
   *
   * @param study SHA-256 of the study
   * @param until the last day for which it does
   */
  public void accept(byte[] study, LocalDate until) {
    journal.accept(acceptance(study), until);
  }

  /**
   * Returns whether the owner's policy says something of questions, and accepted a study as it is
   * now.
   *
   * @param study SHA-256 of the study
   */
  public boolean hasAccepted(byte[] study) {
    return !questions.isEmpty()
        && journal.isAccepted(acceptance(study), journal.today())
        && isApproved(study);
  }

  /** Returns whether a person approved a study, where one must. */
  private boolean isApproved(byte[] study) {
    return !isByHand()
        || journal.proposal(study).filter(known -> known.isApproved(journal.today())).isPresent();
  }

  /**
   * Checks that something is asked for a study that was accepted under the policy as it is now, is
   * among what the owner answers, has enough rows behind it, and noise where the owner demands it.
   * What the owner's budget is charged for may be about any rows.
   *
   * @param held what the worker holds
   * @throws RefusedException if the policy says something of questions, and a rule is broken
   */
  public <S> void requireAllowed(Words<S> words, S held) {
    if (requiresNoise() && words.release().isEmpty()) {
      throw new RefusedException(
          OwnersRule.DP_REQUIRED, "the owner's policy allows no sum without noise");
    }
    if (questions.isEmpty()) {
      return;
    }
    if (!journal.isAccepted(acceptance(words.study()), journal.today())) {
      throw new RefusedException(
          OwnersRule.STUDY, "the run's study must be one that the owner's policy accepted");
    }
    if (!isApproved(words.study())) {
      throw new RefusedException(OwnersRule.APPROVE, "the owner must have approved the study");
    }
    String listed = questions.get(STATEMENTS);
    if (listed != null
        && Arrays.stream(listed.split(",", -1))
            .noneMatch(name -> name.strip().equalsIgnoreCase(words.asked()))) {
      throw new RefusedException(
          OwnersRule.STATEMENTS, "the owner's policy doesn't list " + words.asked());
    }
    if (isCharged(words)) {
      // Each row is paid for, and a refusal that depends on rows would tell of them unpaid.
      return;
    }
    Disclosure rules = Disclosure.read(new PolicyText(questions));
    words.rows(held).ifPresent(counts -> rules.check(counts, words.parameters()));
    words.heldRows(held).ifPresent(rows -> journal.use(rowSets(rows), rules.leastDifference()));
  }

  /**
   * Checks and records what is asked in a run, before it is answered.
   *
   * @param held what the worker holds
   * @throws RefusedException if a rule of the policy is broken
   * @throws ProtocolException if it can't be recorded
   */
  public <S> void hear(Words<S> words, S held, byte[] runId) {
    requireAllowed(words, held);
    recordRun(words, runId);
    recordQuestion(words);
  }

  /**
   * Returns how long an update may be in what is asked. A release that the owner's budget is
   * charged for is none: each row's part of it is bounded, and the budget says how much of that is
   * told.
   */
  public Clip clipOf(Words<?> words) {
    return isCharged(words) ? Clip.NONE : policy.clip();
  }

  /** Returns whether nothing may leave without noise. */
  public boolean requiresNoise() {
    return budget.filter(Budget::isRequired).isPresent();
  }

  private boolean isCharged(Words<?> words) {
    return budget.isPresent() && words.release().isPresent();
  }

  /**
   * Returns what the owner's side brings into a vector of a session.
   *
   * @param held what the worker holds
   * @param least how many workers' vectors a sum has at least in which this one is opened
   * @param secret returns a key that only the worker has, for this vector alone
   * @param key returns such a key for the hash of a release's vector without noise
   */
  public <S> OwnersSide sideOf(
      Words<S> words,
      S held,
      byte[] runId,
      int least,
      Supplier<byte[]> secret,
      UnaryOperator<byte[]> key) {
    return new OwnersSide(
        clipOf(words), secret, exact -> released(words, held, runId, least, exact, key));
  }

  /**
   * Returns a release's vector with the owner's share of noise. It is charged first: once for a
   * vector in a session, however often the task runs.
   *
   * @param held what the worker holds
   * @param least how many workers' vectors a sum has at least in which this one is opened
   * @param exact the vector without noise
   * @param key returns a key that only the worker has, for the hash of that
   * @throws RefusedException if the budget doesn't allow it, or the noise relies on more workers
   */
  public <S> long[] released(
      Words<S> words, S held, byte[] runId, int least, long[] exact, UnaryOperator<byte[]> key) {
    Release release = words.release().orElseThrow();
    int most = Math.min(least, budget.map(Budget::honestWorkers).orElse(least));
    if (release.honestWorkers() > most) {
      throw new RefusedException(
          OwnersRule.DP_HONEST_WORKERS,
          "the noise of "
              + most
              + " workers can be relied on, and the run relies on "
              + release.honestWorkers());
    }
    byte[] secret = key.apply(Kdf.sha256(new WireWriter().longs(exact).toByteArray()));
    byte[] id = Kdf.derive(secret, "charge");
    budget.ifPresent(own -> journal.charge(charge(words, held, runId, id), own));
    return KeyStream.within(
        Kdf.derive(secret, "noise"),
        noise -> release.withNoise(exact, new StreamDraws(noise::next)));
  }

  private <S> Charge charge(Words<S> words, S held, byte[] runId, byte[] id) {
    Release release = words.release().orElseThrow();
    // A hash of rows would do, too, but then what is refused would tell whether they changed.
    byte[] view = words.view();
    RowPart part =
        view.length == 0
            ? RowPart.ALL
            : words.heldRows(held).map(HeldRows::part).orElse(RowPart.ALL);
    return new Charge(
        runId,
        id,
        release.cost(),
        release.plan(),
        words.asked(),
        part,
        part == RowPart.ALL ? new byte[0] : Kdf.sha256(view));
  }

  private RowSets rowSets(HeldRows rows) {
    return RowSets.of(rows, keys.derive("rows of the journal"));
  }

  /** Returns whether the owner approves each study by hand. */
  public boolean isByHand() {
    return isByHand(questions);
  }

  static boolean isByHand(SortedMap<String, String> questions) {
    return BY_HAND.equals(questions.getOrDefault(APPROVE, "").strip());
  }

  /**
   * Records the run that something is asked in, before it is answered. Of the sums of a loading,
   * which are about no model, nothing is recorded: the run that they are for is counted.
   *
   * @param runId 32 bytes of the run
   * @throws ProtocolException if the owner allows no more runs, or it can't be recorded
   */
  public void recordRun(Words<?> words, byte[] runId) {
    if (words.parameters() > 0) {
      journal.run(words.study(), runId);
    }
  }

  /**
   * Records what is asked, before it is answered. On how many grids a charged release is asked
   * doesn't matter: what a grid tells of rows is in its cost.
   *
   * @throws ProtocolException if the owner answers no more of it, or it can't be recorded
   */
  public void recordQuestion(Words<?> words) {
    String study = HexFormat.of().formatHex(words.study());
    journal.ask(
        Kdf.sha256(words.subject()),
        isCharged(words) ? ANY_GRID : Kdf.sha256(words.rounding()),
        (words.asked().isEmpty() ? "a vector" : words.asked())
            + (study.isEmpty() ? "" : " of study " + study.substring(0, SHOWN)));
  }

  /** With another policy it is another acceptance. */
  private byte[] acceptance(byte[] study) {
    WireWriter out = new WireWriter().bytes(study);
    questions.forEach((key, value) -> out.text(key).text(value));
    return Kdf.sha256(out.toByteArray());
  }
}
