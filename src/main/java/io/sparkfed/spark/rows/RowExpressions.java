package io.sparkfed.spark.rows;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.ExpressionWithUnresolvedIdentifier;
import org.apache.spark.sql.catalyst.analysis.Star;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.expressions.UserDefinedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Whether SQL expressions are functions of one row and of nothing else. Spark reads rows again
 * whenever it has lost them, so whatever differs from one reading to the next would change what a
 * worker has sent; and what differs from one machine to another would make another model of the
 * same rows.
 */
final class RowExpressions {
  /** Texts that Spark takes for a moment of now, as dates and timestamps. */
  private static final Pattern OF_TODAY =
      Pattern.compile("(?is)\\s*(now|today|tomorrow|yesterday)\\b.*");

  private static final Pattern LITERAL_OF_TODAY =
      Pattern.compile("(?is)\\w+\\s*['\"]" + OF_TODAY.pattern());

  private static final Optional<String> OF_NOW =
      Optional.of(varies("a date or timestamp of today"));

  private static final Optional<String> NONE = Optional.empty();

  private RowExpressions() {}

  /**
   * Returns the rule that an expression breaks; empty when it breaks none.
   *
   * @param sql the expression
   * @param made the table with a column added, or rows filtered
   * @param of what it was made of
   */
  static Optional<String> broken(String sql, Dataset<Row> made, Dataset<Row> of) {
    for (Expression node : SqlTree.of(sql)) {
      if (node instanceof Star) {
        return Optional.of("must name the columns that it reads, and * names none");
      }
      if (node instanceof ExpressionWithUnresolvedIdentifier) {
        return Optional.of("must name the columns that it reads, and identifier() hides them");
      }
      if (node instanceof Literal literal && isLiteralOfToday(literal)) {
        return OF_NOW;
      }
    }
    LogicalPlan end = of.queryExecution().analyzed();
    LogicalPlan plan = made.queryExecution().analyzed();
    while (!plan.equals(end)) {
      if (plan.children().isEmpty()) {
        // Spark has added hidden columns to the table itself.
        return Optional.of("must not read _metadata, which says of a row where it lies");
      }
      if (!(plan instanceof Project || plan instanceof Filter)) {
        return Optional.of(ofMany(plan.nodeName().toLowerCase(Locale.ROOT)));
      }
      List<Expression> expressions = CollectionConverters.asJava(plan.expressions());
      Optional<String> rule =
          RowFunctions.firstRefused(expressions)
              .map(RowExpressions::why)
              .or(() -> expressions.stream().anyMatch(RowExpressions::isOfToday) ? OF_NOW : NONE);
      if (rule.isPresent()) {
        return rule;
      }
      plan = CollectionConverters.asJava(plan.children()).get(0);
    }
    return Optional.empty();
  }

  private static String why(Expression refused) {
    String name = refused.prettyName();
    if (refused instanceof SubqueryExpression) {
      return ofMany("a subquery");
    }
    if (refused instanceof UserDefinedExpression own) {
      return "must not call functions of users, and " + own.name() + " is one";
    }
    return refused.deterministic()
        ? "must depend on the row alone, but " + name + " is not known to"
        : varies(name);
  }

  private static String varies(String what) {
    return "must give the same whenever a row is read, but " + what + " does not";
  }

  private static boolean isOfToday(Expression expression) {
    return (expression instanceof Cast cast && isOfToday(cast))
        || (expression instanceof RuntimeReplaceable other && isOfToday(other.replacement()))
        || CollectionConverters.asJava(expression.children()).stream()
            .anyMatch(RowExpressions::isOfToday);
  }

  private static boolean isOfToday(Cast cast) {
    if (!isOfTime(cast.dataType())
        || !(cast.child().dataType() instanceof StringType)
        || !cast.child().foldable()) {
      return false;
    }
    try {
      Object text = cast.child().eval(null);
      return text != null && OF_TODAY.matcher(text.toString()).matches();
    } catch (RuntimeException e) {
      // Whoever makes a plan of it says what is wrong with it.
      return false;
    }
  }

  /** Spark's parser makes a moment of it at once; the text is left in its origin. */
  private static boolean isLiteralOfToday(Literal literal) {
    var origin = literal.origin();
    if (!isOfTime(literal.dataType())
        || origin.sqlText().isEmpty()
        || origin.startIndex().isEmpty()
        || origin.stopIndex().isEmpty()) {
      return false;
    }
    int from = (Integer) origin.startIndex().get();
    int to = (Integer) origin.stopIndex().get();
    return LITERAL_OF_TODAY.matcher(origin.sqlText().get().substring(from, to + 1)).matches();
  }

  private static boolean isOfTime(DataType type) {
    return type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  private static String ofMany(String what) {
    return "must work row by row, and " + what + " does not";
  }
}
