package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.NearestName;
import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import io.sparkfed.data.Scalar;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.spark.cluster.TaskFailures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** What {@code data.derive} and {@code data.where} make of tables. */
final class TableSql {
  private static final String WHERE = "data.where";

  private final DataConfig data;
  private final List<Derivation> derivations;

  /** The lower case of the names of derived columns that must be there. */
  private final Set<String> demanded;

  /** The schemas of tables for which Spark has made a plan. */
  private final Set<StructType> planned = new HashSet<>();

  private TableSql(DataConfig data, List<Derivation> derivations, Set<String> demanded) {
    this.data = data;
    this.derivations = derivations;
    this.demanded = demanded;
  }

  /**
   * Returns what reading rows for something needs.
   *
   * @throws DataException if derived columns are made of each other
   */
  static TableSql of(DataConfig data, Reading reading) {
    List<Derivation> derivations = Derivation.ordered(data.derive());
    Set<String> demanded = new HashSet<>();
    if (reading == Reading.TO_FIT) {
      derivations.forEach(derivation -> demanded.add(derivation.column()));
      return new TableSql(data, derivations, demanded);
    }
    demanded.addAll(keys(data.columns().features()));
    data.columns().featuresVector().map(CsvHeader::key).ifPresent(demanded::add);
    data.columns()
        .offsetExpression()
        .ifPresent(offset -> demanded.addAll(keys(new Scalar(offset).columns())));
    data.where().ifPresent(sql -> demanded.addAll(keys(SqlNames.in(sql))));
    if (data.source() instanceof PooledTable pooled) {
      demanded.add(CsvHeader.key(pooled.workerColumn()));
    }
    if (reading == Reading.TO_SCALE_AND_PREDICT) {
      demanded.addAll(keys(new Scalar(data.columns().response()).columns()));
      data.columns().weight().map(CsvHeader::key).ifPresent(demanded::add);
      if (data.split() instanceof SplitByColumn split) {
        demanded.add(CsvHeader.key(split.column()));
      }
    }
    // What a column is made of comes before it.
    for (int k = derivations.size() - 1; k >= 0; k--) {
      if (demanded.contains(derivations.get(k).column())) {
        demanded.addAll(keys(derivations.get(k).reads()));
      }
    }
    return new TableSql(data, derivations, demanded);
  }

  private static Set<String> keys(Collection<String> names) {
    return names.stream().map(CsvHeader::key).collect(Collectors.toSet());
  }

  /** Returns the lower case of the names of derived columns. */
  Set<String> derived() {
    return derivations.stream().map(Derivation::column).collect(Collectors.toSet());
  }

  /**
   * Returns the names of the tables' own columns that it may read, each with an expression's key.
   */
  Map<String, String> columns() {
    return columns(derivations);
  }

  /** Returns those without which it can't be. */
  Map<String, String> needed() {
    return columns(derivations.stream().filter(d -> demanded.contains(d.column())).toList());
  }

  /**
   * Returns the types that SQL saw of these when a model was trained, by the lower case of their
   * names; none where no model is used.
   */
  Map<String, CellType> known() {
    Map<String, CellType> known = new TreeMap<>(data.knownTypes());
    known.keySet().retainAll(keys(needed().keySet()));
    return known;
  }

  private Map<String, String> columns(List<Derivation> of) {
    Map<String, String> names = new LinkedHashMap<>();
    for (Derivation derivation : of) {
      for (String name : derivation.reads()) {
        if (isOfTable(name, derivation.column())) {
          names.putIfAbsent(name, derivation.key());
        }
      }
    }
    for (String name : data.where().map(SqlNames::in).orElse(Set.of())) {
      if (isOfTable(name, "")) {
        names.putIfAbsent(name, WHERE);
      }
    }
    return names;
  }

  /** Whether a name is that of a table's own column in the expression of another. */
  private boolean isOfTable(String name, String column) {
    String key = CsvHeader.key(name);
    return key.equals(column) || derivations.stream().noneMatch(d -> d.column().equals(key));
  }

  /**
   * Refuses comparisons with a text that stands for a missing value.
   *
   * @param missing what does
   * @param whose where it does, for the message
   * @throws DataException naming the key and the text
   */
  void requireMeant(MissingTexts missing, String whose) {
    derivations.forEach(d -> requireMeant(d.key(), d.sql(), d.column(), missing, whose));
    data.where().ifPresent(sql -> requireMeant(WHERE, sql, "", missing, whose));
  }

