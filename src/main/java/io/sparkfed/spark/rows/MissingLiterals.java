package io.sparkfed.spark.rows;

import io.sparkfed.model.MissingTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.EqualNullSafe;
import org.apache.spark.sql.catalyst.expressions.EqualTo;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.In;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.UnaryMinus;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Comparisons of a column with a text that stands for a missing value: in a csv file such a cell is
 * null, so they are never true, whatever the file holds.
 */
final class MissingLiterals {
  private MissingLiterals() {}

  /** Returns the first such text in an expression; empty where there is none, or no expression. */
  static Optional<String> comparedIn(String sql, MissingTexts missing) {
    Expression root;
    try {
      root = CatalystSqlParser$.MODULE$.parseExpression(sql);
    } catch (Exception e) {
      // Whoever evaluates it says what is wrong with it.
      return Optional.empty();
    }
    List<Expression> left = new ArrayList<>(List.of(root));
    while (!left.isEmpty()) {
      Expression expression = left.remove(left.size() - 1);
      List<Expression> children = CollectionConverters.asJava(expression.children());
      boolean compares =
          expression instanceof EqualTo
              || expression instanceof EqualNullSafe
              || expression instanceof In;
      if (compares && children.stream().anyMatch(UnresolvedAttribute.class::isInstance)) {
        for (Expression child : children) {
          Optional<String> text = text(child).filter(missing::contains);
          if (text.isPresent()) {
            return text;
          }
        }
      }
      left.addAll(children);
    }
    return Optional.empty();
  }

  /** Returns a literal as it would stand in a cell. */
  private static Optional<String> text(Expression expression) {
    if (expression instanceof UnaryMinus minus) {
      return text(minus.child()).map(number -> "-" + number);
    }
    return expression instanceof Literal literal && literal.value() != null
        ? Optional.of(literal.value().toString())
        : Optional.empty();
  }
}
