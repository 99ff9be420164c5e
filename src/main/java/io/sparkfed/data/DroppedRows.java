package io.sparkfed.data;

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
  public String message() {
    if (workers == 0) {
      return "data.missing = drop: no row had a missing value";
    }
    return "data.missing = drop: "
        + (rows.isPresent()
            ? rows.getAsLong() + " rows with a missing value were left out, of "
            : "rows with a missing value were left out; their number isn't revealed for fewer"
                + " than aggregation.min-workers workers. They are of ")
        + workers
        + (workers == 1 ? " worker" : " workers");
  }
}
