package io.sparkfed.owner;

import io.sparkfed.secure.keys.Decision;
import io.sparkfed.secure.keys.Journal;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Proposal;
import io.sparkfed.wire.ProtocolException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Studies as an owner decides of them by hand, by its journal: unknown ones wait, and what is
 * decided holds from then on.
 *
 * @param journal the owner's
 */
public record Approvals(Journal journal) {
  /** The key of the policy, and the rule by which a study waits. */
  public static final String APPROVE = Owner.APPROVE;

  /** The rule by which a study is refused that the owner denied. */
  public static final String DENIED = "deny";

  /** Whoever asks for many studies fills no disk. */
  private static final int MOST_WAITING = 100;

  /**
   * Returns by which rule a study is refused or has to wait, and then records that it does; empty
   * where the owner approved it.
   *
   * @param signed a study that the policy allows
   * @param today by the owner's clock
   */
  public Asking ask(SignedStudy signed, LocalDate today) {
    byte[] study = signed.open().hash();
    Proposal known = journal.proposal(study).orElse(null);
    if (known != null && known.isDenied()) {
      return Asking.DENIED;
    }
    if (known != null && known.isApproved(today) && !known.isUsedUp()) {
      return Asking.APPROVED;
    }
    if (known == null || !known.isWaiting()) {
      if (waiting().size() >= MOST_WAITING) {
        throw new ProtocolException("as many studies wait for the owner as may");
      }
      journal.propose(study, signed.toBytes());
    }
    return Asking.WAITING;
  }

  /** What an owner says to a study. */
  public enum Asking {
    APPROVED,
    WAITING,
    DENIED
  }

  /** Returns the studies that wait, the first one first. */
  public List<Proposal> waiting() {
    return journal.proposals().stream().filter(Proposal::isWaiting).toList();
  }

  /**
   * Approves a study.
   *
   * @param hash the first digits of its SHA-256, or all
   * @param runs in how many runs it may be asked
   * @param until the last day on which it may be
   * @return the study
   * @throws ProtocolException if no study, or several, were brought before the owner that begin so
   */
  public Study approve(String hash, long runs, LocalDate until) {
    return decide(hash, new Decision(true, runs, until));
  }

  /**
   * Denies a study, from now on.
   *
   * @param hash the first digits of its SHA-256, or all
   * @return the study
   * @throws ProtocolException if no study, or several, were brought before the owner that begin so
   */
  public Study deny(String hash) {
    return decide(hash, Decision.DENIED);
  }

  private Study decide(String hash, Decision decision) {
    List<Proposal> found =
        journal.proposals().stream()
            .filter(
                one ->
                    HexFormat.of().formatHex(one.study()).startsWith(hash.toLowerCase(Locale.ROOT)))
            .toList();
    if (hash.isEmpty() || found.size() != 1) {
      throw new ProtocolException(
          found.isEmpty() || hash.isEmpty()
              ? "no study that was brought before the owner begins with that hash"
              : "several studies begin with that hash: give more of it");
    }
    journal.decide(found.get(0).study(), decision);
    return study(found.get(0));
  }

  /** Returns what was proposed. */
  public static Study study(Proposal proposal) {
    return SignedStudy.parse(proposal.signed()).open();
  }
}
