package io.sparkfed.data;

import io.sparkfed.hint.Message;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Why a worker's rows can't be used: where and which rule, never what the row holds, because this
 * travels to the driver.
 *
 * @param worker the worker's id; empty when the row can't be read far enough to tell
 * @param column the column's name; empty when the fault is not one column's
 * @param row ordinal of the row among the worker's rows as read, from 1; 0 when the fault is not
 *     one row's
 * @param rule what was expected, e.g. "must be a finite number"
 */
public record DataFault(String worker, String column, long row, Message rule)
    implements Serializable {

  /** Creates a fault whose rule names no setting. */
  public DataFault(String worker, String column, long row, String rule) {
    this(worker, column, row, Message.of(rule));
  }

  /** Returns one sentence. */
  public Message message() {
    List<String> place = new ArrayList<>();
    if (!worker.isEmpty()) {
      place.add("worker " + worker);
    }
    if (!column.isEmpty()) {
      place.add("column " + column);
    }
    if (row > 0) {
      place.add("row " + row);
    }
    return place.isEmpty() ? rule : Message.of(String.join(", ", place), ": ", rule);
  }
}
