package io.sparkfed.spark.rows;

import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.csv.CsvException;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.csv.CsvRecords;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The rows of csv files, in a task where the files are: each file's cells by the names of its own
 * columns. A row with more or fewer cells than its file has columns is refused.
 */
final class CsvRows implements Iterator<InternalRow> {
  private final Iterator<CsvFile> files;
  private final CsvDialect dialect;
  private final List<Output> outputs;
  private final Configuration hadoop;

  private CsvFile file;
  private int[] places;

  /** Values that folders give the file's rows, after its own columns; null for none. */
  private List<String> ofFolders;

  private InputStream input;
  private CsvRecords records;
  private boolean isReady;

  /**
   * A column that is put out.
   *
   * @param name its name
   * @param source the lower case of the name that it has in files; null cells where a file has none
   * @param cells what its cells become
   */
  record Output(String name, String source, CsvCells cells) implements Serializable {}

  /** A file breaks a rule of reading. Tells file, row and column, and nothing of the row. */
  static final class UnreadableCsvException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private UnreadableCsvException(String placeAndRule) {
      super(placeAndRule);
    }
  }

  CsvRows(Iterator<CsvFile> files, CsvDialect dialect, List<Output> outputs, Configuration hadoop) {
    this.files = files;
    this.dialect = dialect;
    this.outputs = outputs;
    this.hadoop = hadoop;
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener((TaskCompletionListener) ended -> close());
    }
  }

  @Override
  public boolean hasNext() {
    try {
      while (!isReady) {
        if (records != null && records.next()) {
          requireWidth();
          isReady = true;
        } else if (files.hasNext()) {
          open(files.next());
        } else {
          close();
          return false;
        }
      }
      return true;
    } catch (CsvException e) {
      throw broken(e.record(), e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    isReady = false;
    Object[] values = new Object[outputs.size()];
    for (int j = 0; j < values.length; j++) {
      values[j] = value(outputs.get(j), places[j]);
    }
    return new GenericInternalRow(values);
  }

  private Object value(Output output, int place) {
    if (place < 0) {
      return null;
    }
    String cell =
        place < file.names().size()
            ? records.cell(place)
            : ofFolders.get(place - file.names().size());
    if (cell == null || isMissing(cell)) {
      return null;
    }
    Optional<Object> value = output.cells().of(cell, dialect.decimal());
    if (value.isEmpty()) {
      throw broken(
          records.record(), "column " + output.source() + " " + output.cells().rule(cell, dialect));
    }
    return value.get();
  }

  /** A listed number with a point is missing in a file with decimal commas, too. */
  private boolean isMissing(String cell) {
    return dialect.missing().contains(cell)
        || (dialect.decimal() != '.'
            && CellType.withPoints(cell, dialect.decimal())
                .filter(dialect.missing()::contains)
                .isPresent());
  }

  private void open(CsvFile next) throws IOException {
    close();
    file = next;
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.taskMetrics().inputMetrics().incBytesRead(next.listed().length());
    }
    input = CsvFiles.open(next.listed().path(), hadoop);
    records = CsvRecords.of(input, dialect.text());
    ofFolders = new ArrayList<>(next.listed().partition().values());
    List<String> columns = new ArrayList<>(next.names().stream().map(CsvHeader::key).toList());
    next.listed().partition().keySet().forEach(name -> columns.add(CsvHeader.key(name)));
    places = outputs.stream().mapToInt(output -> columns.indexOf(output.source())).toArray();
    if (dialect.hasHeader()
        && records.next()
        && !CsvHeader.names(records.cells()).equals(next.names())) {
      throw broken(1, "has changed since it was listed");
    }
  }

  private void requireWidth() {
    int columns = file.names().size();
    if (records.size() != columns) {
      throw broken(
          records.record(),
          "has "
              + (records.size() > columns ? "more" : "fewer")
              + " cells than its file has columns"
              + (records.size() > columns
                  ? " (a decimal comma, or a separator inside a text without quotes?)"
                  : ""));
    }
  }

  private UnreadableCsvException broken(long record, String rule) {
    return new UnreadableCsvException(CsvFiles.place(file.listed().path(), record, dialect) + rule);
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
