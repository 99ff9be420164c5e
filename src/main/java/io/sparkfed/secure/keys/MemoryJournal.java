package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * A journal that lasts as long as the process, for keys that do so too: what was forgotten with the
 * process was recorded under keys that are gone. About half a kilobyte an entry.
 */
final class MemoryJournal implements Journal {
  private static final Map<String, MemoryJournal> OF_PARTY = new HashMap<>();

  private final Remembered remembered = new Remembered(Limits.NONE);
  private final Map<String, byte[]> secrets = new HashMap<>();

  private MemoryJournal() {}

  /** Returns the journal of a party in this process. */
  static MemoryJournal of(String party) {
    synchronized (OF_PARTY) {
      return OF_PARTY.computeIfAbsent(party, name -> new MemoryJournal());
    }
  }

  @Override
  public synchronized byte[] secretOf(byte[] runId) {
    return secrets.computeIfAbsent(nameOf(runId), run -> Kdf.fresh()).clone();
  }

  @Override
  public synchronized void send(byte[] session, Sent sent) {
    if (remembered.isNew(session, sent)) {
      remembered.add(session, sent);
    }
  }

  @Override
  public synchronized Optional<Sent> sent(byte[] session) {
    return Optional.ofNullable(remembered.sent(session));
  }

  @Override
  public synchronized void answer(byte[] session, Answer answer) {
    if (remembered.isNew(session, answer)) {
      remembered.add(session, answer);
    }
  }

  @Override
  public synchronized void ask(byte[] subject, byte[] grid, String told) {
    if (remembered.isNewQuestion(subject, grid)) {
      remembered.addGrid(subject, grid);
    }
  }

  @Override
  public synchronized void use(RowSets rows, int leastDifference) {
    if (remembered.isNew(rows, leastDifference)) {
      remembered.add(rows);
    }
  }

  @Override
  public synchronized void charge(Charge charge, Budget budget) {
    if (remembered.spent().isNew(charge, budget)) {
      remembered.spent().add(budget.data(), charge);
    }
  }

  @Override
  public synchronized void accept(byte[] study, LocalDate until) {
    remembered.accept(study, until);
  }

  @Override
  public synchronized boolean isAccepted(byte[] study, LocalDate today) {
    return remembered.isAccepted(study, today);
  }

  @Override
  public synchronized Optional<byte[]> end(byte[] runId) {
    secrets.remove(nameOf(runId));
    return Optional.empty();
  }

  /** Returns a name for a run. */
  static String nameOf(byte[] runId) {
    return HexFormat.of().formatHex(Kdf.sha256(runId));
  }
}
