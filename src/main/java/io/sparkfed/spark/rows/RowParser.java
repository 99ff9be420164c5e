package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.TrainingConfig.Handling;
import io.sparkfed.data.BrokenRuleException;
import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.NumberRows;
import io.sparkfed.data.RowEncoder;
import io.sparkfed.data.RowForm;
import io.sparkfed.hint.Message;
import io.sparkfed.spark.rows.GuardedRows.UnreadableRowException;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.TaskKilledException;

/**
 * Turns rows into numbers, in a task where the rows are. The first row that breaks a rule becomes a
 * fault with its place and the rule, and parsing ends there.
 *
 * @param form what rows have at their places
 * @param worker whose rows these are; null when a column behind the others says so
 * @param missing what becomes of a row without a value that is needed
 * @param lenience what is done with rows that have no score
 */
record RowParser(RowForm form, String worker, Missing missing, Lenience lenience)
    implements Serializable {

  /**
   * Parses a partition.
   *
   * @param partition runs of rows, read one after the other
   */
  Rows parse(Iterator<? extends CellRows> partition) {
    return new Rows(partition);
  }

  /** Returns the same parser for predictions, of which whoever wants them wants one a row. */
  RowParser toPredict(Lenience ofPredictions) {
    return new RowParser(form, worker, Missing.ERROR, ofPredictions);
  }

  /**
   * Returns the same parser for a training that hides rows: those that break a rule are left out.
   */
  RowParser hidingRows() {
    return new RowParser(form, worker, Missing.DROP, Lenience.OF_HIDDEN_ROWS);
  }

  private boolean hidesRows() {
    return lenience.equals(Lenience.OF_HIDDEN_ROWS);
  }

  /** Returns how many columns at the front of a row are parsed. */
  int parsedWidth() {
    return form.width() + (worker == null ? 1 : 0);
  }

  /** The rows of a partition. */
  final class Rows implements ParsedRows {
    private final CellRows cells;
    private final RowEncoder encoder = new RowEncoder(form);
    private final EncodedRow row = new EncodedRow();
    private long ordinal;
    private boolean ended;
    private String owner;
    private DataFault fault;
    private boolean isIncomplete;
    private Handling aside;
    private String asideColumn;

    private Rows(Iterator<? extends CellRows> partition) {
      GuardedRows guarded = new GuardedRows(partition);
      this.cells =
          worker != null && form.isOfNumbers() ? new NumberRows(guarded, form.width()) : guarded;
    }

    @Override
    public boolean next() {
      if (ended) {
        return false;
      }
      aside = null;
      try {
        do {
          ordinal++;
          if (!cells.next()) {
            ended = true;
            return false;
          }
          owner = worker == null ? WorkerIds.of(cells.cells(), form.width()) : worker;
        } while (owner == null && hidesRows());
        parse(cells.cells());
      } catch (UnreadableRowException e) {
        end(e.fault(worker, ordinal));
      }
      return true;
    }

    private void parse(Cells cell) {
      if (owner == null && form.response() != null) {
        end("", Message.of(WorkerIds.NOBODYS));
        return;
      }
      if (hidesRows()) {
        isIncomplete = !isEncoded(cell);
        return;
      }
      isIncomplete = missing == Missing.DROP && encoder.isIncomplete(cell);
      if (isIncomplete) {
        return;
      }
      try {
        encoder.encode(cell, row);
      } catch (BrokenRuleException e) {
        Handling handling = lenience.of(e);
        if (handling == Handling.ERROR) {
          end(e.column(), lenience.told(e));
        } else {
          aside = handling;
          asideColumn = e.column();
        }
      }
    }

    /** Encodes a hidden row, and returns whether it could be; nothing is told of why not. */
    private boolean isEncoded(Cells cell) {
      try {
        if (encoder.isIncomplete(cell)) {
          return false;
        }
        encoder.encode(cell, row);
        return true;
      } catch (TaskKilledException e) {
        throw e;
      } catch (BrokenRuleException | RuntimeException e) {
        // A vector whose parts don't fit each other fails before any rule is looked at.
        return false;
      }
    }

    private void end(String column, Message rule) {
      String named = owner == null ? "" : owner;
      end(DataFault.ofRow(named, "", column, ordinal, rule));
    }

    private void end(DataFault why) {
      ended = true;
      fault = why;
      owner = why.worker();
    }

    @Override
    public String worker() {
      return owner;
    }

    @Override
    public DataFault fault() {
      return fault;
    }

    @Override
    public boolean isIncomplete() {
      return fault == null && isIncomplete;
    }

    @Override
    public EncodedRow row() {
      return row;
    }

    /** Returns what is done with a row that has no score; null for others. */
    Handling aside() {
      return aside;
    }

    /** Returns the column that has no value in such a row, or none that is known. */
    String asideColumn() {
      return asideColumn;
    }
  }
}
