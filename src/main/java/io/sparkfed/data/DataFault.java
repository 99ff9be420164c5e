package io.sparkfed.data;

import io.sparkfed.hint.Message;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Why a worker's rows can't be used: where and which rule, never what a row holds nor which row it
 * is, because this travels to the driver.
 *
 * @param about what breaks the rule
 * @param worker the worker's id; empty when the row can't be read far enough to tell
 * @param file the file's path; empty when it isn't known, or the rule names it
 * @param column the column's name; empty when the fault is not one column's
 * @param rule what was expected, e.g. "must be a finite number"
 */
public record DataFault(About about, String worker, String file, String column, Message rule)
    implements Serializable {
  private static final System.Logger LOG = System.getLogger(DataFault.class.getName());

  /** What breaks a rule. */
  public enum About {
    /** One row. So whoever can choose rows by a condition learns who has such a one. */
    A_ROW,
    /** A file, or all rows together. */
    THE_TABLE
  }

  /** Creates a fault that is no single row's, whose rule names no setting. */
  public DataFault(String worker, String column, String rule) {
    this(About.THE_TABLE, worker, "", column, Message.of(rule));
  }

  /**
   * Returns the fault of a row, and says in the log of this process which row it is: that is the
   * worker's own, if it is called where the rows are.
   *
   * @param row ordinal of the row among the worker's rows as read, from 1
   */
  public static DataFault ofRow(String worker, String file, String column, long row, Message rule) {
    DataFault fault = new DataFault(About.A_ROW, worker, file, column, rule);
    LOG.log(
        System.Logger.Level.INFO,
        () -> Message.of("row ", row, " of those that a task reads: ", fault.message()).toString());
    return fault;
  }

  /** As {@link #ofRow(String, String, String, long, Message)}, for a rule that names no setting. */
  public static DataFault ofRow(String worker, String column, long row, String rule) {
    return ofRow(worker, "", column, row, Message.of(rule));
  }

  /** Returns one sentence. */
  public Message message() {
    return sentence(worker.isEmpty() ? "" : "worker " + worker, file);
  }

  /** Returns the sentence without whose rows they are. */
  public Message anonymous() {
    return sentence("a worker", "");
  }

  private Message sentence(String whose, String of) {
    List<String> place = new ArrayList<>();
    if (!whose.isEmpty()) {
      place.add(whose);
    }
    if (!column.isEmpty()) {
      place.add("column " + column);
    }
    if (!of.isEmpty()) {
      place.add("file " + of);
    }
    return place.isEmpty() ? rule : Message.of(String.join(", ", place), ": ", rule);
  }
}
