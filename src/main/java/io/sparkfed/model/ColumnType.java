package io.sparkfed.model;

import java.util.Locale;

/** What kind of values a column of a table holds. */
public enum ColumnType {
  /** Any of the numeric types: how many bits they have is no part of a contract. */
  NUMBER,
  BOOLEAN,
  /** Text, and so any column of a file that knows no types, such as csv. */
  TEXT,
  VECTOR;

  /** Returns the name in files and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether a column of type {@code other} can stand in for one of this type. Text is parsed row by
   * row and can hold any value.
   */
  public boolean accepts(ColumnType other) {
    return this == other || (this != VECTOR && other != VECTOR && (this == TEXT || other == TEXT));
  }
}
