package io.sparkfed.spark.rows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.InheritAnalysisRules;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.expressions.UserDefinedExpression;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Which of Spark's functions rows may be asked by: those of a closed list. Each of them is a
 * function of its row alone, gives the same whenever and wherever it is computed, and has no effect
 * beside. So what a later Spark adds is refused until it is on the list, and what users define
 * always is, whatever its name.
 *
 * <p>Not guaranteed: that an expression says little of single rows. A condition of allowed
 * functions may still choose one.
 */
final class RowFunctions {
  private static final String SPARK = "org.apache.spark.sql.catalyst.expressions.";
  private static final Set<String> ALLOWED = allowed();

  private RowFunctions() {}

  /**
   * Returns the first part of analyzed expressions that isn't allowed, inner ones before those that
   * are made of them; empty where all are.
   *
   * @param analyzed as they are in a plan that Spark's analyzer has made, where every name is
   *     resolved
   */
  static Optional<Expression> firstRefused(Collection<Expression> analyzed) {
    return analyzed.stream().map(RowFunctions::firstRefused).flatMap(Optional::stream).findFirst();
  }

  private static Optional<Expression> firstRefused(Expression expression) {
    return firstRefused(parts(expression))
        .or(() -> isAllowed(expression) ? Optional.empty() : Optional.of(expression));
  }

  /** What it is written with, rather than what Spark puts in its place. */
  private static List<Expression> parts(Expression expression) {
    return CollectionConverters.asJava(
        expression instanceof InheritAnalysisRules written
            ? written.parameters()
            : expression.children());
  }

  private static boolean isAllowed(Expression expression) {
    String name = expression.getClass().getName();
    return name.startsWith(SPARK)
        && ALLOWED.contains(name.substring(SPARK.length()))
        && expression.deterministic()
        && !(expression instanceof RuntimeReplaceable other && isUsers(other.replacement()));
  }

  private static boolean isUsers(Expression expression) {
    return expression instanceof UserDefinedExpression
        || CollectionConverters.asJava(expression.children()).stream()
            .anyMatch(RowFunctions::isUsers);
  }

  private static Set<String> allowed() {
    try (BufferedReader list =
        new BufferedReader(
            new InputStreamReader(
                RowFunctions.class.getResourceAsStream("row-functions"), StandardCharsets.UTF_8))) {
      return list.lines()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> Stream.of(line.strip().split("\\s+")))
          .filter(name -> !name.isEmpty())
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
