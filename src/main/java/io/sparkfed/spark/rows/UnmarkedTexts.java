package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvHeader;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.RegExpReplace;
import org.apache.spark.sql.catalyst.expressions.StringReplace;
import org.apache.spark.sql.catalyst.expressions.StringTranslate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Texts of files with decimal commas that stand as they are: of {@code 1.234} nobody knows whether
 * it is more than a thousand. They aren't read as numbers until an expression says what their marks
 * are.
 */
final class UnmarkedTexts {
  /** What is said of such a column where a number is needed. */
  static final String RULE =
      "must be of a type of numbers: it is text, whose decimal mark isn't known beside data.decimal ="
          + " \",\"; declare it as DOUBLE in data.schema, or write its marks as points in data.derive,"
          + " e.g. cast(replace(x, ',', '.') as double)";

  private final Set<String> columns;

  /**
   * Begins with those of a table.
   *
   * @param columns the lower case of their names
   */
  UnmarkedTexts(Set<String> columns) {
    this.columns = new HashSet<>(columns);
  }

  /**
   * Returns the first of them that the last expression of a table makes a number of; and learns
   * whether the column that it makes is one of them.
   *
   * @param made the table with a column added, or rows filtered
   */
  Optional<String> usedAsNumber(Dataset<Row> made) {
    LogicalPlan plan = made.queryExecution().analyzed();
    for (Expression expression : CollectionConverters.asJava(plan.expressions())) {
      Optional<String> used = usedIn(expression);
      if (used.isPresent()) {
        return used;
      }
    }
    for (Expression expression : CollectionConverters.asJava(plan.expressions())) {
      if (expression instanceof Alias alias) {
        String name = CsvHeader.key(alias.name());
        if (of(alias.child()).isPresent()) {
          columns.add(name);
        } else {
          columns.remove(name);
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> usedIn(Expression expression) {
    if (expression instanceof Cast cast && cast.dataType() instanceof NumericType) {
      Optional<String> text = of(cast.child());
      if (text.isPresent()) {
        return text;
      }
    }
    return SqlTree.children(expression).stream()
        .flatMap(child -> usedIn(child).stream())
        .findFirst();
  }

  /** Returns the column whose text a text is made of, marks and all. */
  private Optional<String> of(Expression text) {
    if (!(text.dataType() instanceof StringType) || saysMarks(text)) {
      return Optional.empty();
    }
    if (text instanceof AttributeReference column) {
      return columns.contains(CsvHeader.key(column.name()))
          ? Optional.of(column.name())
          : Optional.empty();
    }
    return SqlTree.children(text).stream().flatMap(child -> of(child).stream()).findFirst();
  }

  private static boolean saysMarks(Expression text) {
    return text instanceof StringReplace
        || text instanceof RegExpReplace
        || text instanceof StringTranslate;
  }
}
