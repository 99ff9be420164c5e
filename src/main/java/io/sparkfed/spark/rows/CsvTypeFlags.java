package io.sparkfed.spark.rows;

import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.data.DataFault;
import io.sparkfed.spark.cluster.Held;
import io.sparkfed.spark.cluster.OwnMemory;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/**
 * Which types the cells of a worker's files have. Stays at the worker.
 *
 * @param worker the worker's id
 * @param flags for each column and type in turn 1 where a cell has it, otherwise 0
 * @param holdsRows whether there is any row in the files
 * @param fault why a file can't be read; null when all can
 */
record CsvTypeFlags(String worker, OwnMemory<double[]> flags, boolean holdsRows, DataFault fault)
    implements Held<double[]>, Serializable {

  /** Runs at the worker: reads its files, once. */
  static Iterator<CsvTypeFlags> of(
      String worker,
      Iterator<List<CsvFile>> bins,
      CsvDialect dialect,
      List<String> columns,
      Configuration hadoop) {
    List<CsvFile> files = new ArrayList<>();
    bins.forEachRemaining(files::addAll);
    List<CellType> types = List.of(CellType.values());
    double[] flags = new double[columns.size() * types.size()];
    boolean holdsRows = false;
    DataFault fault = null;
    try {
      CsvCursor cursor = new CsvCursor(files.iterator(), dialect, columns, hadoop);
      while (cursor.next()) {
        holdsRows = true;
        for (int j = 0; j < columns.size(); j++) {
          CellType type = typeOf(cursor, j);
          if (type != null) {
            flags[j * types.size() + types.indexOf(type)] = 1.0;
          }
        }
      }
    } catch (UnreadableFileException e) {
      if (GuardedRows.deservesAnotherAttempt(e)) {
        throw e;
      }
      fault = new DataFault(worker == null ? "" : worker, "", e.getMessage());
    }
    TaskTraces.forgetRowCounts();
    return Set.of(new CsvTypeFlags(worker, OwnMemory.of(flags), holdsRows, fault)).iterator();
  }

  /** Returns the type of a cell; null where it is missing. */
  private static CellType typeOf(CsvCursor cursor, int column) {
    if (!Double.isNaN(cursor.number(column))) {
      return cursor.isLong(column) ? CellType.LONG : CellType.DOUBLE;
    }
    String text = cursor.text(column, CsvCells.texts());
    return text == null ? null : CellType.of(text, '.');
  }

  @Override
  public Optional<double[]> held() {
    return Optional.of(flags.orNull());
  }

  @Override
  public boolean isElsewhere() {
    return flags.isElsewhere();
  }
}
