package io.sparkfed.spark.rows;

import io.sparkfed.model.MissingTexts;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.EqualNullSafe;
import org.apache.spark.sql.catalyst.expressions.EqualTo;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.In;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.UnaryMinus;

/**
 * Comparisons of a column with a text that stands for a missing value: in a csv file such a cell is
 * null, so they are never true, whatever the file holds.
 */
final class MissingLiterals {
  private MissingLiterals() {}

  /** Returns the first such text in an expression; empty where there is none, or no expression. */
  static Optional<String> comparedIn(String sql, MissingTexts missing) {
    for (Expression node : SqlTree.of(sql)) {
      List<Expression> children = SqlTree.children(node);
      boolean compares =
          node instanceof EqualTo || node instanceof EqualNullSafe || node instanceof In;
      if (compares && children.stream().anyMatch(UnresolvedAttribute.class::isInstance)) {
        Optional<String> text =
            children.stream()
                .flatMap(child -> text(child).stream())
                .filter(missing::contains)
                .findFirst();
        if (text.isPresent()) {
          return text;
        }
      }
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
