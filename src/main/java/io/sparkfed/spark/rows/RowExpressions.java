package io.sparkfed.spark.rows;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.ExpressionWithUnresolvedIdentifier;
import org.apache.spark.sql.catalyst.analysis.Star;
import org.apache.spark.sql.catalyst.expressions.AesEncrypt;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.CurrentCatalog;
import org.apache.spark.sql.catalyst.expressions.CurrentDatabase;
import org.apache.spark.sql.catalyst.expressions.CurrentDate;
import org.apache.spark.sql.catalyst.expressions.CurrentTimeZone;
import org.apache.spark.sql.catalyst.expressions.CurrentTimestampLike;
import org.apache.spark.sql.catalyst.expressions.CurrentUser;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.InputFileBlockLength;
import org.apache.spark.sql.catalyst.expressions.InputFileBlockStart;
import org.apache.spark.sql.catalyst.expressions.InputFileName;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.LocalTimestamp;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.expressions.SparkVersion;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
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
        return varies("a date or timestamp of today");
      }
    }
    LogicalPlan end = of.queryExecution().analyzed();
    LogicalPlan plan = made.queryExecution().analyzed();
    while (!plan.equals(end)) {
      if (!(plan instanceof Project || plan instanceof Filter)) {
        return Optional.of(ofMany(plan.nodeName().toLowerCase(Locale.ROOT)));
      }
      for (Expression expression : CollectionConverters.asJava(plan.expressions())) {
        Optional<String> rule = broken(expression);
        if (rule.isPresent()) {
          return rule;
        }
      }
      plan = CollectionConverters.asJava(plan.children()).get(0);
    }
    return Optional.empty();
  }

  private static Optional<String> broken(Expression expression) {
    if (expression instanceof SubqueryExpression) {
      return Optional.of(ofMany("a subquery"));
    }
    for (Expression child : CollectionConverters.asJava(expression.children())) {
      Optional<String> rule = broken(child);
      if (rule.isPresent()) {
        return rule;
      }
    }
    if (isOfTheMachine(expression)) {
      return Optional.of(
          "must depend on the row alone, but " + expression.prettyName() + " does not");
    }
    if (expression instanceof Cast cast && isOfToday(cast)) {
      return varies("a date or timestamp of today");
    }
    boolean isOfItself =
        CollectionConverters.asJava(expression.children()).stream()
            .allMatch(Expression::deterministic);
    boolean isOfChance = !expression.deterministic() && isOfItself;
    if (isOfChance || isOfTheClock(expression) || expression instanceof AesEncrypt) {
      return varies(expression.prettyName());
    }
    return expression instanceof RuntimeReplaceable other
        ? broken(other.replacement())
        : Optional.empty();
  }

  private static Optional<String> varies(String what) {
    return Optional.of("must give the same whenever a row is read, but " + what + " does not");
  }

  private static boolean isOfTheClock(Expression expression) {
    return expression instanceof CurrentTimestampLike
        || expression instanceof CurrentDate
        || expression instanceof LocalTimestamp;
  }

  /** Of the session, of Spark itself, or of where a file lies. */
  private static boolean isOfTheMachine(Expression expression) {
    return expression instanceof CurrentUser
        || expression instanceof CurrentCatalog
        || expression instanceof CurrentDatabase
        || expression instanceof CurrentTimeZone
        || expression instanceof SparkVersion
        || expression instanceof InputFileName
        || expression instanceof InputFileBlockStart
        || expression instanceof InputFileBlockLength;
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
