package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an owner's budget lets through, whoever asks and whatever dies in between. */
class BudgetTest {
  private static final Budget FOUR = new Budget(true, "cardio-2026", 4.0, 1e-6, 4.0, 1);

  @TempDir Path folder;

  /** Each call is another process, but for its locks. */
  private Journal journal() {
    return new FolderJournal(folder.resolve(KeyFolder.JOURNAL), Limits.NONE);
  }

  private List<Journal> journals() {
    return List.of(MemoryJournal.of("owner " + folder), journal());
  }

  private Ledger ledger() throws IOException {
    return Ledger.of(folder, FOUR);
  }

  /** A run's release of a part of epsilon 1. */
  private static Charge charge(int run, int release, String part) {
    Zcdp plan = Zcdp.within(1.0, 1e-6);
    return new Charge(
        hash(run), hash(1000 + release), plan.part(new BigDecimal(part)), plan, "gradient");
  }

  private static byte[] hash(int number) {
    return Kdf.sha256(new byte[] {(byte) number, (byte) (number >> 8)});
  }

  private static void refused(OwnersRule rule, Runnable broken) {
    assertEquals(rule, assertThrows(RefusedException.class, broken::run).rule());
  }

  /** Epsilons added up would let four through. */
  @Test
  void charge_runsOfEpsilonOneUnderFour_letsTwelveThroughAndNothingOfTheNext() throws IOException {
    for (Journal journal : journals()) {
      for (int run = 0; run < 12; run++) {
        journal.charge(charge(run, 0, "0.2"), FOUR);
        journal.charge(charge(run, 1, "0.8"), FOUR);
      }
      // Its first sum alone would fit.
      refused(OwnersRule.DP_EPSILON, () -> journal.charge(charge(12, 0, "0.2"), FOUR));
    }
    refused(OwnersRule.DP_EPSILON, () -> journal().charge(charge(12, 0, "0.2"), FOUR));
    assertEquals(12, ledger().runs());
    assertEquals(24, ledger().charges().size());
    assertEquals(Zcdp.within(1.0, 1e-6).times(12), ledger().spent());
  }

  @Test
  void charge_sameReleaseAgain_costsNothingAndAnotherCosts() throws IOException {
    for (Journal journal : journals()) {
      for (int i = 0; i < 50; i++) {
        journal.charge(charge(1, 7, "1"), FOUR);
      }
      refused(OwnersRule.DP_EPSILON_PER_RUN, () -> journal.charge(charge(1, 8, "1"), perRun(1.0)));
      journal.charge(charge(1, 8, "1"), FOUR);
    }
    assertEquals(Zcdp.within(1.0, 1e-6).times(2), ledger().spent());
    assertEquals(1, ledger().runs());
  }

  private static Charge charge(int release, RowPart part, int rows) {
    Zcdp plan = Zcdp.within(1.0, 1e-6);
    return new Charge(
        hash(1), hash(1000 + release), plan, plan, "EvaluationWithin", part, hash(rows));
  }

  /** A row is in one part: what was told of the other one costs it nothing. */
  @Test
  void charge_releasesOfBothParts_costTheLargerSum() throws IOException {
    for (Journal journal : journals()) {
      journal.charge(charge(1, "0.5", RowPart.TRAIN), perRun(1.0));
      journal.charge(charge(2, "0.5", RowPart.TRAIN), perRun(1.0));
      journal.charge(charge(3, "0.9", RowPart.TEST), perRun(1.0));
      refused(
          OwnersRule.DP_EPSILON_PER_RUN,
          () -> journal.charge(charge(4, "0.1000001", RowPart.TEST), perRun(1.0)));
      refused(
          OwnersRule.DP_EPSILON_PER_RUN,
          () -> journal.charge(charge(5, "0.0001", RowPart.TRAIN), perRun(1.0)));
      journal.charge(charge(6, "0.1", RowPart.TEST), perRun(1.0));
    }
    // Another process reads the same.
    refused(
        OwnersRule.DP_EPSILON_PER_RUN,
        () -> journal().charge(charge(7, "0.0001", RowPart.TEST), perRun(1.0)));
    assertEquals(Zcdp.within(1.0, 1e-6), ledger().spent());
    assertEquals(4, ledger().charges().size());
    assertTrue(ledger().charges().get(2).contains("EvaluationWithin of test rows"));
  }

