package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** What {@code data.derive} and {@code data.where} make of tables. */
final class TableSql {
  private final DataConfig data;

  TableSql(DataConfig data) {
    this.data = data;
  }

  /** Returns the lower case of the names of derived columns. */
  Set<String> derived() {
    return data.derive().keySet().stream().map(CsvHeader::key).collect(Collectors.toSet());
  }

  /** Returns the names of the tables' own columns that it reads, each with an expression's key. */
  Map<String, String> columns() {
    Map<String, String> names = new LinkedHashMap<>();
    Set<String> derived = derived();
    data.derive()
        .forEach((name, sql) -> SqlNames.in(sql).forEach(n -> names.put(n, "data.derive." + name)));
    data.where()
        .ifPresent(
            sql ->
                SqlNames.in(sql).stream()
                    .filter(name -> !derived.contains(CsvHeader.key(name)))
                    .forEach(name -> names.putIfAbsent(name, "data.where")));
    return names;
  }

  /**
   * Returns a table with the derived columns, without the rows that aren't used.
   *
   * @param key of the table, for messages
   * @throws DataException if an expression doesn't fit the table, or isn't a function of one row
   */
  Dataset<Row> applied(Dataset<Row> rows, String key) {
    Dataset<Row> prepared = rows;
    try {
      if (!data.derive().isEmpty()) {
        Map<String, Column> derived = new LinkedHashMap<>();
        data.derive().forEach((name, sql) -> derived.put(name, functions.expr(sql)));
        prepared = prepared.withColumns(derived);
      }
      prepared = data.where().isPresent() ? prepared.where(data.where().get()) : prepared;
    } catch (Exception e) {
      throw new DataException(
          key + ": " + unfit(rows) + " does not fit the table: " + WorkerTables.firstLine(e), e);
    }
    Optional<String> broken = RowExpressions.broken(prepared, rows);
    if (broken.isPresent()) {
      throw new DataException(key + ": " + breaking(rows) + " " + broken.get());
    }
    return prepared;
  }

  /** Returns the key of the first expression that isn't a function of one row. */
  private String breaking(Dataset<Row> rows) {
    for (Map.Entry<String, String> derived : data.derive().entrySet()) {
      Column column = functions.expr(derived.getValue());
      if (RowExpressions.broken(rows.withColumn(derived.getKey(), column), rows).isPresent()) {
        return "data.derive." + derived.getKey();
      }
    }
    return "data.where";
  }

  /** Returns the key of the first expression that does not fit. */
  private String unfit(Dataset<Row> rows) {
    for (Map.Entry<String, String> derived : data.derive().entrySet()) {
      try {
        rows.withColumn(derived.getKey(), functions.expr(derived.getValue()));
      } catch (Exception e) {
        return "data.derive." + derived.getKey();
      }
    }
    return "data.where";
  }
}
