package io.sparkfed.aggregate;

import java.util.Locale;

/** What part of a worker's rows an answer depends on. */
public enum RowPart {
  /** On any of them. */
  ALL,
  /** On training rows alone; which rows these are is decided by each row alone. */
  TRAIN,
  /** On test rows alone; which rows these are is decided by each row alone. */
  TEST;

  /** Returns how it is written in files and reports. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
