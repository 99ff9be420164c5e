package io.sparkfed.spark.rows;

import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.csv.CsvException;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.csv.CsvNumbers;
import io.sparkfed.csv.CsvRecords;
import io.sparkfed.csv.CsvTexts;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Goes over the rows of csv files, in a task where the files are, and reads their cells by the
 * names of each file's own columns. A row with more or fewer cells than its file has columns is
 * refused, or left out where rows are hidden.
 */
final class CsvCursor {
  private static final System.Logger LOG = System.getLogger(CsvCursor.class.getName());

  private final Iterator<CsvFile> files;
  private final CsvDialect dialect;
  private final CsvNumbers numbers;
  private final CsvTexts[] texts;
  private final List<String> columns;
  private final Configuration hadoop;

  private CsvFile file;
  private int[] places;
  private int width;

  /** Values that folders give the file's rows, after its own columns; null for none. */
  private List<String> ofFolders;

  private InputStream input;
  private CsvRecords records;

  /** A row is left out. Says nothing of it. */
  static final class LeftOutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private LeftOutException() {
      super("", null, false, false);
    }
  }

  /**
   * Prepares for files.
   *
   * @param columns the lower case of the names that columns have in files, in the order in which
   *     cells are asked for
   */
  CsvCursor(
      Iterator<CsvFile> files, CsvDialect dialect, List<String> columns, Configuration hadoop) {
    this.files = files;
    this.dialect = dialect;
    this.numbers = new CsvNumbers(dialect);
    this.columns = columns;
    this.texts = new CsvTexts[columns.size()];
    this.hadoop = hadoop;
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener((TaskCompletionListener) ended -> close());
    }
  }

  /**
   * Moves on to the next row.
   *
   * @return whether there is one
   * @throws UnreadableFileException if a file breaks a rule
   */
  boolean next() {
    try {
      while (true) {
        if (records != null && records.next()) {
          if (records.size() == width) {
            return true;
          }
          if (!dialect.hidesRows()) {
            throw ofOtherWidth();
          }
          records.leaveOut();
          continue;
        }
        requireUnchanged();
        if (!files.hasNext()) {
          close();
          return false;
        }
        open(files.next());
      }
    } catch (CsvException e) {
      throw broken(e.record(), e.getMessage());
    } catch (IOException e) {
      requireUnchanged();
      throw new UnreadableFileException(
          "file " + file.shown() + ": can't be read or is incomplete (" + TaskFailures.tag(e) + ")",
          e);
    }
  }

  /** Checks the file that is read, if there is one: what goes wrong may come of its change. */
  private void requireUnchanged() {
    if (file != null) {
      Listed listed = file.listed();
      UnchangedFiles.require(new Path(listed.path()), listed.length(), listed.modified(), hadoop);
    }
  }

  /** Returns a cell's number; NaN unless the cell is plainly one and isn't missing. */
  double number(int column) {
    int place = places[column];
    return place < 0 || place >= width ? Double.NaN : numbers.of(records, place);
  }

  /** Returns whether a cell that has a number is a whole one of 64 bits. */
  boolean isLong(int column) {
    return numbers.isLong(records, places[column]);
  }

  /**
   * Returns a cell's text as it stands; null where it is missing, or its file has no such column.
   */
  String text(int column) {
    int place = places[column];
    if (place < 0) {
      return null;
    }
    String cell = place < width ? ofRecord(column, place) : ofFolders.get(place - width);
    return cell == null || isMissing(cell) ? null : cell;
  }

  private String ofRecord(int column, int place) {
    if (texts[column] == null) {
      texts[column] = new CsvTexts();
    }
    return texts[column].of(records, place);
  }

  /** A listed number with a point is missing in a file with decimal commas, too. */
  private boolean isMissing(String cell) {
    return dialect.missing().contains(cell)
        || (dialect.decimal() != '.'
            && CellType.withPoints(cell, dialect.decimal())
                .filter(dialect.missing()::contains)
                .isPresent());
  }

  /**
   * Returns what a cell becomes in Spark's rows.
   *
   * @return null where it is missing
   * @throws UnreadableFileException if it isn't of the type
   * @throws LeftOutException if it isn't, and rows are hidden
   */
  Object value(int column, CsvCells cells) {
    String cell = text(column);
    return cell == null
        ? null
        : cells.of(cell, dialect.decimal()).orElseThrow(() -> notOfType(column, cells, cell));
  }

  /**
   * Returns the text of a cell that becomes one, its number with a point.
   *
   * @return null where it is missing
   * @throws UnreadableFileException if nobody can tell whether it is a number
   * @throws LeftOutException if nobody can, and rows are hidden
   */
  String text(int column, CsvCells cells) {
    String cell = text(column);
    return cell == null
        ? null
        : cells.text(cell, dialect.decimal()).orElseThrow(() -> notOfType(column, cells, cell));
  }

  private RuntimeException notOfType(int column, CsvCells cells, String cell) {
    if (dialect.hidesRows()) {
      return new LeftOutException();
    }
    return broken(
        records.record(), "column " + columns.get(column) + " " + cells.rule(cell, dialect));
  }

  private void open(CsvFile next) throws IOException {
    close();
    file = next;
    width = next.names().size();
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.taskMetrics().inputMetrics().incBytesRead(next.listed().length());
    }
    input = CsvFiles.open(next.listed().path(), hadoop);
    records = CsvRecords.of(input, dialect);
    ofFolders = new ArrayList<>(next.listed().partition().values());
    List<String> own = new ArrayList<>(next.names().stream().map(CsvHeader::key).toList());
    next.listed().partition().keySet().forEach(name -> own.add(CsvHeader.key(name)));
    places = columns.stream().mapToInt(own::indexOf).toArray();
    if (dialect.hasHeader() && records.next() && !next.hasNames(CsvHeader.names(records.cells()))) {
      throw broken(1, "has changed since it was listed");
    }
  }

  private UnreadableFileException ofOtherWidth() {
    return broken(
        records.record(),
        "has "
            + (records.size() > width ? "more" : "fewer")
            + " cells than its file has columns"
            + (records.size() > width
                ? " (a decimal comma, or a separator inside a text without quotes?)"
                : ""));
  }

  private UnreadableFileException broken(long record, String rule) {
    requireUnchanged();
    String path = file.listed().path();
    LOG.log(System.Logger.Level.INFO, () -> CsvFiles.place(path, record, dialect) + rule);
    return new UnreadableFileException(CsvFiles.place(path, 0, dialect) + rule);
  }

  private void close() {
    if (input != null) {
      try {
        input.close();
      } catch (IOException e) {
        // Nothing was written, and all that was to be read has been.
      }
      input = null;
      records = null;
    }
  }
}
