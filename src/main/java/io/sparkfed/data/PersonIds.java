package io.sparkfed.data;

import java.io.Serializable;
import java.util.Arrays;

/** Whose rows are, by their numbers: each has a person, or none has. Never leaves the executors. */
final class PersonIds implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int WORDS = 2;

  private long[] words = new long[0];

  /** Returns whether a row can be said whose it is. */
  static boolean takes(int row) {
    return row < (Integer.MAX_VALUE - 8) / WORDS;
  }

  /**
   * Says whose a row is.
   *
   * @param row a number that it {@link #takes}
   * @param person null for nobody's
   */
  void set(int row, PersonId person) {
    if (person == null) {
      return;
    }
    int end = (row + 1) * WORDS;
    if (end > words.length) {
      words = Arrays.copyOf(words, ShardBuilder.newCapacity(end));
    }
    words[end - 2] = person.high();
    words[end - 1] = person.low();
  }

  /** Returns whether no row has a person. */
  boolean isEmpty() {
    return words.length == 0;
  }

  /** Returns whose a row is; null where no row has a person. */
  PersonId of(int row) {
    return isEmpty() ? null : new PersonId(high(row), low(row));
  }

  long high(int row) {
    return words[row * WORDS];
  }

  long low(int row) {
    return words[row * WORDS + 1];
  }

  /** Returns how many numbers each row has here. */
  int wordsOfARow() {
    return isEmpty() ? 0 : WORDS;
  }

  /** Gives back the room beyond so many rows. */
  void trim(int rows) {
    words = Arrays.copyOf(words, rows * wordsOfARow());
  }
}
