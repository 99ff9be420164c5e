package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final byte[] RUN = hash(1);
  private static final byte[] OTHER_RUN = hash(2);
  private static final byte[] SESSION = hash(3);
  private static final byte[] QUESTION = hash(4);

  @TempDir Path folder;

  private Path path() {
    return folder.resolve("journal");
  }

  private Journal inFolder(Limits limits) {
    return new FolderJournal(path(), limits);
  }

  private List<Journal> journals() {
    return List.of(MemoryJournal.of("owner " + folder), inFolder(Limits.NONE));
  }

  private static byte[] hash(int number) {
    return Kdf.sha256(new byte[] {(byte) number, (byte) (number >> 8)});
  }

  private static Sent sent(int vector) {
    return new Sent(RUN, hash(100), hash(vector), QUESTION);
  }

  private static Answer answer(byte[] subject, String... cohort) {
    byte[] opening = Kdf.sha256(String.join(",", cohort).getBytes(StandardCharsets.UTF_8));
    return new Answer(RUN, opening, subject, opening, Set.of(cohort));
  }

  private static void refused(String rule, Runnable broken) {
    assertEquals(rule, assertThrows(ProtocolException.class, broken::run).getMessage());
  }

  @Test
  void send_sameEntryAgain_isAllowedAndAnyOtherRefused() {
    List<Sent> others =
        List.of(
            sent(8),
            new Sent(OTHER_RUN, hash(100), hash(7), QUESTION),
            new Sent(RUN, hash(101), hash(7), QUESTION),
            new Sent(RUN, hash(100), hash(7), hash(9)));
    for (Journal journal : journals()) {
      assertTrue(journal.sent(SESSION).isEmpty());
      journal.send(SESSION, sent(7));
      journal.send(SESSION, sent(7));
      for (Sent other : others) {
        refused(
            "a session is masked once, and the journal holds another vector or other parties",
            () -> journal.send(SESSION, other));
      }
      assertTrue(journal.sent(SESSION).orElseThrow().isSameAs(sent(7)));
      journal.send(hash(50), sent(8));
    }
  }

  @Test
  void answer_sameSetAgain_isAllowedAndAnotherRefused() {
    for (Journal journal : journals()) {
      journal.answer(SESSION, answer(QUESTION, "a", "b", "c"));
      journal.answer(SESSION, answer(QUESTION, "a", "b", "c"));
      refused(
          "a sum is opened once, and the journal holds another opening",
          () -> journal.answer(SESSION, answer(QUESTION, "a", "b")));
      journal.answer(hash(50), answer(QUESTION, "a", "b"));
    }
  }

  /** Names with spaces, commas, line breaks and other letters are names, too. */
  @Test
  void folder_anotherProcess_remembersEverything() {
    String[] odd = {"Klinik München", "a,b", "c d\ne", "%2C", "worker"};
    Limits limits = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Limits.Cohorts.ONE);
    inFolder(limits).send(SESSION, sent(7));
    inFolder(limits).answer(SESSION, answer(QUESTION, odd));

    Journal later = inFolder(limits);

    refused(
        "a session is masked once, and the journal holds another vector or other parties",
        () -> later.send(SESSION, sent(8)));
    later.answer(hash(50), answer(QUESTION, odd));
    refused(
        "the question was answered for another cohort, and the owner's policy allows one",
        () -> later.answer(hash(51), answer(QUESTION, Arrays.copyOf(odd, 4))));
  }

  @Test
  void answer_oneQuestion_isAnsweredForOneCohortAlone() {
    Journal journal = inFolder(new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Limits.Cohorts.ONE));
    journal.answer(hash(20), answer(QUESTION, "a", "b", "c", "d", "e"));
    int session = 21;
    for (String[] other :
        List.of(
            new String[] {"a", "b", "c", "d"},
            new String[] {"a", "b"},
            new String[] {"a", "b", "c", "d", "f"},
            new String[] {"v", "w", "x", "y", "z"})) {
      byte[] id = hash(session++);
      refused(
          "the question was answered for another cohort, and the owner's policy allows one",
          () -> journal.answer(id, answer(QUESTION, other)));
      journal.answer(id, answer(hash(session + 100), other));
    }
    journal.answer(hash(session), answer(QUESTION, "a", "b", "c", "d", "e"));
  }

  @Test
  void folder_moreSumsOrQuestionsThanThePolicyAllows_areRefused() {
    Journal sums =
        new FolderJournal(folder.resolve("sums"), new Limits(2, 1000, Limits.Cohorts.ANY));
    sums.send(hash(20), sent(1));
    sums.send(hash(21), sent(1));
    sums.send(hash(20), sent(1));
    refused("the owner's policy allows no more sums", () -> sums.send(hash(22), sent(1)));

    Journal questions =
        new FolderJournal(folder.resolve("questions"), new Limits(1000, 2, Limits.Cohorts.ANY));
    for (int question = 0; question < 2; question++) {
      questions.send(hash(30 + question), new Sent(RUN, hash(1), hash(2), hash(question)));
    }
    questions.send(hash(40), new Sent(RUN, hash(1), hash(2), hash(0)));
    refused(
        "the owner's policy allows no more questions in this run",
        () -> questions.send(hash(41), new Sent(RUN, hash(1), hash(2), hash(9))));
    questions.send(hash(41), new Sent(OTHER_RUN, hash(1), hash(2), hash(9)));
  }

  /** Cut anywhere, the last line has not been answered for; all before it has. */
  @Test
  void folder_lastLineCutByAKill_isTakenAwayAndNothingElse() throws IOException {
    Journal journal = inFolder(Limits.NONE);
    journal.send(SESSION, sent(7));
    byte[] one = Files.readAllBytes(path().resolve("log"));
    journal.send(hash(50), sent(8));
    byte[] two = Files.readAllBytes(path().resolve("log"));
    for (int cut = one.length; cut < two.length; cut++) {
      Files.write(path().resolve("log"), Arrays.copyOf(two, cut));

      Journal later = inFolder(Limits.NONE);

      assertThrows(ProtocolException.class, () -> later.send(SESSION, sent(9)));
      later.send(hash(50), sent(9));
      assertThrows(ProtocolException.class, () -> later.send(hash(50), sent(8)));
      assertTrue(inFolder(Limits.NONE).sent(hash(50)).orElseThrow().isSameAs(sent(9)));
    }
  }

  @Test
  void folder_lineThatItDidNotWrite_isRefused() throws IOException {
    inFolder(Limits.NONE).send(SESSION, sent(7));
    for (String line : List.of("\n", "nonsense\n", "t sent 00 11 22 33 zz\n", "t asked a b c\n")) {
      byte[] whole = Files.readAllBytes(path().resolve("log"));
      Files.writeString(path().resolve("log"), line, StandardOpenOption.APPEND);
      refused(
          "the owner's journal must be as it was written: line 2 was changed, or lines before it are"
              + " gone",
          () -> inFolder(Limits.NONE).send(SESSION, sent(7)));
      Files.write(path().resolve("log"), whole);
    }
  }

  /** Changed, taken out, put elsewhere or added: nothing is answered. */
  /** A process that has read the lines doesn't go on without them; with them, it does. */
  @Test
  void folder_linesTakenAwayWhileItIsOpen_answersNothingUntilTheyAreBack() throws IOException {
    Journal journal = inFolder(Limits.NONE);
    journal.send(SESSION, sent(7));
    journal.answer(SESSION, answer(QUESTION, "a", "b"));
    Path log = path().resolve("log");
    List<String> lines = Files.readAllLines(log);
    for (List<String> changed :
        List.of(lines.subList(0, 1), List.of(lines.get(0), lines.get(1).replace("2", "3")))) {
      Files.write(log, changed);
      assertThrows(ProtocolException.class, () -> journal.send(hash(9), sent(7)));
      assertEquals(changed, Files.readAllLines(log));
    }

    Files.write(log, lines);
    journal.send(hash(9), sent(7));
    assertEquals(3, Files.readAllLines(log).size());
  }

  @Test
  void folder_thatWasEdited_isRefusedAndToldInPlainWords() throws IOException {
    Journal journal = inFolder(Limits.NONE);
    journal.ask(QUESTION, hash(5), "Moments of study 1f");
    journal.send(SESSION, sent(7));
    journal.answer(SESSION, answer(QUESTION, "a", "b"));
    Path log = path().resolve("log");
    List<String> lines = Files.readAllLines(log);
    JournalText text = JournalText.of(folder);
    assertEquals(Optional.empty(), text.broken());
    assertEquals(
        List.of(
            "heard of Moments of study 1f",
            "sent, protected, its answer to Moments of study 1f",
            "helped to open the sum over a, b of Moments of study 1f"),
        text.lines().stream().map(line -> line.substring(line.indexOf("  ") + 2)).toList());
    assertTrue(lines.get(2).endsWith(text.hash()));

    for (List<String> edited :
        List.of(
            List.of(lines.get(1), lines.get(2)),
            List.of(lines.get(0), lines.get(2)),
            List.of(lines.get(1), lines.get(0), lines.get(2)),
            List.of(lines.get(0), lines.get(1), lines.get(1), lines.get(2)),
            List.of(lines.get(0).replace("study", "xtudy"), lines.get(1), lines.get(2)),
            List.of("2" + lines.get(0).substring(1).replace("-", "/"), lines.get(1)))) {
      Files.write(log, edited);
      Journal later = inFolder(Limits.NONE);
      assertThrows(ProtocolException.class, () -> later.send(SESSION, sent(7)));
      assertThrows(ProtocolException.class, () -> later.send(hash(9), sent(7)));
      assertTrue(JournalText.of(folder).broken().isPresent());
    }
    Files.write(log, lines);
    inFolder(Limits.NONE).send(SESSION, sent(7));
  }

  @Test
  void folder_thatCantBeWritten_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertTrue(
        assertThrows(
                ProtocolException.class,
                () -> new FolderJournal(file, Limits.NONE).send(SESSION, sent(7)))
            .getMessage()
            .startsWith("the owner's journal can't be written: " + file));
  }

  /** What may not be kept when the power fails has not been recorded, and is tried again. */
  @Test
  void send_lineThatIsNotForcedToDisk_isNoneUntilItIs() throws IOException {
    Path log = path().resolve(FolderJournal.LOG);
    AtomicInteger failures = new AtomicInteger(2);
    FolderJournal failing =
        new FolderJournal(
            path(),
            Limits.NONE,
            file -> {
              if (failures.getAndDecrement() > 0) {
                throw new IOException("No space left on device");
              }
              file.force(true);
            });
    for (int attempt = 0; attempt < 2; attempt++) {
      refused(
          "the owner's journal can't be written: " + log + ": No space left on device",
          () -> failing.send(SESSION, sent(7)));
      assertEquals(0, Files.size(log));
      assertTrue(failing.sent(SESSION).isEmpty());
    }

    failing.send(SESSION, sent(7));
    failing.send(hash(50), sent(8));

    assertEquals(2, Files.readAllLines(log).size());
    assertTrue(inFolder(Limits.NONE).sent(SESSION).orElseThrow().isSameAs(sent(7)));
    assertTrue(inFolder(Limits.NONE).sent(hash(50)).isPresent());
  }

  /** A clock that is set back doesn't begin a day again that an entry says is over. */
  @Test
  void today_entryOfALaterDay_isThatDay() throws IOException {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    inFolder(Limits.NONE).send(SESSION, sent(7));
    inFolder(Limits.NONE).accept(hash(60), today.plusDays(3));
    assertFalse(inFolder(Limits.NONE).today().isBefore(today));
    Path log = path().resolve(FolderJournal.LOG);
    JournalChain chain = new JournalChain();
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      String later =
          today.plusDays(lines.isEmpty() ? 5 : 1)
              + line.substring(line.indexOf('T'), line.lastIndexOf(' '));
      String chained = chain.chained(later);
      chain.follow(chained);
      lines.add(chained);
    }
    Files.write(log, lines);

    // The latest counts, also if the clock was set back before the last.
    assertEquals(today.plusDays(5), inFolder(Limits.NONE).today());
  }

  /** What was forgotten can't be computed any more: a run's secret is drawn, not derived. */
  @Test
  void secretOf_untilTheRunEnds_isTheSameAndThenAnother() throws IOException {
    for (Journal journal : journals()) {
      byte[] secret = journal.secretOf(RUN);
      assertArrayEquals(secret, journal.secretOf(RUN));
      assertFalse(Arrays.equals(secret, journal.secretOf(OTHER_RUN)));
      journal.end(RUN);
      assertFalse(Arrays.equals(secret, journal.secretOf(RUN)));
      journal.end(RUN);
      journal.end(RUN);
    }
    byte[] secret = inFolder(Limits.NONE).secretOf(RUN);
    assertArrayEquals(secret, inFolder(Limits.NONE).secretOf(RUN));
    try (Stream<Path> files = Files.list(path())) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("run-")).toList()) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    inFolder(Limits.NONE).end(RUN);
    inFolder(Limits.NONE).end(OTHER_RUN);
    try (Stream<Path> files = Files.list(path())) {
      assertEquals(List.of("log"), files.map(f -> f.getFileName().toString()).toList());
    }
  }

  /** What is told at a run's end is what the owner reads, and lets nobody try what lines say. */
  @Test
  void end_ofAKnownRun_tellsTheHashOfALineThatNobodyCanGuess() throws IOException {
    Journal journal = inFolder(Limits.NONE);
    assertEquals(Optional.empty(), journal.end(RUN));
    assertFalse(Files.exists(path().resolve("log")) && Files.size(path().resolve("log")) > 0);
    journal.secretOf(RUN);
    journal.send(SESSION, sent(7));
    byte[] told = journal.end(RUN).orElseThrow();

    JournalText text = JournalText.of(folder);
    assertEquals(HexFormat.of().formatHex(told), text.hash());
    assertTrue(text.lines().get(1).endsWith(" the hash of this line: " + text.hash()));
    // Told again, whatever came in the meantime, and by another process.
    journal.send(hash(50), new Sent(OTHER_RUN, hash(1), hash(2), hash(3)));
    assertArrayEquals(told, journal.end(RUN).orElseThrow());
    assertArrayEquals(told, inFolder(Limits.NONE).end(RUN).orElseThrow());
    assertEquals(3, JournalText.of(folder).lines().size());

    // The same lines within the same second have another end.
    Set<String> ends = new TreeSet<>();
    for (String place : List.of("one", "other")) {
      Journal same = new FolderJournal(folder.resolve(place), Limits.NONE);
      same.secretOf(RUN);
      ends.add(HexFormat.of().formatHex(same.end(RUN).orElseThrow()));
    }
    assertEquals(2, ends.size());
  }

  /** Whose end nobody was told of is forgotten after a week, when another run begins. */
  @Test
  void secretOf_ofAnOldRun_isForgottenWhenAnotherBegins() throws IOException {
    Journal journal = inFolder(Limits.NONE);
    byte[] old = journal.secretOf(RUN);
    byte[] young = journal.secretOf(OTHER_RUN);
    Path file = path().resolve("run-" + MemoryJournal.nameOf(RUN));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(8))));

    journal.secretOf(hash(77));

    assertFalse(Files.exists(file));
    assertFalse(Arrays.equals(old, journal.secretOf(RUN)));
    assertArrayEquals(young, journal.secretOf(OTHER_RUN));
  }

  /** Tasks of one executor ask at once: one vector wins, and only it. */
  @Test
  void send_fromManyThreadsAndJournals_letsOneVectorThrough() throws InterruptedException {
    for (boolean inMemory : new boolean[] {true, false}) {
      Set<Integer> passed = new ConcurrentSkipListSet<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        int number = i;
        Journal journal = inMemory ? MemoryJournal.of("owner " + folder) : inFolder(Limits.NONE);
        threads.add(
            new Thread(
                () -> {
                  try {
                    journal.send(SESSION, sent(number));
                    passed.add(number);
                  } catch (ProtocolException e) {
                    // Another one was first.
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(1, passed.size());
    }
  }
}
