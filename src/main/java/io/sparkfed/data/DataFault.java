package io.sparkfed.data;

import java.io.Serializable;

/**
 * Why a worker's rows can't be used: where and which rule, never what the row holds, because this
 * travels to the driver.
 *
 * @param worker the worker's id
 * @param column the column's name; empty when the fault is not one column's
 * @param row ordinal of the row among the worker's rows as read, from 1; 0 when the fault is not
 *     one row's
 * @param rule what was expected, e.g. "must be a finite number"
 */
public record DataFault(String worker, String column, long row, String rule)
    implements Serializable {

  /** Returns one sentence. */
  public String message() {
    StringBuilder text = new StringBuilder("worker ").append(worker);
    if (!column.isEmpty()) {
      text.append(", column ").append(column);
    }
    if (row > 0) {
      text.append(", row ").append(row);
    }
    return text.append(": ").append(rule).toString();
  }
}
