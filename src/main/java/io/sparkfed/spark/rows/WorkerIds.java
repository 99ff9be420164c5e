package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.model.PlainText;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.rows.GuardedRows.UnreadableRowException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.InMemoryFileIndex;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The ids of a pooled table's workers. An id is the text that stands in a path or in the table, as
 * {@link PlainText}: {@code 01} isn't {@code 1}. A number's is its decimal digits whatever its
 * type, a boolean's {@code true} or {@code false}, a date's {@code 2024-01-31}.
 */
final class WorkerIds {
  /** The key that names a pooled table's column of ids. */
  static final String KEY = "data.worker-column";

  /** The rule that a row of nobody breaks. */
  static final String NOBODYS = KEY + ": each row must name its worker, but this one does not";

  private WorkerIds() {}

  /** Returns whether values of a type can be ids. */
  static boolean isIdType(DataType type) {
    return type instanceof StringType
        || type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof DateType;
  }

  /** Returns the id that a cell holds; null where it holds none. */
  static String of(Cells row, int at) {
    Object value = row.isNull(at) ? "" : row.value(at);
    if (value instanceof Number number) {
      return Double.isNaN(number.doubleValue()) ? null : textOf(number);
    }
    String id = PlainText.of(value.toString());
    return id.isEmpty() ? null : id;
  }

  private static String textOf(Number number) {
    return Double.isInfinite(number.doubleValue()) ? number.toString() : PlainText.ofNumber(number);
  }

  /**
   * Reads a table, of which Spark's reader may have made numbers or dates of the names of folders.
   *
   * @param texts the names of columns that keep their texts
   */
  static Dataset<Row> load(DataFrameReader reader, String path, List<String> texts) {
    Dataset<Row> rows = reader.load(path);
    StructField[] fields = rows.schema().fields();
    boolean isTyped = false;
    for (int j = 0; j < fields.length; j++) {
      String name = fields[j].name();
      if (texts.stream().anyMatch(name::equalsIgnoreCase) && isTyped(rows, name)) {
        fields[j] = DataTypes.createStructField(name, DataTypes.StringType, true);
        isTyped = true;
      }
    }
    return isTyped ? reader.schema(new StructType(fields)).load(path) : rows;
  }

  /** Whether a column stands in the paths of files and was given a type by them. */
  private static boolean isTyped(Dataset<Row> rows, String column) {
    return rows.queryExecution().analyzed() instanceof LogicalRelation relation
        && relation.relation() instanceof HadoopFsRelation files
        && files.location() instanceof InMemoryFileIndex
        && Arrays.stream(files.partitionSchema().fields())
            .anyMatch(
                field ->
                    field.name().equalsIgnoreCase(column)
                        && !(field.dataType() instanceof StringType));
  }

  /**
   * Returns the ids in a column, sorted, each with the texts that Spark makes of the values that
   * are this id.
   *
   * @param hidden whether a row that names none is left out; it is a fault otherwise
   */
  static SortedMap<String, List<String>> in(Dataset<Row> rows, Column workers, boolean hidden) {
    Dataset<Row> ofIds = rows.select(workers, workers.cast("string"));
    List<Found> found;
    try {
      found =
          (hidden ? RowwiseCells.of(ofIds, false) : TableCells.of(ofIds))
              .mapPartitions(partition -> idsOrFault(partition, hidden))
              .distinct()
              .collect();
    } catch (Exception e) {
      throw new DataException(
          "the workers' ids could not be read; see the executors' logs",
          TaskFailures.withoutText(e));
    }
    SortedMap<String, List<String>> ids = new TreeMap<>();
    for (Found one : found) {
      if (one.fault() != null) {
        throw new DataException(one.fault().message());
      }
      ids.computeIfAbsent(one.id(), id -> new ArrayList<>()).add(one.text());
    }
    return ids;
  }

  /** A worker's id and what it was made of, or why there is none. */
  private record Found(String id, String text, DataFault fault) implements Serializable {
    static Iterator<Found> faulty(DataFault fault) {
      return List.of(new Found(null, null, fault)).iterator();
    }
  }

  /** Runs in a task. */
  private static Iterator<Found> idsOrFault(Iterator<CellRows> partition, boolean hidden) {
    Set<Found> ids = new HashSet<>();
    long ordinal = 0;
    GuardedRows rows = new GuardedRows(partition);
    try {
      for (ordinal = 1; rows.next(); ordinal++) {
        Cells row = rows.cells();
        String id = of(row, 0);
        if (id == null && hidden) {
          continue;
        }
        if (id == null) {
          return Found.faulty(DataFault.ofRow("", "", ordinal, NOBODYS));
        }
        ids.add(new Found(id, (String) row.value(1), null));
      }
    } catch (UnreadableRowException e) {
      return Found.faulty(e.fault(null, ordinal));
    }
    return ids.iterator();
  }
}
