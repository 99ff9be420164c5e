package io.sparkfed.recipe;

import java.util.Optional;

/**
 * Where a run's driver keeps which of its secure sums it has begun, so that a resumed run goes on
 * under the same id and never uses a number twice.
 */
public interface SumLedger {

  /**
   * What is kept.
   *
   * @param runId the run's id in hexadecimal, 32 bytes
   * @param sums how many sums were begun
   */
  record Entry(String runId, int sums) {}

  /** Returns the last entry; empty in a new run. */
  Optional<Entry> last();

  /**
   * Keeps an entry in place of the last one; it is on disk when this returns.
   *
   * @throws java.io.UncheckedIOException if it can't be written; then the sum is not opened
   */
  void write(Entry entry);

  /** Returns the ledger of a run that won't be resumed. */
  static SumLedger none() {
    return new SumLedger() {
      @Override
      public Optional<Entry> last() {
        return Optional.empty();
      }

      @Override
      public void write(Entry entry) {}
    };
  }
}
