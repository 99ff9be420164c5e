package io.sparkfed.csv;

/** A csv file breaks a rule of its dialect. Never tells what stands in it. */
public final class CsvException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long record;

  /**
   * Creates one.
   *
   * @param record ordinal of the record in its file from 1, a header counted and blank lines and
   *     comments not; 0 when it can't be told
   * @param rule the rule that is broken
   */
  public CsvException(long record, String rule) {
    super(rule);
    this.record = record;
  }

  /** Returns the ordinal of the record in its file; 0 when it can't be told. */
  public long record() {
    return record;
  }
}
