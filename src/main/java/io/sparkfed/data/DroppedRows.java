package io.sparkfed.data;

import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import java.util.OptionalLong;

/**
 * What is told of the rows that were left out for a missing value.
 *
 * @param workers how many workers left out any
 * @param rows how many they left out together; empty where fewer of them did than a sum may be
 *     opened over
 */
public record DroppedRows(int workers, OptionalLong rows) {

  /** Returns one sentence. */
  public Message message() {
    if (workers == 0) {
      return Message.of(Hint.MISSING_VALUES, " = drop: no row had a missing value");
    }
    return Message.of(
        Hint.MISSING_VALUES,
        " = drop: ",
        rows.isPresent()
            ? rows.getAsLong() + " rows with a missing value were left out, of "
            : Message.of(
                "rows with a missing value were left out; their number isn't revealed for fewer"
                    + " than ",
                Hint.MIN_WORKERS,
                " workers. They are of "),
        workers,
        workers == 1 ? " worker" : " workers");
  }
}
