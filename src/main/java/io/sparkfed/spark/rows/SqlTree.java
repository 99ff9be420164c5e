package io.sparkfed.spark.rows;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import scala.jdk.javaapi.CollectionConverters;

/** SQL expressions as they are written, before anything is known of a table. */
final class SqlTree {
  private SqlTree() {}

  /**
   * Returns all that an expression is made of, itself first; nothing where the text is no
   * expression, as whoever evaluates it says what is wrong with it.
   */
  static List<Expression> of(String sql) {
    List<Expression> nodes = new ArrayList<>();
    try {
      List<Expression> left =
          new ArrayList<>(List.of(CatalystSqlParser$.MODULE$.parseExpression(sql)));
      while (!left.isEmpty()) {
        Expression node = left.remove(left.size() - 1);
        nodes.add(node);
        left.addAll(children(node));
      }
    } catch (Exception e) {
      return List.of();
    }
    return nodes;
  }

  /** Returns what a node is directly made of. */
  static List<Expression> children(Expression node) {
    return CollectionConverters.asJava(node.children());
  }
}
