package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.wire.ProtocolException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a journal holds, and whether an entry may be added. Not thread-safe. */
final class Remembered {
  private static final HexFormat HEX = HexFormat.of();

  /** The first, and those after numbers had no room on it, or have outgrown it. */
  static final int MOST_GRIDS = 4;

  private final Limits limits;
  private final Runs runs;
  private final Map<String, Sent> sent = new HashMap<>();
  private final Map<String, String> openings = new HashMap<>();
  private final Map<String, Set<String>> questionsByRun = new HashMap<>();
  private final Map<String, String> partiesBySubject = new HashMap<>();

  private final Map<String, Set<String>> gridsBySubject = new HashMap<>();
  private final Map<String, byte[]> hashesByRun = new HashMap<>();
  private byte[] lastHash = new byte[0];
  private Instant latest = Instant.EPOCH;
  private final List<RowSets> rowSets = new ArrayList<>();
  private final Map<String, LocalDate> lastDays = new HashMap<>();
  private final Spent spent = new Spent();

  Remembered(Limits limits) {
    this.limits = limits;
    this.runs = new Runs(limits);
  }

  /** Says which hash the lines have, the one that is added next among them. */
  void atHash(byte[] hash) {
    lastHash = hash;
  }

  /** Says when an entry was written. */
  void at(Instant time) {
    latest = time.isAfter(latest) ? time : latest;
  }

  /** Returns a clock's day, or that of an entry that is later. */
  LocalDate later(LocalDate today) {
    LocalDate last = LocalDate.ofInstant(latest, ZoneOffset.UTC);
    return last.isAfter(today) ? last : today;
  }

  /** Adds the end of a run. */
  void end(byte[] runId) {
    hashesByRun.putIfAbsent(hex(runId), lastHash);
  }

  /** Returns the hash that the lines had at the end of a run; empty where it hasn't ended. */
  Optional<byte[]> ended(byte[] runId) {
    return Optional.ofNullable(hashesByRun.get(hex(runId)));
  }

  /** Returns the runs. */
  Runs runs() {
    return runs;
  }

  /** Returns what was charged. */
  Spent spent() {
    return spent;
  }

  Sent sent(byte[] session) {
    return sent.get(hex(session));
  }

  /**
   * Returns whether an entry is new.
   *
   * @throws ProtocolException if it must not be added
   */
  boolean isNew(byte[] session, Sent entry) {
    Sent known = sent(session);
    if (known != null && !known.isSameAs(entry)) {
      throw new ProtocolException(
          "a session is masked once, and the journal holds another vector or other parties");
    }
    if (known == null) {
      requireRoom(sent.size(), entry.runId(), entry.subject());
    }
    return known == null;
  }

  /**
   * Returns whether an entry is new.
   *
   * @throws ProtocolException if it must not be added
   */
  boolean isNew(byte[] session, Answer answer) {
    String known = openings.get(hex(session));
    if (known != null && !known.equals(hex(answer.opening()))) {
      throw new ProtocolException("a sum is opened once, and the journal holds another opening");
    }
    if (known != null) {
      return false;
    }
    requireRoom(openings.size(), answer.runId(), answer.subject());
    String parties = partiesBySubject.get(hex(answer.subject()));
    if (parties != null && !parties.equals(hex(answer.parties()))) {
      throw new RefusedException(
          OwnersRule.COHORTS,
          "the question was answered for another cohort, and the owner's policy allows one");
    }
    return true;
  }

  private void requireRoom(int sums, byte[] runId, byte[] subject) {
    if (sums >= limits.maxSums()) {
      throw new RefusedException(OwnersRule.MAX_SUMS, "the owner's policy allows no more sums");
    }
    Set<String> questions = questionsByRun.getOrDefault(hex(runId), Set.of());
    if (questions.size() >= limits.maxQuestions() && !questions.contains(hex(subject))) {
      throw new RefusedException(
          OwnersRule.MAX_ROUNDS, "the owner's policy allows no more questions in this run");
    }
  }

  void add(byte[] session, Sent entry) {
    sent.put(hex(session), entry);
    addQuestion(entry.runId(), entry.subject());
  }

  private void addQuestion(byte[] runId, byte[] subject) {
    if (limits.maxQuestions() < Integer.MAX_VALUE) {
      questionsByRun.computeIfAbsent(hex(runId), run -> new HashSet<>()).add(hex(subject));
    }
  }

  void add(byte[] session, Answer answer) {
    openings.put(hex(session), hex(answer.opening()));
    addQuestion(answer.runId(), answer.subject());
    if (limits.cohorts() == Limits.Cohorts.ONE) {
      partiesBySubject.put(hex(answer.subject()), hex(answer.parties()));
    }
  }

  /**
   * Returns whether a question on a grid is new.
   *
   * @param grid empty for any, of which none is counted
   * @throws RefusedException if it was answered on as many others as it is
   */
  boolean isNewQuestion(byte[] subject, byte[] grid) {
    if (grid.length == 0) {
      return !gridsBySubject.containsKey(hex(subject));
    }
    Set<String> grids = gridsBySubject.getOrDefault(hex(subject), Set.of());
    if (grids.contains(hex(grid))) {
      return false;
    }
    if (limits.cohorts() == Limits.Cohorts.ONE && grids.size() >= MOST_GRIDS) {
      throw new RefusedException(
          OwnersRule.GRIDS, "the question was answered on " + MOST_GRIDS + " other grids");
    }
    return true;
  }

  void addGrid(byte[] subject, byte[] grid) {
    Set<String> grids = gridsBySubject.computeIfAbsent(hex(subject), question -> new HashSet<>());
    if (grid.length > 0) {
      grids.add(hex(grid));
    }
  }

  /**
   * Returns whether rows are new.
   *
   * @throws RefusedException if they differ from others by fewer rows than they must
   */
  boolean isNew(RowSets rows, int leastDifference) {
    if (rowSets.stream().anyMatch(known -> known.isSameAs(rows))) {
      return false;
    }
    if (rowSets.stream().anyMatch(known -> known.isNear(rows, leastDifference))) {
      throw new RefusedException(
          OwnersRule.LEAST_DIFFERENCE,
          "the rows differ by fewer than "
              + leastDifference
              + " from those that were answered about before");
    }
    return true;
  }

  void add(RowSets rows) {
    rowSets.add(rows);
  }

  void accept(byte[] study, LocalDate until) {
    lastDays.put(hex(study), until);
  }

  boolean isAccepted(byte[] study, LocalDate today) {
    LocalDate until = lastDays.get(hex(study));
    return until != null && !today.isAfter(until);
  }

  private static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }
}
