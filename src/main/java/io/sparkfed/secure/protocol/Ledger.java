package io.sparkfed.secure.protocol;

import io.sparkfed.secure.crypto.Kdf;

/**
 * What a run's driver must not forget of its sums: the id of the run, and how many numbers of sums
 * were given out. A driver that goes on after a crash gives out later ones, so that no number means
 * two sums. What was given out and never opened is skipped.
 *
 * <p>Not thread-safe.
 */
public final class Ledger {
  private final byte[] runId;
  private final Store store;
  private int sums;

  /** Where the ledger is kept. */
  @FunctionalInterface
  public interface Store {
    /** Writes an entry in place of the last one; it is on disk when this returns. */
    void write(byte[] runId, int sums);
  }

  /**
   * Goes on with a ledger.
   *
   * @param runId 32 random bytes of the run
   * @param sums how many numbers of sums were given out, at least 0
   * @throws IllegalArgumentException if a value is out of range
   */
  public Ledger(byte[] runId, int sums, Store store) {
    if (runId.length != Kdf.LENGTH || sums < 0) {
      throw new IllegalArgumentException(
          "a ledger must have a run's id of " + Kdf.LENGTH + " bytes and a count >= 0");
    }
    this.runId = runId.clone();
    this.sums = sums;
    this.store = store;
  }

  /** Begins the ledger of a new run. */
  public static Ledger begin(Store store) {
    return new Ledger(Kdf.fresh(), 0, store);
  }

  /** Begins the ledger of a new run that can't be gone on with. */
  public static Ledger inMemory() {
    return begin((runId, sums) -> {});
  }

  /** Returns the run's id. */
  public byte[] runId() {
    return runId.clone();
  }

  /** Gives out the number of the next sum, from 1. */
  public int nextSum() {
    sums++;
    return sums;
  }

  /** Forces what was given out to disk. To be called before a party hears of it. */
  public void force() {
    store.write(runId.clone(), sums);
  }
}
