package io.sparkfed.spark.rows;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import scala.jdk.javaapi.CollectionConverters;

/** The names in SQL expressions that columns may have. */
final class SqlNames {
  private SqlNames() {}

  /** Returns the names, as they are written; none where the text is no expression. */
  static Set<String> in(String sql) {
    Set<String> names = new LinkedHashSet<>();
    try {
      List<Expression> left =
          new ArrayList<>(List.of(CatalystSqlParser$.MODULE$.parseExpression(sql)));
      while (!left.isEmpty()) {
        Expression expression = left.remove(left.size() - 1);
        if (expression instanceof UnresolvedAttribute attribute) {
          names.add(String.join(".", CollectionConverters.asJava(attribute.nameParts())));
        }
        left.addAll(CollectionConverters.asJava(expression.children()));
      }
    } catch (Exception e) {
      // Whoever evaluates it says what is wrong with it.
      return Set.of();
    }
    return names;
  }
}