  private void requireMeant(
      String key, String sql, String column, MissingTexts missing, String whose) {
    MissingLiterals.comparedIn(sql, missing, name -> isOfTable(name, column))
        .ifPresent(
            text -> {
              throw new DataException(
                  key
                      + " must not compare a column with '"
                      + text
                      + "', which is a missing value"
                      + whose
                      + " and so null in SQL: ask for it with IS NULL, or leave it out of"
                      + " data.missing-values");
            });
  }

  /** A part of what is done. */
  private record Step(String key, String sql, UnaryOperator<Dataset<Row>> make) {}

  /**
   * Returns a table with the derived columns, without the rows that aren't used.
   *
   * @param columns the table's columns that have names for users
   * @param unmarked the lower case of the names of columns whose texts aren't numbers
   * @param key of the table, for messages
   * @throws DataException if an expression doesn't fit the table, isn't a function of one row, or
   *     fails whatever a row holds
   */
  Dataset<Row> applied(Dataset<Row> rows, List<String> columns, Set<String> unmarked, String key) {
    List<Step> steps = steps(columns, key);
    UnmarkedTexts texts = new UnmarkedTexts(unmarked);
    Dataset<Row> made = rows;
    for (Step step : steps) {
      Dataset<Row> before = made;
      try {
        made = step.make().apply(before);
      } catch (Exception e) {
        throw new DataException(
            key + ": " + step.key() + " does not fit the table: " + why(e, columns),
            TaskFailures.withoutText(e));
      }
      Optional<String> broken = RowExpressions.broken(step.sql(), made, before);
      if (broken.isPresent()) {
        throw new DataException(key + ": " + step.key() + " " + broken.get());
      }
      Optional<String> unclear = texts.usedAsNumber(made);
      if (unclear.isPresent()) {
        throw new DataException(
            key + ": " + step.key() + ": column " + unclear.get() + " " + UnmarkedTexts.RULE);
      }
    }
    if (!steps.isEmpty() && planned.add(rows.schema())) {
      requirePlan(NoRows.like(rows), steps, key);
    }
    return made;
  }

  private List<Step> steps(List<String> columns, String key) {
    Set<String> present = keys(columns);
    List<Derivation> made = new ArrayList<>();
    Set<String> there = new HashSet<>(present);
    for (Derivation derivation : derivations) {
      if (demanded.contains(derivation.column()) || there.containsAll(keys(derivation.reads()))) {
        made.add(derivation);
        there.add(derivation.column());
      }
    }
    for (Derivation one : made) {
      for (Derivation other : made) {
        if (!one.equals(other) && present.contains(one.column()) && other.reads(one.column())) {
          throw new DataException(
              key
                  + ": "
                  + other.key()
                  + " reads "
                  + one.name()
                  + ", which is a column of the table and another one of data.derive: give the derived"
                  + " one a name of its own");
        }
      }
    }
    List<Step> steps = new ArrayList<>();
    made.forEach(
        d ->
            steps.add(
                new Step(
                    d.key(), d.sql(), rows -> rows.withColumn(d.name(), functions.expr(d.sql())))));
    data.where().ifPresent(sql -> steps.add(new Step(WHERE, sql, rows -> rows.where(sql))));
    return steps;
  }

  /**
   * Spark computes constants while it makes a plan, at the driver, where it sees no row: what fails
   * there fails for all of them.
   */
  private static void requirePlan(Dataset<Row> none, List<Step> steps, String key) {
    Dataset<Row> made = none;
    for (Step step : steps) {
      made = step.make().apply(made);
    }
    if (failure(made) == null) {
      return;
    }
    made = none;
    for (Step step : steps) {
      made = step.make().apply(made);
      Exception failure = failure(made);
      if (failure != null) {
        throw new DataException(
            key
                + ": "
                + step.key()
                + " fails, whatever a row holds: "
                + WorkerTables.firstLine(failure),
            TaskFailures.withoutText(failure));
      }
    }
  }

  private static Exception failure(Dataset<Row> made) {
    try {
      made.queryExecution().toRdd();
      return null;
    } catch (Exception e) {
      return e;
    }
  }

  private static String why(Exception e, List<String> columns) {
    boolean isUnknown =
        TaskFailures.condition(e).filter(c -> c.startsWith("UNRESOLVED_COLUMN")).isPresent();
    String name = isUnknown ? ((SparkThrowable) e).getMessageParameters().get("objectName") : null;
    return name == null
        ? WorkerTables.firstLine(e)
        : "column "
            + name
            + " does not exist; the nearest is "
            + NearestName.of(name.replace("`", ""), columns).orElse("none")
            + ". Columns: "
            + String.join(", ", columns);
  }
}
