package io.sparkfed.evaluation;

import java.util.Locale;

/** What noise hides: whether it was there. */
public enum HiddenUnit {
  /** One row of one worker. */
  ROW,
  /** All rows of one person at one worker. */
  PERSON,
  /** All rows of one worker: without them it sends zeros. */
  WORKER;

  private static final int OPPOSITE = 2;

  /** Returns the name that configurations and reports have for it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns how many times as far as the unit one row more or less (or one person's) may move a
   * release: it may turn what a worker sends around, to twice as far as zeros are.
   */
  public int reachOfRow() {
    return this == WORKER ? OPPOSITE : 1;
  }

  /**
   * Returns how many times as much a release costs a row, in rho, as it costs the unit. Releases
   * are priced, and owners' ledgers are charged, for one row (or for one person's).
   */
  public int priceOfRow() {
    return reachOfRow() * reachOfRow();
  }

  /**
   * Returns what neighbors differ in.
   *
   * @param rowsOfPerson how many rows one person may have at a worker
   */
  public String changed(int rowsOfPerson) {
    return switch (this) {
      case ROW -> "one row of one worker";
      case PERSON -> "one person's rows, " + rowsOfPerson + " at most, at one worker";
      case WORKER -> "all rows of one worker";
    };
  }

  /** Returns what somebody would like to know, after "whether". */
  public String given() {
    return switch (this) {
      case ROW -> "one given row was there";
      case PERSON -> "one given person's rows at a worker were there";
      case WORKER -> "one given worker's rows counted";
    };
  }
}
