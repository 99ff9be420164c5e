package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The journal of {@link ThrowAwayKeys}: a run's secret is the same whoever asks for it. */
public class ThrowAwayJournal implements Journal {
  private static final Map<String, ThrowAwayJournal> OF_PARTY = new HashMap<>();

  private final byte[] secret;
  private final Limits limits;
  private final List<Map.Entry<byte[], Sent>> all = new ArrayList<>();
  private Remembered remembered;

  /** Creates a journal whose secrets follow from one. */
  public ThrowAwayJournal(byte[] secret, Limits limits) {
    this.secret = secret.clone();
    this.limits = limits;
    this.remembered = new Remembered(limits);
  }

  /** Returns the journal of a party in this process. */
  static Journal of(byte[] secret, String party) {
    synchronized (OF_PARTY) {
      return OF_PARTY.computeIfAbsent(
          HexFormat.of().formatHex(secret) + " " + party,
          name ->
              new ThrowAwayJournal(
                  Kdf.derive(secret, "journal", party.getBytes(StandardCharsets.UTF_8)),
                  Limits.NONE));
    }
  }

  /** Makes the parties of keys forget everything. */
  static void forgetAll(byte[] secret) {
    synchronized (OF_PARTY) {
      OF_PARTY.keySet().removeIf(name -> name.startsWith(HexFormat.of().formatHex(secret)));
    }
  }

  /** Makes the parties of keys forget what they opened. */
  static void forgetAnswers(byte[] secret) {
    synchronized (OF_PARTY) {
      OF_PARTY.forEach(
          (name, journal) -> {
            if (name.startsWith(HexFormat.of().formatHex(secret))) {
              journal.forgetAnswers();
            }
          });
    }
  }

  private synchronized void forgetAnswers() {
    remembered = new Remembered(limits);
    all.forEach(entry -> remembered.add(entry.getKey(), entry.getValue()));
  }

  @Override
  public byte[] secretOf(byte[] runId) {
    return Kdf.derive(secret, "run", runId);
  }

  @Override
  public synchronized void send(byte[] session, Sent sent) {
    if (remembered.isNew(session, sent)) {
      remembered.add(session, sent);
      all.add(Map.entry(session, sent));
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
  public Optional<byte[]> end(byte[] runId) {
    return Optional.empty();
  }
}
