package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final byte[] RUN = Kdf.sha256(new byte[] {1});
  private static final byte[] ONE = Kdf.sha256(new byte[] {2});
  private static final byte[] OTHER = Kdf.sha256(new byte[] {3});

  @TempDir Path folder;

  private List<Journal> journals() {
    return List.of(
        MemoryJournal.of("owner " + folder),
        new FolderJournal(folder.resolve("journal"), Long.MAX_VALUE));
  }

  @Test
  void record_sameOpeningAgain_isAllowedAndAnotherRefused() {
    for (Journal journal : journals()) {
      journal.record(RUN, 1, ONE);
      journal.record(RUN, 1, ONE);
      assertThrows(ProtocolException.class, () -> journal.record(RUN, 1, OTHER));
      journal.record(RUN, 1, ONE);
      journal.record(RUN, 2, OTHER);
      journal.record(OTHER, 1, OTHER);
    }
  }

  @Test
  void folder_anotherProcess_remembers() {
    Path path = folder.resolve("journal");
    new FolderJournal(path, Long.MAX_VALUE).record(RUN, 1, ONE);

    FolderJournal later = new FolderJournal(path, Long.MAX_VALUE);
    later.record(RUN, 1, ONE);
    assertEquals(
        "a sum is opened once, and the journal holds another opening",
        assertThrows(ProtocolException.class, () -> later.record(RUN, 1, OTHER)).getMessage());
  }

  /** A kill between creating the entry and writing it leaves it empty: nobody knows what it was. */
  @Test
  void folder_entryCutByAKill_keepsTheSumClosed() throws IOException {
    Path path = folder.resolve("journal");
    new FolderJournal(path, Long.MAX_VALUE).record(RUN, 1, ONE);
    try (Stream<Path> entries = Files.list(path)) {
      Files.write(entries.findFirst().orElseThrow(), new byte[0]);
    }

    FolderJournal later = new FolderJournal(path, Long.MAX_VALUE, Duration.ofMillis(50));
    assertThrows(ProtocolException.class, () -> later.record(RUN, 1, ONE));
  }

  /** Two attempts at one task: the second comes while the first is writing. */
  @Test
  void folder_entryThatIsBeingWritten_isWaitedFor() throws Exception {
    Path path = folder.resolve("journal");
    new FolderJournal(path, Long.MAX_VALUE).record(RUN, 1, ONE);
    Path entry;
    try (Stream<Path> entries = Files.list(path)) {
      entry = entries.findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(entry);
    Files.write(entry, new byte[0]);
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    Thread second = new Thread(() -> new FolderJournal(path, Long.MAX_VALUE).record(RUN, 1, ONE));
    second.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
    second.start();
    // Until it polls: it has seen the empty entry.
    while (second.getState() != Thread.State.TIMED_WAITING && second.isAlive()) {
      Thread.sleep(1);
    }
    Files.write(entry, whole);
    second.join();

    assertEquals(List.of(), failures);
  }

  @Test
  void folder_moreSumsThanThePolicyAllows_areRefused() {
    FolderJournal journal = new FolderJournal(folder.resolve("journal"), 2);
    journal.record(RUN, 1, ONE);
    journal.record(RUN, 2, ONE);
    journal.record(RUN, 1, ONE);
    assertEquals(
        "the owner's policy allows no more sums",
        assertThrows(ProtocolException.class, () -> journal.record(RUN, 3, ONE)).getMessage());
  }

  @Test
  void folder_thatCantBeWritten_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertEquals(
        "the owner's journal can't be written",
        assertThrows(
                ProtocolException.class,
                () -> new FolderJournal(file, Long.MAX_VALUE).record(RUN, 1, ONE))
            .getMessage());
  }

  /** Tasks of one executor ask at once: one opening wins, and only it. */
  @Test
  void record_fromManyThreads_letsOneOpeningThrough() throws InterruptedException {
    for (Journal journal : journals()) {
      Set<Integer> passed = new ConcurrentSkipListSet<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        int number = i;
        threads.add(
            new Thread(
                () -> {
                  try {
                    journal.record(RUN, 7, Kdf.sha256(new byte[] {(byte) number}));
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
