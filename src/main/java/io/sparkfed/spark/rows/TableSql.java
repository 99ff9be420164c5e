package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** The lower case of the names of derived columns that must be there. */
  private final Set<String> demanded;

  private TableSql(DataConfig data, Set<String> demanded) {
    this.data = data;
    this.demanded = demanded;
  }

  /** Returns all of it. */
  static TableSql of(DataConfig data) {
    return new TableSql(data, derived(data));
  }

  /**
   * Returns what rows to predict need: a derived column that is neither a feature nor an offset nor
   * a condition, such as a label, is made only of tables that have its columns.
   */
  static TableSql ofPrediction(DataConfig data) {
    Set<String> demanded = new HashSet<>(keys(data.columns().features()));
    data.columns()
        .offsetExpression()
        .ifPresent(offset -> demanded.addAll(keys(new Scalar(offset).columns())));
    data.where().ifPresent(sql -> demanded.addAll(keys(SqlNames.in(sql))));
    if (data.source() instanceof PooledTable pooled) {
      demanded.add(CsvHeader.key(pooled.workerColumn()));
    }
    demanded.retainAll(derived(data));
    return new TableSql(data, demanded);
  }

  private static Set<String> keys(Collection<String> names) {
    return names.stream().map(CsvHeader::key).collect(Collectors.toSet());
  }

  private static Set<String> derived(DataConfig data) {
    return keys(data.derive().keySet());
  }

  /** Returns the lower case of the names of derived columns. */
  Set<String> derived() {
    return derived(data);
  }

  /**
   * Returns the names of the tables' own columns that it may read, each with an expression's key.
   */
  Map<String, String> columns() {
    return columns(data.derive());
  }

  /** Returns those without which it can't be. */
  Map<String, String> needed() {
    Map<String, String> derive = new LinkedHashMap<>(data.derive());
    derive.keySet().removeIf(name -> !demanded.contains(CsvHeader.key(name)));
    return columns(derive);
  }

  private Map<String, String> columns(Map<String, String> derive) {
    Map<String, String> names = new LinkedHashMap<>();
    Set<String> derived = derived();
    derive.forEach(
        (name, sql) -> SqlNames.in(sql).forEach(n -> names.put(n, "data.derive." + name)));
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
    Map<String, String> derive = derivable(rows);
    try {
      if (!derive.isEmpty()) {
        Map<String, Column> derived = new LinkedHashMap<>();
        derive.forEach((name, sql) -> derived.put(name, functions.expr(sql)));
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

  /** Returns the derived columns that must be there, and others whose columns are. */
  private Map<String, String> derivable(Dataset<Row> rows) {
    Set<String> present = keys(List.of(rows.columns()));
    Map<String, String> derive = new LinkedHashMap<>(data.derive());
    derive
        .entrySet()
        .removeIf(
            entry ->
                !demanded.contains(CsvHeader.key(entry.getKey()))
                    && !present.containsAll(keys(SqlNames.in(entry.getValue()))));
    return derive;
  }

  /** Returns the key of the first expression that isn't a function of one row. */
  private String breaking(Dataset<Row> rows) {
    for (Map.Entry<String, String> derived : derivable(rows).entrySet()) {
      Column column = functions.expr(derived.getValue());
      if (RowExpressions.broken(rows.withColumn(derived.getKey(), column), rows).isPresent()) {
        return "data.derive." + derived.getKey();
      }
    }
    return "data.where";
  }

  /** Returns the key of the first expression that does not fit. */
  private String unfit(Dataset<Row> rows) {
    for (Map.Entry<String, String> derived : derivable(rows).entrySet()) {
      try {
        rows.withColumn(derived.getKey(), functions.expr(derived.getValue()));
      } catch (Exception e) {
        return "data.derive." + derived.getKey();
      }
    }
    return "data.where";
  }
}
