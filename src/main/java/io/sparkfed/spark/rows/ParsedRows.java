package io.sparkfed.spark.rows;

import io.sparkfed.data.DataFault;
import io.sparkfed.data.EncodedRow;

/**
 * Rows as they are parsed, one after the other, in a task where they are. A fault is the last of
 * them. Never leaves the executors.
 */
interface ParsedRows {

  /**
   * Moves on to the next row, the first one at first.
   *
   * @return whether there is one
   */
  boolean next();

  /** Returns whose row it is. */
  String worker();

  /** Returns why the row can't be used; null when it can. */
  DataFault fault();

  /** Returns whether the row is left out for a missing value. */
  boolean isIncomplete();

  /** Returns the row if it is neither; the same object for each. */
  EncodedRow row();
}
