package io.sparkfed.spark.rows;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.CurrentDate;
import org.apache.spark.sql.catalyst.expressions.CurrentTimestampLike;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.InputFileBlockLength;
import org.apache.spark.sql.catalyst.expressions.InputFileBlockStart;
import org.apache.spark.sql.catalyst.expressions.InputFileName;
import org.apache.spark.sql.catalyst.expressions.LocalTimestamp;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Whether SQL expressions are functions of one row. Spark reads rows again whenever it has lost
 * them, so whatever differs from one reading to the next would change what a worker has sent.
 */
final class RowExpressions {

  /** Spark takes them for non-deterministic; of a row they always say the same. */
  private static final Set<Class<?>> OF_THE_FILE =
      Set.of(InputFileName.class, InputFileBlockStart.class, InputFileBlockLength.class);

  private RowExpressions() {}

  /**
   * Returns the rule that a table breaks which was made of another; empty when it breaks none.
   *
   * @param made the table with columns added, or rows filtered
   * @param of what it was made of
   */
  static Optional<String> broken(Dataset<Row> made, Dataset<Row> of) {
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
    boolean isOfItself =
        CollectionConverters.asJava(expression.children()).stream()
            .allMatch(Expression::deterministic);
    boolean varies =
        !expression.deterministic() && isOfItself && !OF_THE_FILE.contains(expression.getClass());
    return varies || isOfTheClock(expression)
        ? Optional.of(
            "must give the same whenever a row is read, but "
                + expression.prettyName()
                + " does not")
        : Optional.empty();
  }

  private static boolean isOfTheClock(Expression expression) {
    return expression instanceof CurrentTimestampLike
        || expression instanceof CurrentDate
        || expression instanceof LocalTimestamp;
  }

  private static String ofMany(String what) {
    return "must work row by row, and " + what + " does not";
  }
}
