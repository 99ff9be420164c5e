package io.sparkfed.spark.rows;

import io.sparkfed.data.DataFault;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.RowRun;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/** Parsed rows that were brought to their worker's partition, run by run. */
final class RunRows implements ParsedRows {
  /** Half a megabyte of numbers. */
  private static final int MOST_OF_A_RUN = 1 << 16;

  /** As many as all runs of a task that aren't full may hold together. */
  private static final int MOST_OF_ALL = 1 << 22;

  private final Iterator<Run> runs;
  private final EncodedRow encoded = new EncodedRow();
  private Run run;
  private int row = -1;

  RunRows(Iterator<Run> runs) {
    this.runs = runs;
  }

  /**
   * Rows that travel together, or the fault that ends a partition.
   *
   * @param rows null of a fault
   * @param fault null of rows
   */
  record Run(RowRun rows, DataFault fault) implements Serializable {
    String worker() {
      return fault == null ? rows.worker() : fault.worker();
    }
  }

  /** Packs the parsed rows of a partition into runs. */
  static Iterator<Run> of(ParsedRows parsed) {
    return new Iterator<>() {
      private final Map<String, RowRun> open = new HashMap<>();
      private final Deque<Run> full = new ArrayDeque<>();
      private long size;
      private boolean ended;

      @Override
      public boolean hasNext() {
        while (full.isEmpty() && !ended) {
          take();
        }
        return !full.isEmpty();
      }

      @Override
      public Run next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return full.remove();
      }

      private void take() {
        if (!parsed.next() || parsed.fault() != null) {
          ended = true;
          closeAll();
          if (parsed.fault() != null) {
            full.add(new Run(null, parsed.fault()));
          }
          return;
        }
        RowRun own = open.computeIfAbsent(parsed.worker(), RowRun::new);
        if (!parsed.isIncomplete() && !own.takes(parsed.row())) {
          close(own);
          own = new RowRun(parsed.worker());
          open.put(parsed.worker(), own);
        }
        size -= own.size();
        if (parsed.isIncomplete()) {
          own.addIncomplete();
        } else {
          own.add(parsed.row());
        }
        size += own.size();
        if (own.size() > MOST_OF_A_RUN) {
          open.remove(own.worker());
          close(own);
        } else if (size > MOST_OF_ALL) {
          closeAll();
        }
      }

      private void close(RowRun run) {
        size -= run.size();
        run.trim();
        full.add(new Run(run, null));
      }

      private void closeAll() {
        open.values().forEach(this::close);
        open.clear();
      }
    };
  }

  @Override
  public boolean next() {
    row++;
    while (run == null || (run.fault() == null && row == run.rows().rows())) {
      if (!runs.hasNext()) {
        return false;
      }
      run = runs.next();
      row = 0;
    }
    if (run.fault() == null && !run.rows().isIncomplete(row)) {
      run.rows().see(row, encoded);
    }
    return true;
  }

  @Override
  public String worker() {
    return run.worker();
  }

  @Override
  public DataFault fault() {
    return run.fault();
  }

  @Override
  public boolean isIncomplete() {
    return run.fault() == null && run.rows().isIncomplete(row);
  }

  @Override
  public EncodedRow row() {
    return encoded;
  }
}