  /** Rows that were split anew, or changed, may each have been in the other part before. */
  @Test
  void charge_otherPartOfRowsThatWereSplitOtherwise_isAdded() throws IOException {
    for (Journal journal : journals()) {
      journal.charge(charge(1, RowPart.TRAIN, 1), FOUR);
      refused(
          OwnersRule.DP_EPSILON_PER_RUN,
          () -> journal.charge(charge(2, RowPart.TEST, 2), perRun(1.2)));
      journal.charge(charge(2, RowPart.TEST, 2), FOUR);
      journal.charge(charge(3, RowPart.TEST, 1), FOUR);
    }
    assertEquals(Zcdp.within(1.0, 1e-6).times(2), ledger().spent());
  }

  /** What is about all rows tells of the rows of both parts. */
  @Test
  void charge_releaseOfAllRows_isAddedToBothParts() throws IOException {
    for (Journal journal : journals()) {
      journal.charge(charge(1, RowPart.TRAIN, 1), FOUR);
      journal.charge(charge(2, RowPart.TEST, 1), FOUR);
      journal.charge(charge(1, 3, "1"), FOUR);
    }
    assertEquals(Zcdp.within(1.0, 1e-6).times(2), ledger().spent());
  }

  private static Charge charge(int release, String part, RowPart rows) {
    Zcdp plan = Zcdp.within(1.0, 1e-6);
    return new Charge(
        hash(1),
        hash(1000 + release),
        plan.part(new BigDecimal(part)),
        plan,
        "EvaluationWithin",
        rows,
        hash(1));
  }

  private static Budget perRun(double epsilon) {
    return new Budget(true, FOUR.data(), 4.0, 1e-6, epsilon, 1);
  }

  @Test
  void charge_exactlyTheBudget_isAllowed() {
    Zcdp all = FOUR.total();
    journal().charge(new Charge(hash(1), hash(2), all, all, "all of it"), FOUR);

    Zcdp least = new Zcdp(new BigDecimal("1e-15"));
    refused(
        OwnersRule.DP_EPSILON,
        () -> journal().charge(new Charge(hash(2), hash(3), least, least, "a bit"), FOUR));
  }

  @Test
  void charge_planOfTooMuch_isRefusedBeforeAnything() throws IOException {
    Zcdp little = Zcdp.within(0.1, 1e-6);
    Charge begin = new Charge(hash(1), hash(2), little, Zcdp.within(4.5, 1e-6), "gram");

    refused(OwnersRule.DP_EPSILON_PER_RUN, () -> journal().charge(begin, FOUR));
    assertEquals(Zcdp.NOTHING, ledger().spent());
  }

  /** A driver that claims a small plan and goes on asking meets the budget all the same. */
  @Test
  void charge_moreThanThePlan_countsWhatItCosts() throws IOException {
    Zcdp little = Zcdp.within(0.5, 1e-6);
    int passed = 0;
    for (int release = 0; release < 100; release++) {
      try {
        journal().charge(new Charge(hash(1), hash(1000 + release), little, little, "x"), FOUR);
        passed++;
      } catch (RefusedException e) {
        // As it should be from some time on.
      }
    }
    assertTrue(FOUR.total().covers(ledger().spent()));
    assertFalse(FOUR.total().covers(ledger().spent().then(little)));
    assertEquals(little.times(passed), ledger().spent());
  }

  @Test
  void charge_otherData_doesNotCount() throws IOException {
    Budget other = new Budget(true, "other", 4.0, 1e-6, 4.0, 1);
    journal().charge(charge(1, 1, "1"), FOUR);
    journal().charge(charge(1, 1, "1"), other);

    assertEquals(Zcdp.within(1.0, 1e-6), ledger().spent());
    assertEquals(1, ledger().charges().size());
  }

  /** What was charged before a kill is charged; what was to be recorded when it came is not. */
  @Test
  void charge_killedWhileItIsWritten_isTakenAwayAndOneBeforeTheMessageStays() throws IOException {
    journal().charge(charge(1, 1, "1"), FOUR);
    Path log = folder.resolve(KeyFolder.JOURNAL).resolve(FolderJournal.LOG);
    String whole = Files.readString(log);
    journal().charge(charge(2, 1, "1"), FOUR);
    String longer = Files.readString(log);
    for (int end = whole.length(); end < longer.length(); end += 17) {
      Files.writeString(log, longer.substring(0, end));
      assertEquals(Zcdp.within(1.0, 1e-6), ledger().spent());
      journal().charge(charge(1, 1, "1"), FOUR);
      assertEquals(whole, Files.readString(log));
    }
    journal().charge(charge(2, 1, "1"), FOUR);
    assertEquals(Zcdp.within(1.0, 1e-6).times(2), ledger().spent());
  }

