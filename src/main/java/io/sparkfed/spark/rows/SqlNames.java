package io.sparkfed.spark.rows;

import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.jdk.javaapi.CollectionConverters;

/** The names in SQL expressions that columns may have. */
final class SqlNames {
  private SqlNames() {}

  /** Returns the names, as they are written; none where the text is no expression. */
  static Set<String> in(String sql) {
    Set<String> names = new LinkedHashSet<>();
    for (Expression node : SqlTree.of(sql)) {
      if (node instanceof UnresolvedAttribute attribute) {
        names.add(String.join(".", CollectionConverters.asJava(attribute.nameParts())));
      }
    }
    return names;
  }
}
