package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Kdf;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often something may be asked, by the owner's own count. */
class RunsTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);
  private static final byte[] STUDY = hash(1);
  private static final byte[] OTHER = hash(2);

  @TempDir Path folder;

  private static byte[] hash(int number) {
    return Kdf.sha256(new byte[] {(byte) number});
  }

  private static Limits limits(int runsADay, Limits.Approval approval) {
    return new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Limits.Cohorts.ANY, runsADay, approval);
  }

  private static void begin(Runs runs, int run, LocalDate day) {
    if (runs.isNew(STUDY, hash(run), day)) {
      runs.add(STUDY, hash(run), day);
    }
  }

  private static void refused(OwnersRule rule, Runnable asked) {
    assertEquals(rule, assertThrows(RefusedException.class, asked::run).rule());
  }

  @Test
  void isNew_moreRunsThanADayMayHave_areRefusedUntilTheNext() {
    Runs runs = new Runs(limits(2, Limits.Approval.BY_RULE));
    begin(runs, 10, TODAY);
    begin(runs, 11, TODAY);
    // Each sum of a run says that it belongs to it.
    begin(runs, 11, TODAY);
    refused(OwnersRule.MAX_RUNS_PER_DAY, () -> begin(runs, 12, TODAY));
    // A run that goes on is the same, and another study's has no days of its own.
    begin(runs, 10, TODAY.plusDays(1));
    refused(OwnersRule.MAX_RUNS_PER_DAY, () -> runs.isNew(OTHER, hash(12), TODAY));
    begin(runs, 12, TODAY.plusDays(1));
    begin(runs, 13, TODAY.plusDays(1));
    refused(OwnersRule.MAX_RUNS_PER_DAY, () -> begin(runs, 14, TODAY.plusDays(1)));
  }

  @Test
  void isNew_moreRunsThanWereApproved_areRefusedUntilTheyAreApprovedAgain() {
    Runs runs = new Runs(limits(100, Limits.Approval.BY_HAND));
    runs.propose(STUDY, new byte[] {1});
    runs.decide(STUDY, new Decision(true, 2, TODAY));
    begin(runs, 10, TODAY);
    begin(runs, 11, TODAY);
    refused(OwnersRule.APPROVE, () -> begin(runs, 12, TODAY));
    begin(runs, 10, TODAY);
    runs.propose(STUDY, new byte[] {1});
    begin(runs, 11, TODAY);
    refused(OwnersRule.APPROVE, () -> begin(runs, 12, TODAY));
    runs.decide(STUDY, new Decision(true, 1, TODAY));
    begin(runs, 12, TODAY);
    refused(OwnersRule.APPROVE, () -> begin(runs, 13, TODAY));
  }

  /** Another process of the owner's, and of its command line, reads what was decided. */
  @Test
  void folder_anotherProcess_remembersWhatWasDecided() {
    Limits limits = limits(1, Limits.Approval.BY_HAND);
    Journal journal = new FolderJournal(folder.resolve("journal"), limits);
    journal.propose(STUDY, new byte[] {1, 2, 3});
    journal.propose(OTHER, new byte[] {4});
    journal.decide(STUDY, new Decision(true, Long.MAX_VALUE, LocalDate.MAX));
    journal.decide(OTHER, Decision.DENIED);
    journal.run(STUDY, hash(10));

    Journal later = new FolderJournal(folder.resolve("journal"), limits);

    Proposal approved = later.proposal(STUDY).orElseThrow();
    assertArrayEquals(new byte[] {1, 2, 3}, approved.signed());
    assertTrue(approved.isApproved(TODAY) && !approved.isUsedUp() && !approved.isWaiting());
    assertEquals(1, approved.runs());
    Proposal denied = later.proposal(OTHER).orElseThrow();
    assertTrue(denied.isDenied() && !denied.isApproved(TODAY));
    later.run(STUDY, hash(10));
    refused(OwnersRule.MAX_RUNS_PER_DAY, () -> later.run(STUDY, hash(11)));
    assertEquals(2, later.proposals().size());
  }

  /** A driver that skips the question whether it may ask has not been allowed to. */
  @Test
  void requireAllowed_studyThatNobodyApproved_isRefusedThoughTheRulesAllowIt() {
    Journal journal = new FolderJournal(folder.resolve("sums"), limits(9, Limits.Approval.BY_HAND));
    Owner owner =
        new Owner(
            new PartyKeys(hash(5), hash(6)),
            Policy.PERMISSIVE,
            new TreeMap<>(Map.of(Owner.APPROVE, "by-hand")),
            journal,
            null);
    Words<Long> words = new WordsOf<>(STUDY, held -> Optional.empty());
    owner.accept(STUDY, LocalDate.MAX);
    refused(OwnersRule.APPROVE, () -> owner.requireAllowed(words, 1L));
    journal.propose(STUDY, new byte[0]);
    refused(OwnersRule.APPROVE, () -> owner.requireAllowed(words, 1L));
    journal.decide(OTHER, new Decision(true, 1, LocalDate.MAX));
    refused(OwnersRule.APPROVE, () -> owner.requireAllowed(words, 1L));
    journal.decide(STUDY, new Decision(true, 1, LocalDate.now(ZoneOffset.UTC).minusDays(2)));
    refused(OwnersRule.APPROVE, () -> owner.requireAllowed(words, 1L));
    journal.decide(STUDY, new Decision(true, 1, LocalDate.MAX));
    assertDoesNotThrow(() -> owner.requireAllowed(words, 1L));
    journal.decide(STUDY, Decision.DENIED);
    refused(OwnersRule.APPROVE, () -> owner.requireAllowed(words, 1L));
    assertFalse(journal.proposal(hash(77)).isPresent());
    assertEquals(Optional.empty(), MemoryJournal.of("nobody").proposal(STUDY));
  }
}