  @Test
  void charge_changedByHand_isRefusedAndNotAddedUp() throws IOException {
    journal().charge(charge(1, 1, "1"), FOUR);
    journal().charge(charge(2, 1, "1"), FOUR);
    Path log = folder.resolve(KeyFolder.JOURNAL).resolve(FolderJournal.LOG);
    List<String> lines = Files.readAllLines(log);
    String rho = Zcdp.within(1.0, 1e-6).rho().toPlainString();
    for (List<String> edited :
        List.of(
            List.of(lines.get(1)), List.of(lines.get(0).replace(rho, "0.0001"), lines.get(1)))) {
      Files.write(log, edited);
      assertThrows(ProtocolException.class, () -> journal().charge(charge(3, 1, "1"), FOUR));
      assertThrows(ProtocolException.class, this::ledger);
    }
  }

  /** Executors' processes and threads ask at once. */
  @Test
  void charge_fromManyThreads_letsNoMoreThroughThanThereIs() throws Exception {
    Zcdp each = Zcdp.within(1.0, 1e-6);
    Budget ten = new Budget(true, FOUR.data(), epsilonOf(each.times(10)), 1e-6, 1.0, 1);
    AtomicInteger passed = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Charge charge = new Charge(hash(i), hash(1), each, each, "gradient");
      threads.add(
          new Thread(
              () -> {
                try {
                  journal().charge(charge, ten);
                  passed.incrementAndGet();
                } catch (RefusedException e) {
                  // Others were first.
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(10, passed.get());
    assertEquals(each.times(10), ledger().spent());
  }

  /** The least epsilon, to some digits, whose budget covers a cost. */
  private static double epsilonOf(Zcdp cost) {
    return cost.epsilon(1e-6) * (1.0 + 1e-9);
  }

  @Test
  void of_keysOfAPolicy_areRead() {
    assertEquals(
        Optional.of(new Budget(true, "cardio-2026", 4.0, 1e-6, 1.0, 2)),
        budget(
            "dp.required=true;dp.epsilon=4;dp.delta=1e-6;dp.epsilon-per-run=1;dp.honest-workers=2;"
                + "dp.data=cardio-2026"));
    assertEquals(
        Optional.of(new Budget(false, "all", 4.0, 1e-6, 4.0, 1)),
        budget("dp.epsilon=4;dp.delta=1e-6;min-workers=3"));
    assertEquals(Optional.empty(), budget("min-workers=3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dp.required=true                           | dp.epsilon and dp.delta must be set with any key dp.*
          dp.delta=1e-6                              | dp.epsilon and dp.delta must be set with any key dp.*
          dp.epsilon=0;dp.delta=1e-6                 | dp.epsilon must be a number > 0
          dp.epsilon=NaN;dp.delta=1e-6               | dp.epsilon must be a number > 0
          dp.epsilon=Infinity;dp.delta=1e-6          | dp.epsilon must be a number > 0
          dp.epsilon=4;dp.delta=0                    | dp.delta must be a number in (0, 1)
          dp.epsilon=4;dp.delta=1                    | dp.delta must be a number in (0, 1)
          dp.epsilon=4;dp.delta=x                    | dp.delta must be a number in (0, 1)
          dp.epsilon=4;dp.delta=.1;dp.required=yes   | dp.required must be true or false
          dp.epsilon=4;dp.delta=.1;dp.data=a b       | dp.data must be of letters, digits, dots, - and _
          dp.epsilon=4;dp.delta=.1;dp.honest-workers=0  | dp.honest-workers must be a whole number >= 1
          dp.epsilon=4;dp.delta=.1;dp.epsilon-per-run=5 | dp.epsilon-per-run must be a number > 0 and at most dp.epsilon
          """)
  void of_keysThatAreWrong_areRefused(String keys, String message) {
    assertEquals(message, assertThrows(ProtocolException.class, () -> budget(keys)).getMessage());
  }

  private static Optional<Budget> budget(String keys) {
    Properties policy = new Properties();
    for (String key : keys.split(";", -1)) {
      String[] parts = key.split("=", 2);
      policy.setProperty(parts[0], parts[1]);
    }
    return Budget.of(policy);
  }
}
