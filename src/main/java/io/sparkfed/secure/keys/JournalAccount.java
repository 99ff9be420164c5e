package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;

/**
 * What an owner's journal adds up to.
 *
 * @param lines how many there are, as far as they can be read
 * @param sums vectors that left
 * @param runsToday runs that began today, in UTC
 * @param hash of the last line, in hexadecimal
 * @param hasEarlier whether the line with the earlier hash is there; where it isn't, lines were
 *     taken away
 * @param broken why the rest can't be read; empty where it can
 */
public record JournalAccount(
    long lines,
    long sums,
    long runsToday,
    String hash,
    boolean hasEarlier,
    Optional<String> broken) {

  /** Where a line says what it records, and where that of a run says its day. */
  private static final int KIND = 1;

  private static final int DAY = 4;

  /**
   * Reads a journal.
   *
   * @param folder the owner's folder
   * @param earlier a hash that was its last one before; empty for the hash of an empty journal
   * @param today by the owner's clock, in UTC
   * @throws IOException if it can't be read
   */
  public static JournalAccount of(Path folder, Optional<String> earlier, LocalDate today)
      throws IOException {
    JournalChain chain = new JournalChain();
    long lines = 0;
    long sums = 0;
    long runs = 0;
    boolean hasEarlier = earlier.isEmpty() || earlier.get().equals(chain.hash());
    Optional<String> broken = Optional.empty();
    try {
      for (String line : JournalText.written(folder)) {
        String whole = chain.follow(line);
        JournalLine.parse(whole);
        String[] fields = whole.split(" ", -1);
        lines++;
        hasEarlier |= earlier.isPresent() && chain.hash().equals(earlier.get());
        if (fields[KIND].equals(JournalLine.SENT)) {
          sums++;
        } else if (fields[KIND].equals(JournalLine.RUN) && fields[DAY].equals(today.toString())) {
          runs++;
        }
      }
    } catch (ProtocolException e) {
      broken = Optional.of(e.getMessage());
    }
    return new JournalAccount(lines, sums, runs, chain.hash(), hasEarlier, broken);
  }
}
